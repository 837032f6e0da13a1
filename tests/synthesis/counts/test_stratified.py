"""Mantel-Haenszel and Peto: published figures, metafor's numbers, a plain version, properties."""

import csv
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.cite import REFERENCES
from equipoise.errors import InputError
from equipoise.synthesis import pool
from equipoise.synthesis.counts import (
    mantel_haenszel,
    peto,
    peto_method,
    stratified,
    stratified_tests,
)

PINNED = Path(__file__).parents[3] / "validation" / "counts"
MEASURES = ("OR", "RR", "RD")


def read(name):
    with (PINNED / name).open(newline="") as file:
        return list(csv.DictReader(file))


def sets():
    data = defaultdict(list)
    for row in read("counts.csv"):
        data[row["set"]].append([float(row[name]) for name in "abcd"])
    return {name: np.array(rows).T for name, rows in data.items()}


SETS = sets()
ROWS = defaultdict(list)
for pinned in read("stratified.csv"):
    ROWS[pinned["set"]].append(pinned)


def fit(measure, table, **more):
    return peto(*table) if measure == "PETO" else mantel_haenszel(*table, measure=measure, **more)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_agrees_with_metafor(name):
    for row in ROWS[name]:
        more = {} if row["measure"] == "PETO" else {"correct": row["correct"] == "TRUE"}
        result = fit(row["measure"], SETS[name], **more)
        for field, text in row.items():
            if field in {"set", "measure", "correct"} or text == "":
                continue
            assert getattr(result, field) == pytest.approx(float(text), rel=1e-10, abs=1e-10), (
                row["measure"],
                field,
            )


def test_enough_was_compared():
    assert len(ROWS) >= 45
    assert sum(len(rows) for rows in ROWS.values()) >= 225


def test_bcg_as_stata_prints_it(bcg):
    """`metan tpos tneg cpos cneg, fixed rr|or`, quoted in metafor's own test suite."""
    a, n1, c, n2 = bcg
    risk = mantel_haenszel(a, n1 - a, c, n2 - c, measure="RR")
    shown = (risk.estimate, risk.ci_low, risk.ci_high, risk.q)
    assert np.round(shown, 4).tolist() == [-0.4537, -0.5308, -0.3766, 152.5676]
    odds = mantel_haenszel(a, n1 - a, c, n2 - c)
    shown = (odds.estimate, odds.ci_low, odds.ci_high, odds.q)
    assert np.round(shown, 4).tolist() == [-0.4734, -0.5538, -0.3930, 163.9426]


def plain(measure, tables):
    """One trial after the other, from the textbook."""
    top = bottom = one = two = three = p = q = 0.0
    for a, b, c, d in tables:
        n1, n2, n = a + b, c + d, a + b + c + d
        if measure == "OR":
            r, s = a * d / n, b * c / n
            one += (a + d) / n * r
            two += (a + d) / n * s + (b + c) / n * r
            three += (b + c) / n * s
        elif measure == "RR":
            r, s = a * n2 / n, c * n1 / n
            one += (n1 * n2 * (a + c) - a * c * n) / n**2
        else:
            r, s = a * n2 / n - c * n1 / n, n1 * n2 / n
            p += (n1**2 * c - n2**2 * a + n1 * n2 * (n2 - n1) / 2) / n**2
            q += (a * (n2 - c) + c * (n1 - a)) / (2 * n)
        top += r
        bottom += s
    if measure == "OR":
        v = one / (2 * top**2) + two / (2 * top * bottom) + three / (2 * bottom**2)
        return math.log(top / bottom), math.sqrt(v)
    if measure == "RR":
        return math.log(top / bottom), math.sqrt(one / (top * bottom))
    return top / bottom, math.sqrt((top / bottom * p + q) / bottom**2)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("name", ["made.sparse", "made.rare", "dat.nielweise2007"])
def test_agrees_with_a_plain_version(measure, name):
    result = mantel_haenszel(*SETS[name], measure=measure)
    assert (result.estimate, result.se) == pytest.approx(plain(measure, SETS[name].T), rel=1e-12)


trial = st.tuples(*(st.integers(1, 60) for _ in range(4)))
trials = st.lists(trial, min_size=1, max_size=8).map(lambda rows: np.array(rows, dtype=float).T)


@given(trials)
def test_swapping_the_arms_turns_the_sign(table):
    a, b, c, d = table
    for measure in (*MEASURES, "PETO"):
        one, other = fit(measure, table), fit(measure, (c, d, a, b))
        assert other.estimate == pytest.approx(-one.estimate, abs=1e-12)
        assert other.se == pytest.approx(one.se, rel=1e-9)
        assert other.q == pytest.approx(one.q, rel=1e-9, abs=1e-9)


@given(trials, st.integers(1, 500), st.integers(1, 500), st.booleans())
def test_a_double_zero_trial_moves_no_ratio(table, n1, n2, everybody):
    more = np.array([[n1, 0, n2, 0]] if everybody else [[0, n1, 0, n2]], dtype=float).T
    longer = np.concatenate([table, more], axis=1)
    for measure in ("OR", "PETO") if everybody else ("OR", "RR", "PETO"):
        before, after = fit(measure, table), fit(measure, longer)
        for field in ("estimate", "se", "q", "cmh", "k"):
            assert getattr(after, field) == pytest.approx(getattr(before, field), nan_ok=True)
        assert after.weights[-1] == 0
        assert (after.k_given, after.k_double_zero) == (before.k_given + 1, 1)
        assert "1 trial" in after.message
    assert fit("RD", longer).k == fit("RD", table).k + 1


@given(trials, st.randoms(use_true_random=False))
def test_order_does_not_matter(table, random):
    order = list(range(table.shape[1]))
    random.shuffle(order)
    for measure in (*MEASURES, "PETO"):
        one, other = fit(measure, table), fit(measure, table[:, order])
        assert other.estimate == pytest.approx(one.estimate, abs=1e-12)
        assert other.weights == pytest.approx(one.weights[order])


def test_large_trials_agree_with_inverse_variance():
    rng = np.random.default_rng(20260101)
    n = np.full(12, 2_000_000)
    a, c = rng.binomial(n, 0.20), rng.binomial(n, 0.22)
    b, d = n - a, n - c
    yi, vi = np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
    common = pool(yi, vi, method="EE", ci="wald")
    odds = mantel_haenszel(a, b, c, d)
    assert odds.estimate == pytest.approx(common.estimate, abs=1e-5)
    assert odds.se == pytest.approx(common.se, rel=1e-3)
    assert peto(a, b, c, d).estimate == pytest.approx(common.estimate, abs=2e-3)


def test_one_half_is_added_for_q_alone_and_said():
    result = mantel_haenszel(*SETS["made.sparse"])
    assert "For Q alone, 1/2 was added to the cells of 3 trials" in result.message
    assert mantel_haenszel(*SETS["dat.bcg"]).message == ""
    assert "1/2" not in peto(*SETS["made.sparse"]).message


@pytest.mark.parametrize("call", [*MEASURES, "PETO"])
def test_no_events_at_all_is_undefined(call):
    result = fit(call, ([0, 0], [10, 20], [0, 0], [12, 18]))
    assert result.status == "undefined"
    assert math.isnan(result.se)
    assert math.isnan(result.ci_low)
    assert result.message


@pytest.mark.parametrize("call", [*MEASURES, "PETO"])
def test_no_trial_is_undefined(call):
    assert fit(call, ([], [], [], [])).status == "undefined"


def test_one_trial():
    result = mantel_haenszel(3, 7, 2, 8)
    assert result.estimate == pytest.approx(math.log(3 * 8 / (7 * 2)))
    assert (result.k, result.q_p_value, result.tarone_p_value) == (1, 1.0, 1.0)
    assert peto(1, 0, 0, 1).k == 1


@pytest.mark.parametrize("call", [mantel_haenszel, peto])
def test_every_problem_is_named(call):
    with pytest.raises(InputError) as caught:
        call([-1, 2, 0], [5, math.nan, 0], [1, 1, math.inf], [1, 1, 1], level=1.5)
    fields = {problem.field for problem in caught.value.problems}
    assert fields == {"a", "b", "c", "a + b", "level"}
    with pytest.raises(InputError, match="equal lengths"):
        call([1, 2], [1], [1, 2], [1, 2])
    if call is mantel_haenszel:
        with pytest.raises(InputError, match="OR, RR, RD"):
            call(1, 2, 3, 4, measure="HR")


def test_large_counts_do_not_overflow():
    big = 1e15
    result = mantel_haenszel([big, 0.1 * big], [big, big], [big, big], [0.5 * big, big])
    assert math.isfinite(result.estimate)
    assert math.isfinite(result.tarone)
    assert math.isfinite(peto(big, big, big, 0.5 * big).estimate)


def test_every_citation_exists():
    for module in (stratified, stratified_tests, peto_method):
        for keys in module.METHOD_CITES.values():
            assert set(keys) <= REFERENCES.keys()
