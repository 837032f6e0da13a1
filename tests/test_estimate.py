"""An estimate shows the interval its source prints, and never lends it to another number."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.estimate import Estimate, scale_of
from equipoise.synthesis.interactions import difference, subtract
from equipoise.synthesis.partitions import combine_strata

PRINTED = Estimate(math.log(0.53), 0.302, "HR", ("r1",), "printed", "", (0.53, 0.30, 0.98, 0.95))
WHOLE = Estimate(0.0, 0.1, "HR", ("r2",), "printed", "", (1.0, 0.82, 1.22, 0.95))


def test_the_printed_interval_is_shown_at_its_level_only() -> None:
    assert PRINTED.interval(0.95) == (0.53, 0.30, 0.98)
    assert PRINTED.interval(0.90) == pytest.approx((0.53, 0.3225, 0.8710), abs=1e-3)


def test_a_printed_interval_of_another_number_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.53 is printed for 0\.6"):
        Estimate(math.log(0.6), 0.3, "HR", ("r1",), printed=(0.53, 0.30, 0.98, 0.95))


def test_nothing_derived_is_shown_as_printed() -> None:
    rest, ratio = subtract(PRINTED, WHOLE)
    for derived in (rest, ratio, difference(PRINTED, WHOLE), combine_strata([PRINTED, WHOLE])):
        assert derived.printed is None
        assert derived.interval()[0] == pytest.approx(math.exp(derived.value))
    assert ratio.standing == "derived"
    assert ratio.source == ("r1", "r2")


@given(st.floats(-3, 3), st.floats(0.01, 2), st.sampled_from(["HR", "MD"]))
def test_the_normal_interval_is_centred_on_the_analysis_scale(
    value: float, se: float, measure: str
) -> None:
    estimate = Estimate(value, se, measure, ("r",))  # type: ignore[arg-type]
    middle, low, high = estimate.interval()
    centre = math.sqrt(low * high) if scale_of(measure) == "ratio" else (low + high) / 2
    assert centre == pytest.approx(middle, rel=1e-9, abs=1e-9)
