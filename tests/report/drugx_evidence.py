"""Made-up evidence that holds every kind of row, hostile text included."""

from __future__ import annotations

from equipoise.evidence.question import Question
from equipoise.evidence.schema import (
    CohortRow,
    EvidenceBase,
    PhenotypeRecord,
    Report,
    ResultRow,
    Trial,
)

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
