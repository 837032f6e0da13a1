"""Non-collapsibility by hand and by simulation."""

import math

import numpy as np
import pytest

from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.subgroups import (
    marginal_hazard_ratio,
    marginal_odds_ratio,
    non_collapsibility_example,
)
from equipoise.synthesis.survival.proportional_hazards import cox


def test_odds_ratio_by_hand():
    """Risks 0.8 and 0.2 without, 2/3 and 1/9 with: 0.3889 against 0.5, odds ratio 7/11."""
    found = marginal_odds_ratio(0.5, (0.8, 0.2), (0.5, 0.5))
    assert math.exp(found.marginal) == pytest.approx(7.0 / 11.0)
    assert math.exp(found.mean_of_strata) == pytest.approx(0.5)
    assert found.bias == pytest.approx(math.log(14.0 / 11.0))


def test_worked_example_is_fixed():
    odds, hazards = non_collapsibility_example()
    assert odds.bias == pytest.approx(0.04042466578663262, abs=1e-12)
    assert hazards.bias == pytest.approx(0.018322925761202702, abs=1e-9)
    assert "off by +0.0404 on the log scale" in str(odds)
    assert "hazard ratio 0.611 where the strata average 0.600" in str(hazards)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_equal_prognosis_is_collapsible(share):
    odds = marginal_odds_ratio(share, (0.3, 0.3), (0.6, 0.6))
    hazards = marginal_hazard_ratio(share, (0.1, 0.1), (0.6, 0.6), 4.0)
    assert odds.bias == pytest.approx(0.0, abs=1e-12)
    assert hazards.bias == pytest.approx(0.0, abs=1e-10)


def test_no_effect_is_collapsible():
    assert marginal_odds_ratio(0.3, (0.7, 0.1), (1.0, 1.0)).bias == pytest.approx(0.0)
    assert marginal_hazard_ratio(0.3, (0.7, 0.1), (1.0, 1.0), 3.0).bias == pytest.approx(0.0)


def test_bias_is_towards_one_and_turns_with_the_effect():
    for ratio in (0.5, 2.0):
        for found in (
            marginal_odds_ratio(0.3, (0.6, 0.2), (ratio, ratio)),
            marginal_hazard_ratio(0.3, (0.5, 0.1), (ratio, ratio), 5.0),
        ):
            assert found.bias * math.log(ratio) < 0.0


def test_hazard_ratio_by_simulation():
    rng = np.random.default_rng(5)
    n = 60_000
    positive, t = rng.random(n) < 0.5, np.tile([0.0, 1.0], n // 2)
    rate = np.where(positive, 0.4, 0.05) * 0.6**t
    time = rng.exponential(1.0 / rate)
    fit = cox(np.minimum(time, 5.0), (time <= 5.0).astype(float), t)
    expected = marginal_hazard_ratio(0.5, (0.4, 0.05), (0.6, 0.6), 5.0).marginal
    assert fit.coefficients[0] == pytest.approx(expected, abs=3.0 * float(fit.se[0]))
    assert abs(fit.coefficients[0] - math.log(0.6)) > 5.0 * float(fit.se[0])


@pytest.mark.parametrize(
    "call",
    [
        lambda: marginal_odds_ratio(0.0, (0.5, 0.5), (1.0, 1.0)),
        lambda: marginal_odds_ratio(0.5, (1.0, 0.5), (1.0, 1.0)),
        lambda: marginal_odds_ratio(0.5, (0.5, 0.5), (0.0, 1.0)),
        lambda: marginal_hazard_ratio(0.5, (0.0, 0.5), (1.0, 1.0), 1.0),
        lambda: marginal_hazard_ratio(0.5, (0.1, 0.5), (1.0, 1.0), 0.0),
    ],
)
def test_bad_input(call):
    with pytest.raises(ArrayError):
        call()
