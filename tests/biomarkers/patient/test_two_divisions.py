"""A patient is divided by information, patients to come by prevalence: how far that is apart."""

from __future__ import annotations

import pytest

from equipoise.biomarkers.patient.case_effects import comparison_of, modifier_data, stratum_data
from equipoise.case import load_case, packaged_cases
from equipoise.design.belief import divided, updated_difference
from equipoise.design.belief.mixture_integral import Belief
from equipoise.synthesis.posteriors import INTERACTION_PRIORS


def test_both_strata_move_alike_by_the_difference_of_the_shares() -> None:
    """As the docstrings of both rooms and docs/design.md say, with the numbers told there."""
    seen = []
    for case in map(load_case, packaged_cases()):
        plan = case.patient
        if plan is None:
            continue
        asked = comparison_of(plan, case.plan)
        stratum = stratum_data(case.evidence, case.question, case.plan, asked, asked.level)
        whole = stratum.effect(INTERACTION_PRIORS["reference"])
        for marker in (one for one in plan.markers if one.row):
            levels = (marker.level, marker.rest)
            here = [modifier_data(marker, level, case.evidence) for level in levels]
            estimate, se = here[0].estimate, here[0].se
            assert estimate is not None
            assert se is not None
            g = updated_difference(INTERACTION_PRIORS["reference"], estimate, se)
            belief = Belief(whole.weights, whole.means, whole.sds)
            there = divided(belief, marker.prevalence.value, g)
            shift = (here[0].share - marker.prevalence.value) * float(g.weights @ g.means)
            for i, one in enumerate(here):
                alone = there.marginal(i)
                ours = whole.plus(one.effect(INTERACTION_PRIORS["reference"]))
                assert alone.weights @ alone.means - ours.mean == pytest.approx(shift, abs=1e-12)
            seen.append((here[0].share, marker.prevalence.value, abs(shift), ours.sd))
    assert seen == [pytest.approx((0.73, 0.56, 0.016, 0.26), abs=0.005)]
