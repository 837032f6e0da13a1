"""Doubts that stand beside an answer: unsteady intervals and questioned rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.evidence.finding import Finding
from equipoise.report.dossier import Dossier
from equipoise.report.summary.doubts import absolute_doubt, questioned, relative_doubt
from equipoise.report.summary.passages import summarise
from equipoise.report.summary.verdict import absolute_answer
from equipoise.synthesis.absolute import AbsoluteDifference
from equipoise.synthesis.pooling import pool

Ends = tuple[float, float]


def found(main: Ends, *others: Ends) -> AbsoluteDifference:
    return AbsoluteDifference(
        sum(main) / 2, *main, 0.95, 3, ("r",), "percentage points", "", "converged",
        tuple(("wald", *ends) for ends in others),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("main", "other", "said"),
    [
        ((1.0, 5.0), (-1.0, 7.0), "another customary interval would include no difference"),
        ((-1.0, 7.0), (1.0, 5.0), "another customary interval would leave out no difference"),
        ((1.0, 5.0), (0.5, 6.0), ""),
        ((-1.0, 5.0), (-2.0, 6.0), ""),
        ((float("nan"), float("nan")), (1.0, 2.0), ""),
        ((1.0, 5.0), (float("nan"), 2.0), ""),
    ],
)
def test_a_difference_that_hangs_on_the_interval_says_so(
    main: Ends, other: Ends, said: str
) -> None:
    assert absolute_doubt(found(main, other)) == said
    assert (said in absolute_answer(found(main, other))) is True


def test_a_relative_harm_that_hangs_on_the_interval_says_so(dossier: Dossier) -> None:
    os = next(o for o in dossier.synthesis.outcomes if o.pool.id == "os")
    values, variances = np.array([0.30, 0.32]), np.array([0.04, 0.04])
    narrow = pool(values, variances, ci="hksj")
    assert narrow.ci_low > 0
    beside = replace(os, pooled=narrow, alternatives=(pool(values, variances, ci="hksj-adhoc"),))
    assert "would include no difference" in relative_doubt(beside)
    assert relative_doubt(replace(beside, alternatives=(narrow,))) == ""


def finding(severity: str, *rows: str) -> Finding:
    return Finding("rule", severity, rows, "t", "m", "a")  # type: ignore[arg-type]


def test_rows_named_by_an_error_or_a_warning_are_questioned() -> None:
    findings = (finding("error", "a"), finding("warning", "b"), finding("note", "c"))
    assert questioned(("a",), findings) == "an arithmetic rule questions a row"
    assert questioned(("a", "b"), findings) == "an arithmetic rule questions two rows"
    assert questioned(("c", "d"), findings) == ""


@pytest.mark.parametrize(("row", "heading"), [("alpha_cure", "What the trials say"),
                                              ("delta_nausea", "Harm")])  # fmt: skip
def test_benefit_and_harm_both_carry_the_flag(dossier: Dossier, row: str, heading: str) -> None:
    def lines(severity: str) -> str:
        marked = replace(dossier, findings=(finding(severity, row),))
        passage = next(p for p in summarise(marked) if p.heading == heading)
        return " ".join(item.text for s in passage.sentences for item in s.items)

    assert "an arithmetic rule questions a row" in lines("warning")
    assert "questions" not in lines("note")
