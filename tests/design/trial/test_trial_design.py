"""A design refuses, at once and with reasons, what it cannot be; and takes what it can."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.design.closed.combination import InverseNormal
from equipoise.design.closed.selection import Interim, KeepOnly
from equipoise.design.sequential.boundaries import sequential_plan
from equipoise.design.sequential.plan import POCOCK
from equipoise.design.sequential.spending import Spending
from equipoise.design.trial.look_schedule import FAMILIES, Looks
from equipoise.design.trial.trial_design import Arms, Design
from equipoise.design.trial.trial_endpoints import BinaryEndpoint, TimeToEvent
from equipoise.design.trial.trial_marker import Marker, Populations
from equipoise.synthesis.arrays import ArrayError

NAN = math.nan
MARKER = Marker(0.4)
HALVES = Looks((0.5, 1.0))


def built(**changed: Any) -> Design:
    """Build an adaptive enrichment design that is in order, but for what is changed."""
    parts: dict[str, Any] = {
        "kind": "adaptive-enrichment",
        "endpoint": BinaryEndpoint(),
        "patients": 200,
        "looks": HALVES,
        "marker": MARKER,
        "combination": "inverse-normal",
    }
    return Design(**(parts | changed))


def single(**changed: Any) -> Design:
    """Build an all-comers design that is in order, but for what is changed."""
    parts: dict[str, Any] = {"kind": "all-comers", "endpoint": BinaryEndpoint(), "patients": 200}
    return Design(**(parts | changed))


def timed(**changed: Any) -> Design:
    """Build an all-comers design with a time to an event, but for what is changed."""
    return single(**({"endpoint": TimeToEvent(), "events": 100} | changed))


REFUSED: list[tuple[Any, dict[str, Any], str, str]] = [
    (built, {"kind": "basket"}, "kind", "adaptive-enrichment"),
    (built, {"marker": Marker(0.0)}, "prevalence", "one population"),
    (built, {"marker": Marker(1.0)}, "prevalence", "one population"),
    (built, {"marker": Marker(NAN)}, "prevalence", "above 0"),
    (built, {"marker": Marker(0.4, 0.5, 0.5)}, "assay", "tells nothing"),
    (built, {"marker": Marker(kind="continuous")}, "threshold", "finite"),
    (built, {"marker": Marker(0.3, kind="continuous", threshold=0.0)}, "prevalence", "left out"),
    (built, {"marker": None}, "populations", "two populations"),
    (built, {"combination": None}, "combination", "the level is lost"),
    (built, {"combination": sequential_plan(POCOCK, [0.5, 1.0])}, "combination", "level is lost"),
    (built, {"combination": "sum"}, "combination", "fisher"),
    (built, {"intersection": "holm"}, "intersection", "simes"),
    (built, {"selection": "lucky"}, "selection", "best"),
    (built, {"selection": 3}, "selection", "a function"),
    (built, {"subset_size": "random", "intersection": "spiessens-debois"}, "intersection", "fixed"),
    (built, {"looks": Looks((0.5, 1.0), sided=2)}, "sided", "one-sided"),
    (built, {"looks": Looks((0.5, 1.0), futility=(0.0,), binding=True)}, "binding", "not bind"),
    (built, {"combination": "fisher", "looks": Looks((0.5, 1.0), futility=(0.0,))}, "futility", ""),
    (built, {"kind": "stratified", "selection": "best"}, "selection", "adaptive-enrichment"),
    (built, {"kind": "marker-strategy", "marker": None, "combination": None}, "marker", ""),
    (built, {"success": "some"}, "success", "any"),
    (built, {"populations": Populations(("S", "all"), (0.3, 1.0))}, "populations", "0.4"),
    (
        built,
        {"marker": None, "populations": Populations(("S", "S"), (0.3, 1.0))},
        "populations",
        "",
    ),
    (built, {"marker": None, "populations": Populations(("S", "all"), (0.0, 1.0))}, "shares", ""),
    (built, {"marker": None, "populations": Populations(("S", "all"), (0.3, NAN))}, "shares", ""),
    (
        built,
        {
            "marker": Marker(0.2, sensitivity=0.9),
            "populations": Populations(("high", "some", "all"), (0.2, 0.5, 1.0)),
        },
        "marker",
        "perfect assay",
    ),
    (single, {"combination": "fisher"}, "combination", "one hypothesis"),
    (single, {"selection": KeepOnly(0)}, "selection", "one hypothesis"),
    (single, {"patients": 1}, "patients", "whole"),
    (single, {"patients": 20.5}, "patients", "whole"),
    (single, {"patients": NAN}, "patients", "whole"),
    (single, {"events": 10}, "events", "binary"),
    (single, {"arms": Arms((1, 0))}, "allocation", "1 or more"),
    (single, {"endpoint": BinaryEndpoint(benefit="more")}, "benefit", "higher"),
    (single, {"endpoint": BinaryEndpoint(effect="ratio")}, "effect", "difference"),
    (single, {"endpoint": BinaryEndpoint(accrual_per_month=0.0)}, "accrual_per_month", "above 0"),
    (single, {"patients": 20, "looks": Looks((0.05, 1.0))}, "looks", "each arm"),
    (single, {"patients": 10, "looks": Looks((0.91, 0.95, 1.0))}, "looks", "one patient"),
    (single, {"looks": Looks((0.5, 0.4, 1.0))}, "t", "more than the look before"),
    (single, {"looks": Looks((0.5, NAN, 1.0))}, "t", "finite"),
    (single, {"looks": Looks((0.5, 0.9))}, "t", "1 at the last"),
    (single, {"looks": Looks((0.5, 1.0), "all-at-once")}, "spending", "pocock"),
    (single, {"looks": Looks((0.5, 1.0), "kim-demets")}, "parameter", "rho"),
    (single, {"looks": Looks(alpha=0.7)}, "alpha", "below 0.5"),
    (timed, {"events": None}, "events", "timed by events"),
    (timed, {"events": 201}, "events", "never reached"),
    (timed, {"endpoint": TimeToEvent(accrual=(0.0, NAN))}, "accrual", "finite"),
    (timed, {"endpoint": TimeToEvent(accrual_rates=(0.0,))}, "accrual_rates", "above 0"),
    (timed, {"endpoint": TimeToEvent(dropout=(0.1, -0.1))}, "dropout", "0 or more"),
    (timed, {"endpoint": TimeToEvent(arrivals="poisson")}, "arrivals", "even"),
    (timed, {"endpoint": TimeToEvent(longest_months=math.inf)}, "longest_months", "finite"),
]


@pytest.mark.parametrize(("build", "changed", "field", "said"), REFUSED)
def test_what_is_refused_names_the_field_and_the_reason(
    build: Any, changed: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(ArrayError) as caught:
        build(**changed)
    about = [str(p) for p in caught.value.problems if p.field == field]
    assert about, [str(p) for p in caught.value.problems]
    assert said in about[0]


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(ArrayError) as caught:
        Design(
            "basket",
            BinaryEndpoint(benefit="more"),
            1,
            looks=Looks(alpha=0.9),
            arms=Arms((0, 1)),
            marker=Marker(1.5),
        )
    fields = {p.field for p in caught.value.problems}
    assert {"kind", "benefit", "patients", "alpha", "allocation", "prevalence"} <= fields


def test_high_medium_and_all_are_nested_populations() -> None:
    tiers = Populations(("high", "medium or high", "all"), (0.2, 0.5, 1.0))
    design = built(marker=None, populations=tiers, selection="best")
    assert design.hypotheses == tiers.names
    assert design.nests.nested().weights.round(9).tolist() == [
        [0.0, 0.0, 1.0],
        [0.0, 0.6, 0.4],
        [0.5, 0.3, 0.2],
    ]


def test_a_continuous_marker_is_its_share_above_the_threshold() -> None:
    cut = built(marker=Marker(kind="continuous", threshold=0.5244005127))
    assert cut.nests.shares[0] == pytest.approx(0.3, abs=1e-9)


def test_an_assay_that_errs_calls_another_share_positive() -> None:
    design = built(marker=Marker(0.4, sensitivity=0.9, specificity=0.8))
    assert design.nests.shares[0] == pytest.approx(0.4 * 0.9 + 0.6 * 0.2)


def test_a_rule_of_ones_own_is_taken() -> None:
    def rule(interim: Interim) -> Any:
        return interim.z > 0.0

    design = built(selection=rule)
    assert design.enrichment.rule is rule


def test_bounds_follow_whole_patients() -> None:
    design = single(patients=100, looks=Looks((1 / 3, 2 / 3, 1.0)))
    assert design.sizes.tolist() == [34, 67, 100]
    exact = sequential_plan(Spending("obrien-fleming"), [0.34, 0.67, 1.0])
    assert np.array_equal(design.plan.upper, exact.upper)


def test_the_combination_keeps_the_bounds_of_the_looks() -> None:
    design = built(looks=Looks((0.4, 1.0), "pocock", futility=(0.1,)))
    rule = design.enrichment.combination
    assert isinstance(rule, InverseNormal)
    assert rule.weights.tolist() == pytest.approx([math.sqrt(0.4), math.sqrt(0.6)])
    assert np.array_equal(rule.upper, design.plan.upper)
    assert rule.lower.tolist() == [0.1]


def test_nothing_is_rejected_before_the_end_if_it_is_so_planned() -> None:
    plan = Looks((0.3, 0.6, 1.0), "at-the-end").plan()
    assert plan.upper[:2].tolist() == [math.inf, math.inf]
    assert plan.upper[2] == pytest.approx(1.959963984540054, abs=1e-12)


@settings(max_examples=15)
@given(
    st.sampled_from([name for name in FAMILIES if name not in ("hwang-shih-decani", "kim-demets")]),
    st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True),
    st.floats(0.005, 0.1),
)
def test_every_family_spends_the_level_and_no_more(
    family: str, cuts: list[int], alpha: float
) -> None:
    fractions = (*(c / 10 for c in sorted(cuts)), 1.0)
    parameter = {"wang-tsiatis": 0.25, "haybittle-peto": 3.5}.get(family, NAN)
    plan = Looks(fractions, family, parameter, alpha=alpha).plan()
    assert plan.exit_probabilities()[0].sum() == pytest.approx(alpha, abs=1e-10)
