"""Wilson's interval, and reading the table of targets."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.mechanism.calibration.response_targets import read_targets, wilson_interval


@pytest.mark.parametrize(
    ("events", "n", "low", "high"),
    [
        # Newcombe, Stat Med 1998;17:857, Table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_intervals(events: int, n: int, low: float, high: float) -> None:
    assert wilson_interval(events, n) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_limits_are_where_the_score_test_is_at_its_level(counts: tuple[int, int]) -> None:
    events, n = counts
    p = events / n
    for limit in wilson_interval(events, n):
        if 1e-9 < limit < 1 - 1e-9:
            z = (p - limit) / math.sqrt(limit * (1 - limit) / n)
            assert abs(z) == pytest.approx(1.959963984540054, rel=1e-6)


HEADER = (
    "id,trial,measure,readout,regimen,stratum,events,n,percent,standing,use,source_url,quote,"
    "confidence\n"
)


def test_rows_are_read(tmp_path: Path) -> None:
    file = tmp_path / "targets.csv"
    file.write_text(
        HEADER + "a,T1,pcr,pcr,AB,with,10,50,,reconstructed,fit,https://x.org,q,low\n"
        "b,T2,pcr,pcr,AB,all,,40,30,printed,held_out,https://x.org,q,high\n",
        encoding="utf-8",
    )
    first, second = read_targets(file)
    assert first.observed == pytest.approx(0.2)
    assert first.interval == pytest.approx(wilson_interval(10, 50))
    assert (second.counted, second.observed) == (12, pytest.approx(0.3))


def test_every_problem_of_the_file_at_once(tmp_path: Path) -> None:
    file = tmp_path / "targets.csv"
    file.write_text(
        HEADER + "a,T1,pcr,pcr,AB,with,-1,50,,printed,fit,https://x.org,q,low\n"
        "a,T1,pcr,pcr,AB,with,1,50,,guessed,fit,https://x.org,q,low\n"
        "a,T1,pcr,pcr,AB,with,1,50,,printed,fit,https://x.org,q,low\n"
        "a,T1,pcr,pcr,AB,with,1,50,,printed,fit,https://x.org,q,low\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as error:
        read_targets(file)
    assert {(p.field, p.value) for p in error.value.problems} >= {
        ("events", "-1"),
        ("standing", "guessed"),
        ("id", "a"),
    }
