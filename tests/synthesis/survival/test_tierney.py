"""The worked example of Tierney 2007: one trial, three routes to the same log hazard ratio.

The MRC/EORTC trial of neoadjuvant chemotherapy (Lancet 1999; 354:533) prints a hazard ratio for
death of 0.85 (0.71 to 1.02), log-rank P 0.075, and 229 and 256 deaths.
"""

import math

import pytest

from equipoise.synthesis.printed_effects import (
    from_interval,
    from_observed_minus_expected,
    from_p_value_and_events,
)


def test_all_routes_give_the_printed_hazard_ratio():
    events = from_p_value_and_events(0.075, 229 + 256, -1)
    assert math.exp(events.yi[0]) == pytest.approx(0.85, abs=0.005)
    variance = 1 / events.vi[0]
    assert variance == pytest.approx(485 / 4)
    # equation 13: O - E is half the root of the events times z, 1.78
    assert events.yi[0] * variance == pytest.approx(-0.5 * math.sqrt(485) * 1.78, abs=0.01)
    interval = from_interval(0.85, 0.71, 1.02)
    assert interval.vi[0] ** 0.5 == pytest.approx(events.vi[0] ** 0.5, rel=0.02)
    back = from_observed_minus_expected(interval.yi[0] / interval.vi[0], 1 / interval.vi[0])
    assert back.yi[0] == pytest.approx(math.log(0.85))
    half = 1.96 * events.vi[0] ** 0.5
    assert math.exp(events.yi[0] - half) == pytest.approx(0.71, abs=0.005)
    assert math.exp(events.yi[0] + half) == pytest.approx(1.02, abs=0.005)
