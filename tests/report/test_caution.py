"""Words on cohorts and on what the pools rest on."""

from __future__ import annotations

import math
from dataclasses import replace

from equipoise.report.dossier import Dossier
from equipoise.report.summary.caution import cohort_sentences, what_it_cannot_show


def with_group(dossier: Dossier, *ends: tuple[float, float]) -> Dossier:
    """The dossier with one group of cohort estimates, all of one study."""
    panel = dossier.synthesis.cohorts
    first = panel.groups[0].estimates[0]
    estimates = tuple(replace(first, ci_low=low, ci_high=high) for low, high in ends)
    group = replace(panel.groups[0], estimates=estimates)
    synthesis = replace(dossier.synthesis, cohorts=replace(panel, groups=(group,)))
    return replace(dossier, synthesis=synthesis)


def tally(dossier: Dossier) -> str:
    return list(cohort_sentences(dossier))[-1].items[0].text


def test_the_tally_counts_estimates_with_an_interval_and_their_studies(dossier: Dossier) -> None:
    three = with_group(dossier, (0.4, 0.5), (0.8, 1.2), (math.nan, math.nan))
    assert tally(three) == "1 of 2 estimates, from one study; one without an interval not counted"
    none = with_group(dossier, (math.nan, math.nan))
    assert tally(none) == "no estimate has an interval; one without an interval not counted"


def test_the_lesson_claims_no_cause(dossier: Dossier) -> None:
    text = next(cohort_sentences(dossier)).text
    assert "In this cohort the benefit disappears in a design that handles exposure time" in text
    assert "the patients compared and the matching differ too" in text
    assert "decides" not in text


def sets(dossier: Dossier, *names: str) -> str:
    """What is said of the analysis sets of a pool of as many trials as there are names."""
    cure = dossier.synthesis.outcomes[0]
    entries = tuple(
        replace(entry, analysis_set=name)
        for entry, name in zip(cure.contributions, names, strict=False)
    )
    synthesis = replace(dossier.synthesis, outcomes=(replace(cure, contributions=entries),))
    said = [s.text for s in what_it_cannot_show(replace(dossier, synthesis=synthesis))]
    return next((text for text in said if "analysis set" in text or "intention" in text), "")


def test_inputs_that_are_not_by_intention_to_treat_are_counted(dossier: Dossier) -> None:
    assert sets(dossier, "itt", "per_protocol; itt", "not_stated", "evaluable") == (
        "Of the four trial inputs to the pools, 2 come from another set than intention to treat "
        "and 1 does not state its analysis set."
    )
    assert sets(dossier, "itt", "itt") == ""
