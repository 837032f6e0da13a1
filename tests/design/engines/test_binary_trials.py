"""Binary trials against R, a plain loop over the same draws, Pearson's test and properties."""

from __future__ import annotations

import csv
import math
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from equipoise.design.engines import (
    BinaryTrial,
    binary_trial,
    bounds,
    patients_at_looks,
    run_chunks,
)
from equipoise.design.engines.binary_statistics import log_odds_z, pooled_z
from equipoise.synthesis.arrays import ArrayError

LOOKS = patients_at_looks([40, 80, 120])
BOUNDS = bounds([3.0, 2.4, 2.0], [-0.5, 0.2, -math.inf])


def one(a: int, n1: int, c: int, n0: int) -> tuple[np.ndarray, np.ndarray]:
    """Events and patients of one table as the statistics take them, treatment first here."""
    return np.array([[[c, a]]]), np.array([[n0, n1]])


@settings(max_examples=25)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30), st.integers(1, 30))
def test_pooled_z_squared_is_pearsons_chi_square(a: int, b: int, c: int, d: int) -> None:
    z, estimate = pooled_z(*one(a, a + b, c, c + d))
    pearson = chi2_contingency([[a, b], [c, d]], correction=False).statistic
    assert z[0, 0] ** 2 == pytest.approx(pearson, rel=1e-9, abs=1e-12)
    assert estimate[0, 0] == pytest.approx(a / (a + b) - c / (c + d))


def test_log_odds_of_the_first_bcg_trial() -> None:
    """Colditz 1994, JAMA 271:698, Table 1: 4 of 123 against 11 of 139; log OR -0.9387, v 0.3571."""
    z, estimate = log_odds_z(*one(4, 123, 11, 139))
    assert estimate[0, 0] == pytest.approx(-0.9387, abs=5e-5)
    assert z[0, 0] == pytest.approx(-0.9387 / math.sqrt(0.3571), abs=2e-4)


def test_half_an_event_is_added_where_a_cell_is_empty_and_nowhere_else() -> None:
    z, estimate = log_odds_z(*one(3, 10, 0, 10))
    ratio = 3.5 * 10.5 / (7.5 * 0.5)
    assert estimate[0, 0] == pytest.approx(math.log(ratio))
    assert z[0, 0] == pytest.approx(
        math.log(ratio) / math.sqrt(1 / 3.5 + 1 / 7.5 + 1 / 0.5 + 1 / 10.5)
    )


@pytest.mark.parametrize("table", [(0, 10, 0, 12), (10, 10, 12, 12)])
def test_a_table_without_contrast_says_nothing(table: tuple[int, int, int, int]) -> None:
    assert pooled_z(*one(*table))[0][0, 0] == 0.0
    z, estimate = log_odds_z(*one(*table))
    assert z[0, 0] == 0.0
    assert math.isnan(estimate[0, 0])


@settings(max_examples=25)
@given(st.integers(0, 12), st.integers(0, 15))
def test_swapping_the_arms_flips_the_sign(a: int, c: int) -> None:
    for statistic in (pooled_z, log_odds_z):
        z = statistic(*one(a, 12, c, 15))[0][0, 0]
        swapped = statistic(*one(c, 15, a, 12))[0][0, 0]
        assert z == pytest.approx(-swapped, abs=1e-12)


@pytest.mark.parametrize("benefit", ["higher", "lower"])
def test_a_plain_loop_over_the_same_patients_decides_the_same(benefit: str) -> None:
    trial = binary_trial(LOOKS, [0.35, 0.45], BOUNDS, benefit=benefit)
    tally = trial(np.random.default_rng(8), 300)
    stages = trial.tables.draw(np.random.default_rng(8), 300)
    rejected, futile, patients = [0, 0, 0], [0, 0, 0], 0
    for counts in stages:
        c = a = 0
        for k in range(3):
            c, a = c + counts[2 * k], a + counts[2 * k + 1]
            n = LOOKS[k, 0]
            p = (a + c) / (2 * n)
            z = (a - c) / n / math.sqrt(p * (1 - p) * 2 / n)
            z = z if benefit == "higher" else -z
            if z >= BOUNDS.upper[k]:
                rejected[k] += 1
                break
            if k < 2 and z <= BOUNDS.lower[k]:
                futile[k] += 1
                break
        patients += 2 * n
    assert tally.counts["rejected"].tolist() == rejected
    assert tally.counts["futile"].tolist() == futile
    assert tally.moments["patients"].total == patients
    assert sum(rejected) > 0 < sum(futile)


def read(root: Path, name: str) -> list[dict[str, str]]:
    with (root / "validation" / "rpact" / name).open(newline="") as file:
        return list(csv.DictReader(file))


RPACT = {
    "binary_effect": ("plain", [80, 160, 240], 1.0, [0.30, 0.45], "higher"),
    "binary_null": ("plain", [80, 160, 240], 1.0, [0.30, 0.30], "higher"),
    "binary_futility": ("futility", [90, 200, 300], 2.0, [0.30, 0.40], "higher"),
    "binary_lower": ("plain", [60, 200, 400], 0.5, [0.12, 0.05], "lower"),
}


@pytest.mark.parametrize("scenario", RPACT)
def test_rates_agree_with_rpact(root: Path, scenario: str) -> None:
    design, total, ratio, rates, benefit = RPACT[scenario]
    limits = [row for row in read(root, "simulation_bounds.csv") if row["design"] == design]
    bound = bounds(
        [float(row["upper"]) for row in limits],
        [float(row["lower"].replace("Inf", "inf")) for row in limits],
    )
    trial = binary_trial(patients_at_looks(total, ratio), rates, bound, benefit=benefit)
    ours = run_chunks(trial, 100_000, 20_000, seed=77)
    theirs = [row for row in read(root, "simulation.csv") if row["scenario"] == scenario]
    for name, column in (("rejected", "rejected"), ("futile", "futile")):
        rate = ours.rate(name)
        for k, row in enumerate(theirs):
            p, n = float(row[column]), float(row["trials"])
            joint = math.hypot(rate.mcse[k], math.sqrt(p * (1 - p) / n))
            assert abs(rate.value[k] - p) < 4.0 * joint
    mean = ours.mean("patients")
    assert abs(mean.value - float(theirs[0]["subjects"])) < 4.0 * math.sqrt(2.0) * mean.mcse


def size_of(statistic: str, rate: float) -> tuple[float, float]:
    """Rejections of a fixed design of 200 + 200 when nothing is there, and their error."""
    trial = binary_trial([[200, 200]], [rate, rate], bounds([1.959964]), statistic=statistic)
    found = run_chunks(trial, 100_000, 20_000, seed=5).rate("success")
    return float(found.value), float(found.mcse)


def test_the_size_is_that_of_the_exact_sum() -> None:
    """The true size of the pooled z, summed over all tables, is a little above 0.025 here."""
    x = np.arange(201)
    logs = np.array([math.lgamma(201) - math.lgamma(i + 1) - math.lgamma(201 - i) for i in x])
    p = np.exp(logs + x * math.log(0.3) + (200 - x) * math.log(0.7))
    events = np.stack(np.meshgrid(x, x, indexing="ij"), axis=-1).reshape(-1, 1, 2)
    z = pooled_z(events, np.array([[200, 200]]))[0][:, 0]
    exact = np.outer(p, p).ravel()[z >= 1.959964].sum()
    value, mcse = size_of("pooled", 0.3)
    assert abs(value - exact) < 4.0 * mcse
    assert 0.02 < exact < 0.027


def test_rare_events_make_the_wald_test_cautious() -> None:
    value, mcse = size_of("log_odds", 0.01)
    assert value < 0.025 - 4.0 * mcse


@pytest.mark.parametrize("rates", [[0.0, 0.0], [1.0, 1.0]])
def test_rates_of_zero_and_one_reject_nothing(rates: list[float]) -> None:
    tally = run_chunks(binary_trial(LOOKS, rates, bounds([3.0, 2.4, 2.0])), 200, 100, seed=1)
    assert tally.rate("success").value == 0.0


def test_unequal_allocation_rounds_up_for_the_treated() -> None:
    assert patients_at_looks([90, 200, 300], 2.0).tolist() == [[30, 60], [66, 134], [99, 201]]


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(ArrayError) as caught:
        binary_trial([[10, 10]], [0.1], BOUNDS, benefit="more", statistic="exact")
    assert [p.field for p in caught.value.problems] == [
        *("benefit", "statistic", "patients", "rates")
    ]
    with pytest.raises(ArrayError, match="1 or more in each arm"):
        binary_trial([[0, 10]], [0.1, 0.2], bounds([2.0]))
    with pytest.raises(ArrayError, match="0 or more"):
        binary_trial([[10, 10], [5, 20]], [0.1, 0.2], bounds([2.0, 2.0]))


def test_a_trial_can_be_sent_to_another_process() -> None:
    trial = binary_trial(LOOKS, [0.35, 0.45], BOUNDS)
    sent: BinaryTrial = pickle.loads(pickle.dumps(trial))
    assert (
        run_chunks(sent, 100, 50, 1).counts["success"]
        == (run_chunks(trial, 100, 50, 1).counts["success"])
    )
