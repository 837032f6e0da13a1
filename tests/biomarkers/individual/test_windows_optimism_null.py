"""Effects in windows, optimism, cross-fitting, and benefit found where there is none."""

import math
from pathlib import Path

import numpy as np
import pytest

import equipoise.biomarkers.individual as room
from equipoise.biomarkers.individual import (
    BenefitPlan,
    PatientTable,
    benefit_scores,
    corrected_for_optimism,
    cross_fitted_benefit,
    fit_benefit,
    gap_between_halves,
    naive_benefit,
    null_gaps,
    rank_weighted_effect,
    windowed_effects,
)
from equipoise.biomarkers.individual.null_trials import null_table
from equipoise.errors import InputError


def test_effects_in_windows_are_those_of_r(binary, survival, pinned):
    options = {"window": 60, "overlap": 30, "permutations": 20, "seed": 1}
    hazard = windowed_effects(survival, "x2", **options)
    risk = windowed_effects(binary, "x2", **options)
    expected = np.array([pinned[f"window {start}"] for start in (0, 30, 60, 90)])
    assert hazard.patients.tolist() == [60.0, 60.0, 60.0, 70.0]
    assert hazard.effect == pytest.approx(expected[:, 0], abs=1e-6)
    assert risk.effect == pytest.approx(expected[:, 1], abs=1e-8)


def drawn(n, slope, seed):
    """A trial whose risk difference falls by `slope` along x1."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.0, 1.0, (n, 2))
    arm = np.arange(n) % 2 * 1.0
    event = (rng.random(n) < 0.4 - slope * arm * x[:, 0]).astype(float)
    return PatientTable(arm, event, np.empty(0), x, ("x1", "x2"), "harm", True, "binary")


def test_a_change_along_one_covariate_is_seen_and_on_the_other_not():
    table = drawn(4000, 0.4, 1)
    options = {"window": 1000, "overlap": 500, "permutations": 200, "seed": 2}
    real = windowed_effects(table, "x1", **options)
    other = windowed_effects(table, "x2", **options)
    assert real.p_value == pytest.approx(1.0 / 201.0)
    assert ((real.effect < real.band_low) | (real.effect > real.band_high)).any()
    assert (np.diff(real.centre) > 0.0).all()
    assert other.p_value > 0.05
    assert ((other.effect >= other.band_low) & (other.effect <= other.band_high)).all()


@pytest.mark.slow
def test_the_band_keeps_its_level_when_nothing_changes():
    """100 trials, 39 permutations, level 0.9: between 0 and 20 outside (binomial, 99.9 %)."""
    outside = 0
    for seed in range(100):
        found = windowed_effects(
            drawn(120, 0.0, seed),
            "x1",
            window=40,
            overlap=20,
            level=0.9,
            permutations=39,
            seed=seed,
        )
        outside += found.p_value <= 0.1
    assert 2 <= outside <= 20


def test_window_options_at_once(binary):
    with pytest.raises(InputError) as caught:
        windowed_effects(binary, "y", window=10, overlap=10, permutations=1, seed=1)
    fields = [p.field for p in caught.value.problems]
    assert fields == ["covariate", "window", "overlap", "permutations"]


def test_optimism_of_a_naive_gap_is_most_of_it():
    table = null_table(84, 10, 0.6, 0.5, np.random.default_rng(7))

    def upper(patients, predicted):
        return gap_between_halves(patients, predicted)[0]

    found = corrected_for_optimism(table, naive_benefit, upper, draws=40, seed=1)
    overall = benefit_scores(table).scores.mean()
    assert found.apparent - overall > 0.15
    assert abs(found.corrected - overall) < found.apparent - overall
    assert found.draws == 40
    with pytest.raises(InputError, match="draws"):
        corrected_for_optimism(table, naive_benefit, upper, draws=2, seed=1)


def test_a_measure_that_sees_nothing_has_no_optimism(binary):
    found = corrected_for_optimism(
        binary,
        lambda table: fit_benefit(table, BenefitPlan(())).benefit,
        lambda table, predicted: 1.0,
        draws=20,
        seed=1,
    )
    assert (found.apparent, found.optimism, found.corrected) == (1.0, 0.0, 1.0)


def test_no_patient_is_predicted_by_a_model_that_saw_the_patient():
    table = drawn(200, 0.3, 3)
    plan = BenefitPlan(("x1",))
    whole = cross_fitted_benefit(table, plan, folds=5, seed=4)
    again = cross_fitted_benefit(table, plan, folds=5, seed=4)
    assert (whole.benefit == again.benefit).all()
    patient = 17
    turned = table.event.copy()
    turned[patient] = 1.0 - turned[patient]
    changed = PatientTable(
        table.treatment, turned, table.time, table.covariates, table.names, "harm", True, "binary"
    )
    moved = cross_fitted_benefit(changed, plan, folds=5, seed=4)
    mine = whole.fold == whole.fold[patient]
    assert (moved.benefit[mine] == whole.benefit[mine]).all()
    assert (moved.benefit[~mine] != whole.benefit[~mine]).any()
    for k in range(5):
        ranks = whole.priority[whole.fold == k]
        assert ranks.mean() == pytest.approx(0.5 + 0.5 / ranks.size, abs=1e-9)
        assert table.treatment[whole.fold == k].mean() == pytest.approx(0.5)
    with pytest.raises(InputError, match="folds"):
        cross_fitted_benefit(table, plan, folds=1, seed=4)


def test_a_real_modifier_is_found_out_of_fold():
    table = drawn(3000, 0.5, 5)
    ranks = cross_fitted_benefit(table, BenefitPlan(("x1", "x2")), folds=5, seed=6)
    scores = benefit_scores(table).scores
    found = rank_weighted_effect(scores, ranks.priority, draws=100, seed=7)
    assert found.ci_low > 0.0


def test_a_naive_model_finds_benefit_where_there_is_none_and_folds_take_it_away():
    found = {g.method: g for g in null_gaps(58, trials=40, seed=20261128)}
    naive, honest = found["naive"], found["shrunken, out of fold"]
    assert naive.upper > 0.3
    assert naive.predicted > 0.3
    assert abs(honest.upper) < 4.0 * honest.upper_mcse
    assert honest.predicted < 0.5 * naive.predicted
    assert all(math.isfinite(g.gap_mcse) and g.trials == 40 for g in found.values())


def test_null_trials_are_the_same_whatever_the_methods():
    one = null_gaps(58, covariates=3, trials=5, methods=("naive",), seed=1)
    two = null_gaps(58, covariates=3, trials=5, methods=("shrunken", "naive"), seed=1)
    assert one[0] == two[1]
    with pytest.raises(InputError) as caught:
        null_gaps(10, covariates=0, share=1.0, trials=1, methods=("luck",), seed=1)
    assert [p.field for p in caught.value.problems] == [
        *("n", "covariates", "share", "trials", "methods")
    ]


def test_no_text_of_the_room_sorts_patients_into_kinds():
    """Words a reader would take for a class of patients stand in no output."""
    folder = Path(room.__file__).parent.parent
    word = "respon" + "der"
    files = [f for part in ("individual", "markers") for f in (folder / part).glob("*.py")]
    assert len(files) > 15
    for file in files:
        assert word not in file.read_text(encoding="utf-8").lower(), file
