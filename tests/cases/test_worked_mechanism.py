"""The mechanism of the worked case, with few draws: what must hold whatever the seed."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from equipoise.case import load_case, packaged_cases
from equipoise.checkpoints import from_plain, to_plain
from equipoise.design.rival_scenarios import rival_scenarios
from equipoise.mechanism.case_mechanism import CaseMechanism, assess_mechanism
from equipoise.mechanism.drug_effects import drug_effects, edge_draws

pytestmark = pytest.mark.slow
SMALL = {
    "patients": 64,
    "draws": 40,
    "edge_draws": 6,
    "edge_patients": 8,
    "rival_draws": 150,
    "few": 3,
    "base_sample": 8,
    "backbones": ("THP", "TCHP"),
}


@pytest.fixture(scope="module")
def case():
    (one,) = (c for c in map(load_case, packaged_cases()) if c.mechanism is not None)
    return one


@pytest.fixture(scope="module")
def plan(case):
    return case.mechanism.model_copy(update=SMALL)


@pytest.fixture(scope="module")
def found(case, plan) -> CaseMechanism:
    return assess_mechanism(case.model, plan, case.identity.seed, workers=2)


def test_levels_of_drugs_are_those_printed(found):
    by_id = {check.id: check for check in found.exposures}
    for row, printed in {
        "tras_trough_1": 31.1,
        "tras_auc_1": 1367.0,
        "tras_trough_ss": 55.3,
        "tras_auc_ss": 1948.0,
    }.items():
        assert by_id[row].simulated == pytest.approx(printed, rel=0.05)
    assert by_id["met_base"].simulated == pytest.approx(8.1, abs=0.2)
    assert by_id["met_salt"].simulated == pytest.approx(8.1 / 0.780, rel=0.03)
    # a plausibility check, not a proof: it fails, and the dossier says so
    assert not by_id["met_metten"].inside


def test_biomarkers_fix_the_systemic_effects(found):
    assert found.systemic.status == "converged"
    assert found.systemic.ratios == pytest.approx(found.systemic.targets, rel=1e-6)
    assert dict(zip(found.systemic.parameters, found.systemic.targets, strict=True)) == {
        "e_ins": 0.85,
        "e_glu": 0.962,
        "e_lep": 0.8,
    }


def test_every_fitted_arm_is_met_and_coverage_is_counted(case, found):
    uses = {target.id: target for target in case.model.targets}
    fitted = [arm for arm in found.calibration.arms if uses[arm.target].use == "fit"]
    assert len(fitted) == 10
    assert all(arm.low <= arm.predicted <= arm.high for arm in fitted)
    assert all(math.isfinite(arm.left_out) for arm in fitted)
    held = [arm for arm in found.calibration.arms if uses[arm.target].use == "held_out"]
    assert {uses[arm.target].label for arm in held} == {
        "transport",
        "assumed parameters",
        "prior only",
    }
    assert all(math.isnan(arm.left_out) for arm in held)


def test_reconstructed_counts_return_the_printed_percentages(case):
    """NeoSphere by receptor: rebuilt counts add up to the printed whole (29, 46, 16.8, 24 %)."""
    rows = {target.id: target for target in case.model.targets}
    printed = {"th": 29.0, "thp": 46.0, "hp": 16.8, "dp": 24.0}
    for arm, whole in printed.items():
        parts = [rows[f"neosphere_{arm}_{side}"] for side in ("hrpos", "hrneg")]
        assert {part.standing for part in parts} == {"reconstructed"}
        events, n = sum(p.events for p in parts), sum(p.n for p in parts)
        assert abs(100 * events / n - whole) < 0.5
        # of one arm the strata hold one patient less than the whole
        assert rows[f"neosphere_{arm}_all"].n - n == (1 if arm == "hp" else 0)


def test_rivals_are_not_distinguished(found):
    assert found.weights.verdict == "not distinguished"
    assert found.weights.bayes_factor < 3
    assert {row.verdict for row in found.weights.left_out} == {"not distinguished"}


def test_each_rival_says_what_it_must(found):
    effects = {effect.rival: effect for effect in found.effects}
    assert np.abs(effects["H0"].log_odds_ratios).max() < 1e-3
    assert np.abs(effects["H0"].log_hazard_ratios).max() < 1e-3
    for rival in ("H1", "H4"):
        assert np.median(effects[rival].log_odds_ratios[:, 0]) > 0
    # insulin alone moves almost nothing, and that is reported
    assert 0 < np.median(effects["H2"].log_odds_ratios[:, 0]) < math.log(1.05)
    assert sum(effect.failed for effect in found.effects) == 0
    posterior = effects["H1"].posterior()
    draws = effects["H1"].log_odds_ratios[:, 0]
    assert posterior.mean("all") == pytest.approx(draws.mean(), abs=1e-12)


def test_small_trials_reject_almost_nothing(found):
    checks = [check for check in found.checks if check.target == "metten_or"]
    assert {check.rival for check in checks} == {"H0", "H1", "H2", "H3", "H4"}
    assert all(check.inside == 1.0 for check in checks)


def test_only_the_ratio_can_be_learnt(found):
    alone, ridge = found.profiles[:2]
    assert alone.shape == "one-sided"
    assert ridge.shape == "flat"
    assert np.abs(ridge.values).max() < 1e-2


def test_it_survives_being_stored(found):
    again = from_plain(CaseMechanism, json.loads(json.dumps(to_plain(found))))
    np.testing.assert_array_equal(again.calibration.draws, found.calibration.draws)
    assert again.weights == found.weights
    assert again.exposures == found.exposures


def test_the_number_of_workers_changes_no_bit(case, plan, found):
    link = found.recurrence.link
    results = []
    for workers in (1, 2):
        edges = edge_draws(
            *(case.model, plan, found.calibration, link, 5), draws=2, patients=40, workers=workers
        )
        results.append(drug_effects(case.model, plan, edges, case.model.rivals[1:2])[0][0])
    np.testing.assert_array_equal(results[0].log_odds_ratios, results[1].log_odds_ratios)
    np.testing.assert_array_equal(results[0].log_hazard_ratios, results[1].log_hazard_ratios)


def test_accepted_patients_show_the_published_shares(found):
    for stratum in found.acceptance:
        assert abs(stratum.achieved - stratum.target) < 4 * stratum.achieved_error + 0.02
    assert found.accepted <= found.generated
    assert 0 < found.effective_patients <= found.generated


def test_scenarios_of_a_study_stand_beside_its_ranking(found):
    study = SimpleNamespace(id="late", label="late trial", early=False, information=158 / 4)
    nothing = SimpleNamespace(id="none", label="no study", early=False, information=0.0)
    ranking = SimpleNamespace(
        evaluations=[SimpleNamespace(study=study), SimpleNamespace(study=nothing)]
    )
    rows = rival_scenarios(ranking, found.effects)
    assert [row.rival for row in rows] == ["H0", "H1", "H2", "H3", "H4"]
    none = rows[0]
    # without an effect a study is significant as often as its level says
    assert none.assurance == pytest.approx(0.025, abs=0.001)
    assert none.median == pytest.approx(1.0, abs=1e-3)
    assert rows[1].assurance > none.assurance


def test_sources_that_do_not_say_salt_or_base_are_read_both_ways(found):
    by_source = {reading.source: reading for reading in found.readings}
    li = by_source["li_2020"]
    assert li.basis == ""
    assert li.if_base == pytest.approx(8.07, abs=0.01)
    assert li.if_salt == pytest.approx(10.35, abs=0.01)
    for reading in found.readings:
        if not reading.basis and math.isfinite(reading.if_base):
            assert reading.if_base / reading.if_salt == pytest.approx(0.780)
    assert math.isnan(by_source["zake_2021"].if_base)  # it says base, and prints no clearance
