"""What a plan refuses, and rules that say what they may not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from equipoise.design.closed import (
    BroadestWithEffect,
    ConditionalPower,
    Difference,
    Epsilon,
    Interim,
    KeepAll,
    KeepOnly,
    conditional_power,
    equal_level_bounds,
    fisher_product,
    inverse_normal,
)
from equipoise.design.closed.combination import normal_score
from equipoise.design.enrichment import (
    EnrichmentSimulation,
    enrichment_plan,
    nested,
    survival_endpoint,
)
from equipoise.synthesis.arrays import ArrayError

COMBINATION = inverse_normal([0.5, 1.0], [np.inf, 1.96])
NAN = np.nan


def interim(estimate: list[list[float]]) -> Interim:
    e = np.array(estimate)
    return Interim(1, e, e, np.full(e.shape, 2.0), 3.0 * e)


def test_a_design_not_planned_for_enrichment_is_refused_with_the_reason() -> None:
    with pytest.raises(ArrayError, match="hold for one population only"):
        enrichment_plan(np.array([2.96, 1.97]), KeepAll())
    with pytest.raises(ArrayError) as caught:
        enrichment_plan(None, KeepAll(), success="some", subset_size="big")
    assert len(caught.value.problems) == 3


def test_spiessens_debois_needs_a_fixed_subset() -> None:
    options = {"intersection": "spiessens-debois", "subset_size": "random"}
    with pytest.raises(ArrayError, match="fixed size"):
        enrichment_plan(COMBINATION, KeepAll(), **options)
    assert enrichment_plan(COMBINATION, KeepAll(), error_simulated=True, **options)


def test_difference_rules() -> None:
    seen = interim([[0.5, 0.2], [0.2, 0.5], [0.3, 0.3], [-0.1, -0.2], [NAN, 0.4]])
    best = Difference()(seen).astype(int).tolist()
    assert best == [[1, 0], [0, 1], [1, 0], [1, 0], [0, 1]]
    both = Difference(-0.1, 0.1, 0.0)(seen).astype(int).tolist()
    assert both == [[1, 0], [0, 1], [1, 1], [0, 0], [0, 1]]
    near = Epsilon(0.1, 0.0)(seen).astype(int).tolist()
    assert near == both
    assert KeepOnly(-1)(seen).tolist() == [[False, True]] * 5
    with pytest.raises(ArrayError, match="low at most high"):
        Difference(0.2, 0.1)


def test_the_broadest_population_that_is_still_worth_it() -> None:
    seen = interim([[0.5, 0.4, 0.1], [0.5, 0.2, 0.1], [0.1, 0.1, 0.1], [0.2, 0.2, 0.4]])
    kept = BroadestWithEffect(0.3)(seen).astype(int).tolist()
    assert kept == [[0, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 1]]


def test_conditional_power_is_that_of_the_next_stage() -> None:
    seen = interim([[1.0, 0.3]])
    assert conditional_power(seen)[0] == pytest.approx(ndtr([1.0, -1.1]))
    assert ConditionalPower(0.5)(seen).tolist() == [[True, False]]


@pytest.mark.parametrize("first", [np.inf, 2.4])
@pytest.mark.parametrize("kind", ["inverse normal", "Fisher"])
def test_what_is_needed_is_what_rejects(first: float, kind: str) -> None:
    """S goes on alone: it is rejected exactly when its second p-value meets the need."""
    kept: list[Interim] = []

    def watch(seen: Interim) -> np.ndarray:
        kept.append(seen)
        return KeepOnly(0)(seen)

    inverse = inverse_normal([0.4, 1.0], [first, 1.98])
    combination = inverse if kind == "inverse normal" else fisher_product(equal_level_bounds(2))
    endpoint = survival_endpoint(nested([0.6, 0.4]), [120, 140], [0.9, 0.7])
    plan = enrichment_plan(combination, watch)
    found = EnrichmentSimulation(plan, endpoint).trials(np.random.default_rng(3), 500)
    going = found.tested[:, 1, 0]
    with np.errstate(invalid="ignore"):
        meets = normal_score(found.p[:, 0, 1]) >= kept[0].needed[:, 0]
    assert 50 < meets[going].sum() < going.sum() - 50
    np.testing.assert_array_equal(found.rejected[going, 1, 0], meets[going])
    drift = kept[0].estimate[:, 0] * np.sqrt(140 / 4)
    np.testing.assert_allclose(kept[0].expected[:, 0], drift, rtol=1e-9)


def test_a_rule_that_answers_in_the_wrong_shape_is_named() -> None:
    plan = enrichment_plan(COMBINATION, lambda seen: np.ones(3))
    endpoint = survival_endpoint(nested([0.6, 0.4]), [120, 140], [1.0, 0.7])
    with pytest.raises(ArrayError, match="of bool"):
        EnrichmentSimulation(plan, endpoint).trials(np.random.default_rng(3), 3)


def test_stages_must_match() -> None:
    endpoint = survival_endpoint(nested([0.6, 0.4]), [120], [1.0, 0.7])
    with pytest.raises(ArrayError, match="every stage"):
        EnrichmentSimulation(enrichment_plan(COMBINATION, KeepAll()), endpoint)
