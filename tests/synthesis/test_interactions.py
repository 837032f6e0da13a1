"""Interactions: the worked numbers, identities, what each assumption does, rounding, priors."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from equipoise.errors import ComputationError
from equipoise.estimate import Estimate
from equipoise.synthesis.interactions import difference, p_of, subtract, subtract_with_unknown
from equipoise.synthesis.multiplicity import sidak
from equipoise.synthesis.partitions import combine_strata
from equipoise.synthesis.plan import NormalPrior
from equipoise.synthesis.printed_effects import from_interval
from equipoise.synthesis.rounding import Printed, decimals_of, p_value_bounds, p_value_range
from equipoise.synthesis.shrinkage import shrink

STRATUM = (0.64, 0.43, 0.95)
PARTITION = ((1.01, 0.84, 1.21), (1.01, 0.79, 1.30))


def hazard_ratio(printed, name="x"):
    yi, vi = from_interval(*printed)
    return Estimate(float(yi[0]), float(vi[0]) ** 0.5, "HR", (name,))


@pytest.fixture
def worked():
    stratum = hazard_ratio(STRATUM, "s")
    whole = combine_strata([hazard_ratio(p, f"p{i}") for i, p in enumerate(PARTITION)])
    return stratum, whole


def shown(estimate):
    return tuple(round(x, 2) for x in (math.exp(estimate.value), *estimate.interval()[1:]))


pairs = st.tuples(st.floats(-1, 1), st.floats(0.15, 1), st.floats(-1, 1), st.floats(0.05, 0.9)).map(
    lambda t: (Estimate(t[0], t[1], "HR", ("s",)), Estimate(t[2], t[1] * t[3], "HR", ("w",)))
)


def test_worked_numbers(worked):
    stratum, whole = worked
    complement, ratio = subtract(stratum, whole)
    assert shown(whole) == (1.01, 0.87, 1.17)
    assert shown(complement) == (1.09, 0.93, 1.27)
    assert shown(ratio) == (0.59, 0.38, 0.90)
    p = p_of(ratio)
    assert round(p, 3) == 0.015
    assert [round(sidak(p, m), 2) for m in (4, 5, 10)] == [0.06, 0.07, 0.14]
    assert complement.standing == ratio.standing == whole.standing == "derived"
    assert ratio.source == ("s", "p0", "p1")


def test_worked_rounding():
    inputs = Printed(*STRATUM, 2), [Printed(*p, 2) for p in PARTITION]
    low, high = p_value_range(*inputs)
    assert (round(low, 3), round(high, 3)) == (0.011, 0.021)
    for seed in range(3):
        other = p_value_range(*inputs, seed=seed)
        assert (round(other[0], 3), round(other[1], 3)) == (0.011, 0.021)
    worst_low, worst_high = p_value_bounds(*inputs)
    assert worst_low < low < 0.0151 < high < worst_high
    assert (round(worst_low, 4), round(worst_high, 4)) == (0.0101, 0.0217)


def test_worst_rounding_against_all_corners():
    """The plain slow way: every corner of the nine printed numbers."""
    numbers = np.array([*STRATUM, *PARTITION[0], *PARTITION[1]])
    signs = np.array(np.meshgrid(*[[-0.005, 0.005]] * 9)).reshape(9, -1)
    moved = np.log(numbers[:, None] + signs).reshape(3, 3, -1)
    y, w = moved[:, 0], ((moved[:, 2] - moved[:, 1]) / 2 / 1.959963985) ** -2
    whole = w[1] + w[2]
    rest = whole - w[0]
    z = (y[0] - (w[1] * y[1] + w[2] * y[2] - w[0] * y[0]) / rest) / np.sqrt(1 / w[0] + 1 / rest)
    p = np.array([math.erfc(abs(x) / math.sqrt(2)) for x in z])
    bounds = p_value_bounds(Printed(*STRATUM, 2), [Printed(*x, 2) for x in PARTITION])
    np.testing.assert_allclose(bounds, [p.min(), p.max()], rtol=1e-6)


def test_rounding_that_hides_the_sign_allows_any_p():
    inputs = Printed(1.0, 0.7, 1.4, 1), [Printed(1.0, 0.9, 1.1, 1)]
    assert p_value_bounds(*inputs)[1] == 1.0


def test_decimals_come_from_the_longest_number_of_the_row():
    assert decimals_of([0.9, 0.84, 1.2]) == 2
    assert decimals_of([0.9, 0.8, 1.2], at_least=2) == 2
    assert decimals_of([3.0, 2.0, 4.0]) == 0
    assert decimals_of([2.034, 1.02, 4.06]) == 3


@given(pairs)
def test_putting_stratum_and_complement_together_gives_the_whole(pair):
    stratum, whole = pair
    complement, _ = subtract(stratum, whole)
    back = combine_strata([stratum, complement])
    assert back.value == pytest.approx(whole.value, abs=1e-7)
    assert back.se == pytest.approx(whole.se, rel=1e-7)


@given(pairs, st.floats(0, 0.5))
def test_correlated_parts_have_the_whole_as_their_best_combination(pair, rho):
    stratum, whole = pair
    assume(stratum.variance * (1 - rho**2) > 1.05 * whole.variance)
    rest, ratio = subtract(stratum, whole, correlation=rho)
    c = rho * stratum.se * rest.se
    v = np.array([[stratum.variance, c], [c, rest.variance]])
    weights = np.linalg.solve(v, np.ones(2))
    assert weights.sum() ** -0.5 == pytest.approx(whole.se, rel=1e-6)
    mean = weights @ [stratum.value, rest.value] / weights.sum()
    assert mean == pytest.approx(whole.value, abs=1e-6)
    assert ratio.variance == pytest.approx(v[0, 0] + v[1, 1] - 2 * c, rel=1e-9)


@given(pairs, st.floats(0, 0.3))
def test_p_is_that_of_stratum_against_whole_under_either_assumption(pair, x):
    stratum, whole = pair
    assume(stratum.variance * (1 - x) > 1.1 * whole.variance)
    gap = math.sqrt(stratum.variance - whole.variance)
    z = (stratum.value - whole.value) / gap
    for _, ratio in (
        subtract(stratum, whole, correlation=x),
        subtract_with_unknown(stratum, whole, x),
    ):
        assert ratio.value / ratio.se == pytest.approx(z, rel=1e-5, abs=1e-7)


def test_an_unknown_share_is_right_on_average_and_in_spread():
    """Simulate known strata and unknown patients missing at random; recover the complement."""
    rng = np.random.default_rng(3)
    u, w_whole, w_s = 0.1, 200.0, 25.0
    w_u = u * w_whole
    w_c = w_whole - w_u - w_s
    true_s, true_c = -0.5, 0.1
    true_u = (w_s * true_s + w_c * true_c) / (w_s + w_c)
    n = 40_000
    y_s = rng.normal(true_s, w_s**-0.5, n)
    y_c = rng.normal(true_c, w_c**-0.5, n)
    y_u = rng.normal(true_u, w_u**-0.5, n)
    y_w = (w_s * y_s + w_c * y_c + w_u * y_u) / w_whole
    w_known = (1 - u) * w_whole
    rests = (w_known * y_w - w_s * y_s) / w_c
    stratum = Estimate(float(y_s[0]), w_s**-0.5, "HR", ("s",))
    whole = Estimate(float(y_w[0]), w_whole**-0.5, "HR", ("w",))
    rest, ratio = subtract_with_unknown(stratum, whole, u)
    assert rest.value == pytest.approx(float(rests[0]))
    assert rests.mean() == pytest.approx(true_c, abs=4 * rest.se / n**0.5)
    assert rests.std() == pytest.approx(rest.se, rel=0.02)
    assert (y_s - rests).std() == pytest.approx(ratio.se, rel=0.02)


def test_a_whole_no_more_precise_than_its_part_leaves_nothing():
    part, whole = Estimate(0.0, 0.2, "HR", ("s",)), Estimate(0.0, 0.2, "HR", ("w",))
    with pytest.raises(ComputationError, match="must be below that of the stratum"):
        subtract(part, whole)
    with pytest.raises(ComputationError, match="all the known information"):
        subtract_with_unknown(part, whole, 0.1)


def test_two_printed_strata():
    # Altman and Bland 2003, BMJ 326:219: 0.67 (0.46-0.98) and 0.88 (0.71-1.08)
    found = difference(hazard_ratio((0.67, 0.46, 0.98)), hazard_ratio((0.88, 0.71, 1.08)))
    assert round(found.value / found.se, 2) == -1.24
    assert shown(found) == (0.76, 0.49, 1.17)
    swapped = difference(hazard_ratio((0.88, 0.71, 1.08)), hazard_ratio((0.67, 0.46, 0.98)))
    assert swapped.value == -found.value
    with pytest.raises(ComputationError, match="cannot compare HR with OR"):
        difference(hazard_ratio(STRATUM), Estimate(0, 1, "OR", ()))


def test_sidak():
    assert sidak(0.05, 1) == pytest.approx(0.05)
    assert sidak(0.01, 7) == pytest.approx(1 - 0.99**7)
    assert sidak(1.0, 3) == 1.0
    with pytest.raises(ValueError, match="1 or more"):
        sidak(0.1, 0)


@given(st.floats(-2, 2), st.floats(0.05, 2), st.floats(-1, 1), st.floats(0.05, 2))
def test_shrinkage_against_a_grid(y, se, mean, sd):
    prior = NormalPrior(name="n", target="interaction", mean=mean, sd=sd, label="l", source="s")
    found = shrink(Estimate(y, se, "HR", ("a",)), prior)
    centre, width = found.estimate.value, found.estimate.se
    grid = np.linspace(centre - 12 * width, centre + 12 * width, 4001)
    log_density = -0.5 * ((y - grid) / se) ** 2 - 0.5 * ((grid - mean) / sd) ** 2
    density = np.exp(log_density - log_density.max())
    density /= density.sum()
    assert centre == pytest.approx(float(density @ grid), abs=1e-7)
    assert width == pytest.approx(float(density @ (grid - centre) ** 2) ** 0.5, rel=1e-6)
    assert min(y, mean) - 1e-12 <= centre <= max(y, mean) + 1e-12
    assert 0 < found.data_share < 1
    assert found.label.startswith("Prior-driven")
