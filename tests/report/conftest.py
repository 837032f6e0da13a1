"""A small made-up dossier that holds every kind of content, hostile text included."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from equipoise.estimate import Estimate, Result
from equipoise.evidence.finding import Finding
from equipoise.evidence.gap_map import gap_map
from equipoise.evidence.question import Question
from equipoise.evidence.schema import (
    CohortRow,
    EvidenceBase,
    PhenotypeRecord,
    Report,
    ResultRow,
    Trial,
)
from equipoise.report.dossier import Dossier, Provenance
from equipoise.report.options import ReportOptions
from equipoise.synthesis.by_outcome import AbsoluteDifference, OutcomeSynthesis
from equipoise.synthesis.cohorts import (
    CohortEstimate,
    CohortExclusion,
    CohortGroup,
    CohortPanel,
)
from equipoise.synthesis.contributions import Contribution
from equipoise.synthesis.evidence_synthesis import Synthesis
from equipoise.synthesis.interactions import ComplementResult
from equipoise.synthesis.plan import Complement, NormalPrior, Pool
from equipoise.synthesis.pooling import pool
from equipoise.synthesis.row_selection import Exclusion
from equipoise.synthesis.shrinkage import ShrunkenInteraction

HOSTILE = '<script>alert("x")</script>'


def _outcome(name: str, label: str, role: str, measure: str, better: str = "lower") -> dict:
    return {"name": name, "label": label, "role": role, "measure": measure, "better": better}


QUESTION = Question.model_validate(
    {
        "title": "Drugx in marker-positive disease",
        "population": "adults with the disease",
        "intervention": "drugx added to standard treatment",
        "comparator": "standard treatment",
        "settings": ["early", "late"],
        "scopes": ["eligible", "other"],
        "focus": {"axis": "m", "level": "positive"},
        "axes": [
            {
                "name": "m",
                "label": "Marker",
                "levels": [
                    {"name": "positive", "label": "marker-positive", "symbol": "+"},
                    {"name": "negative", "label": "marker-negative", "symbol": "-"},
                ],
            }
        ],
        "outcomes": [
            {
                "name": "cure",
                "label": "Cure",
                "role": "benefit",
                "measure": "OR",
                "better": "higher",
            },
            {
                "name": "OS",
                "label": "Overall survival",
                "role": "benefit",
                "measure": "HR",
                "better": "lower",
                "time_to_event": True,
                "smallest_worthwhile": 0.8,
                "smallest_worthwhile_source": "assumed",
            },
            {
                "name": "level",
                "label": "Level",
                "role": "biomarker",
                "measure": "MD",
                "better": "lower",
            },
            {
                "name": "nausea",
                "label": "Nausea",
                "role": "harm",
                "measure": "RR",
                "better": "lower",
            },
        ],
    }
)

COUNTS = {
    "alpha": (19, 29, 17, 29),
    "beta": (9, 40, 6, 41),
    "gamma": (34, 35, 21, 35),
    "delta": (12, 100, 11, 101),
}


def _trial(trial_id: str, **more: object) -> Trial:
    fields = {
        "trial_id": trial_id,
        "name": f"{trial_id.upper()} 2019",
        "scope": "eligible",
        "setting": "early",
        "n_randomised": 60,
        "confidence": "high",
        "enrolled": {"m": "any"},
        "primary_outcome": "Cure",
    }
    return Trial.model_validate(fields | more)


def _row(row_id: str, **more: object) -> ResultRow:
    fields = {
        "result_id": row_id,
        "trial_id": row_id.split("_", maxsplit=1)[0],
        "kind": "randomised",
        "outcome": "cure",
        "source_url": "https://example.org/paper",
        "quote": "as printed",
        "confidence": "high",
    }
    return ResultRow.model_validate(fields | more)


def evidence() -> EvidenceBase:
    trials = [
        _trial("alpha", enrolled={"m": "positive"}),
        _trial("beta", enrolled={"m": "not_stated"}),
        _trial("gamma", name=f"GAMMA {HOSTILE}", note="=cmd()"),
        _trial("delta", primary_outcome="Overall survival"),
        _trial("omega", scope="other", confidence="low"),
    ]
    rows = [
        _row(
            f"{name}_cure",
            events_treatment=c[0],
            n_treatment=c[1],
            events_control=c[2],
            n_control=c[3],
            report_id=f"{name}_r",
        )
        for name, c in COUNTS.items()
    ]
    rows += [
        _row(
            "delta_os_pos",
            outcome="OS",
            analysed="m=positive",
            subgroup="marker-positive",
            measure="HR",
            estimate=0.64,
            ci_low=0.43,
            ci_high=0.95,
            p_value="0.026",
            n_total=620,
        ),
        _row(
            "delta_os_high",
            outcome="OS",
            subgroup="stage high",
            measure="HR",
            estimate=1.01,
            ci_low=0.84,
            ci_high=1.21,
            n_total=2500,
        ),
        _row(
            "delta_os_low",
            outcome="OS",
            subgroup="stage low",
            measure="HR",
            estimate=1.01,
            ci_low=0.79,
            ci_high=1.30,
            n_total=1116,
            standing="printed",
        ),
        _row(
            "gamma_os",
            outcome="OS",
            measure="HR",
            estimate=0.9,
            ci_low=0.5,
            ci_high=1.6,
            quote=HOSTILE,
            note='"><img src=x onerror=alert(1)>',
            confidence="low",
            standing="reconstructed",
        ),
        _row(
            "delta_nausea",
            outcome="nausea",
            events_treatment=30,
            n_treatment=100,
            events_control=12,
            n_control=101,
            quote="=cmd()|' /C calc'!A0",
        ),
        _row(
            "beta_level",
            outcome="level",
            kind="within_arm",
            measure="MD",
            unit="U/L",
            change_treatment=-2.0,
        ),
    ]
    cohorts = [
        _cohort("book_naive", 0.45, 0.40, 0.50, "naive"),
        _cohort("book_new", 1.12, 0.98, 1.28, "new_user"),
        _cohort("other_tv", 0.51, 0.33, 0.78, "time_varying", study="chen"),
    ]
    return EvidenceBase(
        trials=tuple(trials),
        results=tuple(rows),
        reports=tuple(
            Report(
                report_id=f"{n}_r",
                trial_id=n,
                year=2019,
                type="article",
                first_author="Doe",
                journal="J Test",
                doi="10.1000/xyz" if n == "alpha" else "",
                pmid="123" if n == "beta" else "",
            )
            for n in COUNTS
        ),
        phenotypes=(
            PhenotypeRecord(trial_id="beta", axis="m", recorded="stored_samples", confidence="low"),
            PhenotypeRecord(
                trial_id="delta", axis="m", recorded="analysed_not_reported", confidence="low"
            ),
        ),
        cohorts=tuple(cohorts),
    )


def _cohort(
    row_id: str, value: float, low: float, high: float, time: str, study: str = "book"
) -> CohortRow:
    return CohortRow.model_validate(
        {
            "cohort_id": row_id,
            "cohort": f"{study.title()} register",
            "study": study,
            "year": 2020,
            "n": 13314,
            "n_exposed": 1354,
            "n_comparator": 3407,
            "exposure": "ever",
            "comparator": "never",
            "contrast": "direct",
            "outcome": "OS",
            "measure": "HR",
            "estimate": value,
            "ci_low": low,
            "ci_high": high,
            "exposure_time": time,
            "source_url": "https://example.org/cohort",
            "quote": "HR",
            "confidence": "medium",
        }
    )


def _log_estimate(value: float, low: float, high: float, row: str, **more: object) -> Estimate:
    se = math.log(high / low) / (2 * 1.959964)
    return Estimate(math.log(value), se, "HR", (row,), **more)  # type: ignore[arg-type]


def _pool_of(
    pool_id: str, outcome: str, contributions: list[Contribution], measure: str, **more: object
) -> OutcomeSynthesis:
    y = np.array([c.estimate.value for c in contributions])
    v = np.array([c.estimate.variance for c in contributions])
    pooled = pool(y, v, ci="hksj" if len(y) > 1 else "wald")
    weighted = tuple(
        replace(c, weight=float(w)) for c, w in zip(contributions, pooled.weights, strict=True)
    )
    fields = {
        "pool": Pool(id=pool_id, outcome=outcome, label=QUESTION.outcome(outcome).label),
        "outcome": QUESTION.outcome(outcome),
        "measure": measure,
        "unit": "",
        "contributions": weighted,
        "pooled": pooled,
        "alternatives": (pool(y, v, ci="wald"),),
        "exclusions": (Exclusion("beta_level", "beta", f"not randomised {HOSTILE}"),),
        "absolute": None,
        "standing": "pooled",
    }
    return OutcomeSynthesis(**(fields | more))  # type: ignore[arg-type]


def _contribution(name: str, estimate: Estimate, **more: object) -> Contribution:
    label = f"{name.upper()} 2019" if name != "gamma" else f"GAMMA {HOSTILE}"
    fields = {
        "trial_id": name,
        "label": label,
        "row_ids": estimate.source,
        "estimate": estimate,
        "weight": math.nan,
        "analysed": "",
        "counts": None,
        "confidence": "high",
        "note": "",
    }
    return Contribution(**(fields | more))  # type: ignore[arg-type]


def _odds(name: str) -> Contribution:
    a, n1, c, n2 = COUNTS[name]
    value = math.log(a * (n2 - c) / (c * (n1 - a)))
    se = math.sqrt(1 / a + 1 / (n1 - a) + 1 / c + 1 / (n2 - c))
    estimate = Estimate(value, se, "OR", (f"{name}_cure",))
    return _contribution(name, estimate, counts=COUNTS[name])


def outcomes() -> tuple[OutcomeSynthesis, ...]:
    os = [
        _contribution("delta", _log_estimate(1.01, 0.87, 1.17, "delta_os_high")),
        _contribution("gamma", _log_estimate(0.9, 0.5, 1.6, "gamma_os", standing="reconstructed")),
    ]
    nausea = [
        _contribution(
            "delta",
            Estimate(math.log(0.3 / 0.1188), 0.31, "RR", ("delta_nausea",)),
            counts=(30, 100, 12, 101),
        )
    ]
    absolute = AbsoluteDifference(
        18.1,
        7.1,
        29.1,
        0.95,
        1,
        ("delta_nausea",),
        "percentage points",
        "one trial, wald",
        "converged",
    )
    return (
        _pool_of("cure", "cure", [_odds(name) for name in COUNTS], "OR"),
        _pool_of("os", "OS", os, "HR"),
        _pool_of("nausea", "nausea", nausea, "RR", absolute=absolute, standing="printed"),
    )


def complement() -> ComplementResult:
    spec = Complement(
        id="delta-os",
        trial="delta",
        outcome="OS",
        axis="m",
        level="positive",
        complement_level="negative",
        stratum="delta_os_pos",
        partition=("delta_os_high", "delta_os_low"),
    )
    rows = ("delta_os_pos", "delta_os_high", "delta_os_low")
    stratum = _log_estimate(0.64, 0.43, 0.95, rows[0])
    whole = _log_estimate(1.01, 0.87, 1.17, rows[1], standing="derived")
    rest = replace(_log_estimate(1.09, 0.93, 1.27, rows[1]), source=rows, standing="derived")
    ratio = replace(_log_estimate(0.59, 0.38, 0.90, rows[0]), source=rows, standing="derived")
    prior = NormalPrior(
        name="sceptic", target="interaction", sd=0.354, label="sceptical", source="assumed"
    )
    return ComplementResult(
        spec,
        stratum,
        whole,
        rest,
        ratio,
        0.015,
        0.011,
        0.021,
        0.95,
        ((0.0, rest, ratio, 0.015), (0.3, rest, ratio, 0.02)),
        ((0.1, rest, ratio, 0.018),),
        ((4, 0.0587), (5, 0.073), (10, 0.14)),
        (ShrunkenInteraction(prior, ratio, -0.69, 0.1, 0.95, 0.72, "sceptical"),),
    )


def cohort_panel(rows: tuple[CohortRow, ...]) -> CohortPanel:
    made = {
        row.cohort_id: CohortEstimate(
            row,
            row.cohort,
            _log_estimate(row.estimate or 1, row.ci_low or 1, row.ci_high or 1, row.cohort_id),
            row.ci_low or math.nan,
            row.ci_high or math.nan,
            False,
            "",
        )
        for row in rows
    }
    return CohortPanel(
        (
            CohortGroup("naive", "Naive ever/never", "time before counts", (made["book_naive"],)),
            CohortGroup("time_varying", "Time-varying", "moves", (made["other_tv"],)),
            CohortGroup("new_user", "New users", "starts", (made["book_new"],)),
        ),
        (),
        (CohortExclusion("book_x", "summary of others"),),
    )


def _results() -> tuple[Result, ...]:
    def one(
        rid: str,
        measure: str,
        e: float,
        lo: float,
        hi: float,
        k: int,
        standing: str,
        inputs: tuple[str, ...],
        scale: str = "ratio",
        **more: object,
    ) -> Result:
        return Result(
            rid,
            f"What of {rid}?",
            measure,
            scale,
            e,
            lo,
            hi,
            0.95,
            k,
            standing,  # type: ignore[arg-type]
            "REML",
            inputs,
            "converged",
            **more,
        )  # type: ignore[arg-type]

    rows = ("delta_os_pos", "delta_os_high", "delta_os_low")
    return (
        one("cure", "OR", 1.8, 0.6, 5.4, 4, "pooled", tuple(f"{n}_cure" for n in COUNTS)),
        one("os", "HR", 1.0, 0.87, 1.15, 2, "pooled", ("delta_os_high", "gamma_os")),
        one("nausea", "RR", 2.5, 1.4, 4.6, 1, "printed", ("delta_nausea",)),
        one(
            "nausea.absolute", "RD", 18.1, 7.1, 29.1, 1, "derived", ("delta_nausea",), "difference"
        ),
        one("delta-os.stratum", "HR", 0.64, 0.43, 0.95, 1, "printed", rows[:1]),
        one("delta-os.whole", "HR", 1.01, 0.87, 1.17, 1, "derived", rows[1:]),
        one("delta-os.complement", "HR", 1.09, 0.93, 1.27, 1, "derived", rows),
        one(
            "delta-os.ratio",
            "HR",
            0.59,
            0.38,
            math.nan,
            1,
            "derived",
            ("delta-os.stratum", "delta-os.complement"),
            p_value=0.015,
        ),
    )


def make_dossier() -> Dossier:
    base = evidence()
    return Dossier(
        title="Drugx in marker-positive disease",
        question=QUESTION,
        options=ReportOptions(
            figure_width=860,
            limitations=(f"Invented {HOSTILE}.",),
            cohort_lesson=("book_naive", "book_new"),
        ),
        evidence=base,
        findings=(
            Finding(
                "p-against-counts",
                "error",
                ("beta_cure",),
                "beta",
                f"P does not fit {HOSTILE}",
                "9/40 v 6/41",
                "looked at",
            ),
            Finding("dates", "note", ("delta",), "delta", "a date", "2019 < 2020"),
        ),
        gap_map=gap_map(base, QUESTION),
        synthesis=Synthesis(
            outcomes(),
            (complement(),),
            cohort_panel(base.cohorts),
            _results(),
            ("viechtbauer2005", "hartung2001"),
        ),
        provenance=Provenance(
            "drugx",
            "2026-01-31",
            "0.1.0",
            1,
            (("evidence/results.csv", "0" * 64),),
            (("numpy", "2.4"),),
            "",
        ),
    )


@pytest.fixture(scope="session")
def dossier() -> Dossier:
    return make_dossier()
