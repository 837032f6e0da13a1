"""Priors of typical values, and patients under them."""

from __future__ import annotations

import numpy as np
import pytest
from tests.mechanism.sensitivity.invented_model import patients

from equipoise.errors import InputError
from equipoise.mechanism.rivals import parameter_ranges
from equipoise.mechanism.sensitivity import (
    UncertainFactor,
    uncertain_factors,
    with_coefficients,
    with_typical_values,
)


def test_a_positive_range_is_uniform_on_the_log_scale():
    u = np.linspace(0.0, 1.0, 5)
    assert UncertainFactor("a", 0.5, 8.0).values(u).tolist() == pytest.approx([0.5, 1, 2, 4, 8])
    assert UncertainFactor("a", 0.0, 8.0).values(u).tolist() == pytest.approx([0, 2, 4, 6, 8])


def test_priors_are_those_of_the_rivals(model):
    """One draw of `ParameterRanges` from the same uniform numbers."""
    names = ["Kp", "gain", "EC50"]
    drawn = parameter_ranges(model, names).draw(50, np.random.default_rng(4))
    uniform = np.random.default_rng(4).random((50, 3))
    found = [f.values(uniform[:, i]) for i, f in enumerate(uncertain_factors(model, names))]
    assert np.column_stack(found) == pytest.approx(drawn, rel=1e-12)
    assert (found[0] >= 0.5).all()
    assert (found[0] <= 30.0).all()


def test_what_has_no_range_is_refused(model):
    with pytest.raises(InputError) as caught:
        uncertain_factors(model, ["Kp", "Kp", "clonogenic"])
    assert len(caught.value.problems) == 2


def test_patients_keep_their_own_deviation(model):
    rows = patients(model, 3)
    made = with_typical_values(
        model, rows, ["V", "s_system"], np.array([[50.0, 0.5], [200.0, 1.0]])
    )
    v, s = model.index("V"), model.index("s_system")
    assert made.shape == (2, *rows.shape)
    assert made[0, :, v] == pytest.approx(rows[:, v] / 2)
    assert made[1, :, v] == pytest.approx(rows[:, v] * 2)
    assert made[:, :, s].tolist() == [[0.5] * 3, [1.0] * 3]
    untouched = np.delete(made[0], [v, s], axis=1)
    assert untouched.tolist() == np.delete(rows, [v, s], axis=1).tolist()


def test_coefficients_are_the_same_for_all(model):
    rows = with_typical_values(model, patients(model, 2), [], np.empty((3, 0)))
    made = with_coefficients(model, rows, ["kappa_c"], np.array([[1.0], [2.0], [3.0]]))
    assert made[:, :, model.index("kappa_c")].tolist() == [[1.0] * 2, [2.0] * 2, [3.0] * 2]
