"""One marker on two scales: against R, and against the tables of published strata."""

import math
from dataclasses import replace

import numpy as np
import pytest

from equipoise.biomarkers.individual import PatientTable, interaction_of_marker
from equipoise.biomarkers.markers import scale_tests
from equipoise.errors import InputError


def test_both_scales_are_those_of_r(binary, survival, pinned):
    odds, risk = interaction_of_marker(binary, "x2")
    hazard, time = interaction_of_marker(survival, "x2", horizon=6.0)
    for found, name in ((odds, "odds"), (risk, "risk"), (hazard, "hazard"), (time, "time")):
        assert [found.estimate, found.se] == pytest.approx(pinned[f"marker {name}"], rel=1e-5)
        z = found.estimate / found.se
        assert found.p_value == pytest.approx(math.erfc(abs(z) / math.sqrt(2.0)))
    assert (odds.scale, risk.scale) == ("ratio", "difference")


def from_counts(level, against):
    rows = []
    for x, (e1, n1, e0, n0) in ((1.0, level), (0.0, against)):
        rows += [(1.0, 1.0, x)] * e1 + [(1.0, 0.0, x)] * (n1 - e1)
        rows += [(0.0, 1.0, x)] * e0 + [(0.0, 0.0, x)] * (n0 - e0)
    arm, event, x = np.array(rows).T
    return PatientTable(arm, event, np.empty(0), x[:, None], ("x",), "benefit", True, "binary")


def test_patients_and_their_table_say_the_same():
    level, against = (13, 16, 10, 23), (6, 17, 7, 14)
    odds, risk = interaction_of_marker(from_counts(level, against), "x")
    tests = scale_tests(level, against)
    assert odds.estimate == pytest.approx(tests[0].interaction.value)
    assert odds.se == pytest.approx(tests[0].interaction.se)
    assert risk.estimate == pytest.approx(tests[2].interaction.value)
    assert risk.se == pytest.approx(tests[2].interaction.se * math.sqrt(70 / 66))


def test_the_other_level_turns_the_sign(binary):
    one = interaction_of_marker(binary, "x3")
    two = interaction_of_marker(replace(binary, covariates=-binary.covariates), "x3")
    for a, b in zip(one, two, strict=True):
        assert a.estimate == pytest.approx(-b.estimate)
        assert a.p_value == pytest.approx(b.p_value)


def test_a_separated_marker_has_no_ratio_but_a_difference():
    odds, risk = interaction_of_marker(from_counts((10, 10, 5, 12), (5, 11, 6, 12)), "x")
    assert odds.status == "not_converged"
    assert math.isnan(odds.p_value)
    assert risk.estimate == pytest.approx((1 - 5 / 12) - (5 / 11 - 6 / 12))


def test_what_cannot_be_tested(survival):
    with pytest.raises(InputError) as caught:
        interaction_of_marker(survival, "y", horizon=-1.0)
    assert [p.field for p in caught.value.problems] == ["covariate", "horizon"]
