from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.report.dossier import Dossier
from equipoise.report.summary.passages import summarise
from equipoise.report.summary.sentences import Passage
from equipoise.report.summary.subgroup import factors_to_landmark
from equipoise.report.summary.verdict import absolute_answer, more_or_fewer, verdict
from equipoise.synthesis.absolute import AbsoluteDifference
from equipoise.synthesis.multiplicity import sidak
from equipoise.synthesis.pooling import pool


def text_of(passages: tuple[Passage, ...]) -> str:
    return "\n".join(
        line
        for passage in passages
        for sentence in passage.sentences
        for line in (sentence.text, *(f"{i.label}: {i.text}" for i in sentence.items))
    )


def test_it_tells_the_gap_as_a_number_with_its_denominator(dossier: Dossier) -> None:
    assert "no result by Marker: 2 of 4 (50\u00a0%)" in text_of(summarise(dossier))


def test_it_tells_the_cohort_lesson_with_sizes_and_both_intervals(dossier: Dossier) -> None:
    text = text_of(summarise(dossier))
    assert "In one cohort of 13,314 patients" in text
    assert "(1,354 v 3,407) gives hazard ratio 0.45 (0.40–0.50)" in text
    assert "hazard ratio 1.12 (0.98–1.28)" in text


def test_it_says_that_the_complement_is_derived_and_what_multiplicity_does(
    dossier: Dossier,
) -> None:
    text = text_of(summarise(dossier))
    assert "1.09 (0.93–1.27), a derived number" in text
    assert "0.059 if 4" in text
    assert "from 4 factors on it no longer passes the usual 0.05" in text


@pytest.mark.parametrize(
    ("p", "least"), [(0.0216, 3), (0.0151, 4), (0.05, 1), (0.6, 1), (0.025, 3), (0.0254, 2),
                     (1e-6, 51294), (1.0, 1)]
)  # fmt: skip
def test_the_number_of_factors_to_the_landmark_is_exact(p: float, least: int) -> None:
    assert factors_to_landmark(p) == least
    assert sidak(p, least) >= 0.05 * (1 - 1e-9)
    assert least == 1 or sidak(p, least - 1) < 0.05


def test_without_a_p_there_is_no_such_number() -> None:
    assert factors_to_landmark(0.0) is None
    assert factors_to_landmark(float("nan")) is None


def test_the_number_of_factors_is_not_the_first_one_swept(dossier: Dossier) -> None:
    synthesis = dossier.synthesis
    other = replace(synthesis.complements[0], p_value=0.0216, sidak=((4, 0.084), (10, 0.2)))
    told = replace(dossier, synthesis=replace(synthesis, complements=(other,)))
    assert "from 3 factors on it no longer passes the usual 0.05" in text_of(summarise(told))


def test_the_prior_is_said_to_ignore_how_the_subgroup_was_picked(dossier: Dossier) -> None:
    assert "The prior ignores how the subgroup was picked." in text_of(summarise(dossier))


def test_it_says_what_cannot_be_shown(dossier: Dossier) -> None:
    last = summarise(dossier)[-1]
    assert last.heading == "What this evidence cannot show"
    assert "chance only" in last.sentences[0].text


def test_every_id_a_sentence_rests_on_exists(dossier: Dossier) -> None:
    known = {result.id for result in dossier.results}
    known |= {row.result_id for row in dossier.evidence.results}
    known |= {row.cohort_id for row in dossier.evidence.cohorts}
    assert dossier.design is not None
    known |= {f"study-{one.study.id}" for one in dossier.design.studies.evaluations}
    assert dossier.biomarkers is not None
    known |= {f"claim-{one.claim.id}" for one in dossier.biomarkers.claims}
    assert dossier.mechanism is not None
    known |= {f"rival-{one.rival}" for one in dossier.mechanism.effects}
    for passage in summarise(dossier):
        for sentence in passage.sentences:
            assert set(sentence.rests_on) <= known
            assert {item.id for item in sentence.items if item.id} <= known


def test_words_follow_the_numbers(dossier: Dossier) -> None:
    """The same pool told from other numbers gets another verdict."""
    os = next(o for o in dossier.synthesis.outcomes if o.pool.id == "os")

    def told(value: float, se: float) -> str:
        fitted = pool(np.array([value, value]), np.array([se**2, se**2]), method="EE", ci="wald")
        return verdict(replace(os, pooled=fitted, alternatives=()))

    assert told(-0.5, 0.1) == "better"
    assert told(0.5, 0.1) == "worse"
    assert told(0.0, 0.05) == "too_small"
    assert told(0.0, 0.5) == "open"


def test_an_answer_that_hangs_on_the_method_is_called_unsteady(dossier: Dossier) -> None:
    os = next(o for o in dossier.synthesis.outcomes if o.pool.id == "os")
    values, variances = np.array([-0.30, -0.32]), np.array([0.04, 0.04])
    narrow = pool(values, variances, ci="hksj")
    assert narrow.ci_high < 0
    for other, judged in (("hksj-adhoc", "unsteady"), ("hksj", "better")):
        beside = (pool(values, variances, ci=other),)
        assert verdict(replace(os, pooled=narrow, alternatives=beside)) == judged


def test_without_a_smallest_worthwhile_effect_the_verdict_says_less(dossier: Dossier) -> None:
    cure = next(o for o in dossier.synthesis.outcomes if o.pool.id == "cure")
    assert verdict(cure) == "no_target"


def test_no_interval_no_conclusion(dossier: Dossier) -> None:
    cure = next(o for o in dossier.synthesis.outcomes if o.pool.id == "cure")
    bare = replace(cure, pooled=replace(cure.pooled, ci_low=float("nan")))
    assert verdict(bare) == "no_interval"


@pytest.mark.parametrize(
    ("value", "words"), [(3.44, "3.4 more"), (-1.0, "1.0 fewer"), (0.01, "no difference")]
)
def test_differences_are_told_without_signs(value: float, words: str) -> None:
    assert more_or_fewer(value) == words


def test_an_absolute_difference_in_words() -> None:
    found = AbsoluteDifference(-2.0, -5.0, 1.0, 0.95, 3, (), "percentage points", "", "converged")
    assert absolute_answer(found) == (
        "2.0 fewer per 100 patients (from 5.0 fewer to 1.0 more); three trials"
    )


def test_a_dossier_with_one_pool_and_nothing_else_reads_well(dossier: Dossier) -> None:
    synthesis = dossier.synthesis
    small = replace(
        dossier,
        findings=(),
        design=None,
        biomarkers=None,
        mechanism=None,
        synthesis=replace(
            synthesis,
            outcomes=synthesis.outcomes[:1],
            complements=(),
            cohorts=replace(synthesis.cohorts, groups=(), excluded=()),
            comparisons=(),
            retrodiction=None,
        ),
        options=dossier.options.model_copy(update={"cohort_lesson": ()}),
    )
    headings = [passage.heading for passage in summarise(small)]
    assert headings == [
        "In short",
        "The evidence",
        "What the trials say",
        "What this evidence cannot show",
    ]
    text = text_of(summarise(small))
    assert "There is one answer on benefit" in text
    assert "Nothing is said of harm" in text
