"""Assurance against events: the closed form, the caps, and the sizes of the field."""

import pytest

from equipoise.design.belief import assurance
from equipoise.design.choice import assurance_curves, sizing_table

SIZING = sizing_table([0.64, 0.8])


def test_the_curve_is_the_closed_form_at_every_point(beliefs):
    for curve in assurance_curves(beliefs, SIZING):
        posterior, effect = beliefs.named[curve.prior]
        for events, found in zip(curve.events, curve.assurance, strict=True):
            expected = assurance(posterior, effect, events / 4.0)
            assert found == expected.probability
            assert curve.cap == expected.cap


def test_the_sized_trials_stand_on_it_and_no_size_reaches_the_cap(beliefs):
    curves = {curve.prior: curve for curve in assurance_curves(beliefs, SIZING)}
    assert list(curves) == ["sceptic", "reference", "enthusiast"]
    reference = curves["reference"]
    shown = [round(reference.at(events), 2) for events in (158, 380, 631, 1189)]
    assert shown == [0.28, 0.39, 0.44, 0.49]
    assert round(reference.cap, 2) == 0.72
    for curve in curves.values():
        assert list(curve.events) == sorted(set(curve.events))
        assert list(curve.assurance) == sorted(curve.assurance)
        assert max(curve.assurance) < curve.cap
    assert curves["sceptic"].at(631) < reference.at(631) < curves["enthusiast"].at(631)


def test_a_number_of_events_that_is_not_there_is_refused(beliefs):
    curve = assurance_curves(beliefs, SIZING)[0]
    with pytest.raises(ValueError, match="not in tuple"):
        curve.at(1)
