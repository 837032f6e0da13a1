"""Hand-made rows: the least a record needs, and what the test says on top."""

from __future__ import annotations

from typing import Any

import pytest

from equipoise.evidence.question import Axis, ContrastRule, Level, Outcome, PhenotypeLevel, Question
from equipoise.evidence.schema import (
    Arm,
    CohortRow,
    EvidenceBase,
    PhenotypeRecord,
    Report,
    ResultRow,
    Trial,
)


class Make:
    """Makes records and a question out of the few fields a test cares about."""

    @staticmethod
    def result(**fields: Any) -> ResultRow:
        given = {
            "result_id": "r1",
            "trial_id": "t1",
            "kind": "randomised",
            "outcome": "response",
            "source_url": "",
            "quote": "",
            "confidence": "high",
        }
        return ResultRow(**{**given, **fields})

    @staticmethod
    def cohort(**fields: Any) -> CohortRow:
        given = {
            "cohort_id": "c1",
            "cohort": "a register",
            "study": "s1",
            "exposure": "drugx",
            "comparator": "none",
            "contrast": "direct",
            "outcome": "death",
            "measure": "HR",
            "exposure_time": "naive",
            "source_url": "",
            "quote": "",
            "confidence": "high",
        }
        return CohortRow(**{**given, **fields})

    @staticmethod
    def trial(**fields: Any) -> Trial:
        given = {"trial_id": "t1", "name": "T1", "scope": "eligible", "confidence": "high"}
        return Trial(**{**given, **fields})

    @staticmethod
    def arm(**fields: Any) -> Arm:
        given = {"trial_id": "t1", "arm_id": "a1", "label": "", "confidence": "high"}
        return Arm(**{**given, **fields})

    @staticmethod
    def report(**fields: Any) -> Report:
        return Report(**{"report_id": "p1", "trial_id": "t1", "type": "full paper", **fields})

    @staticmethod
    def phenotype(**fields: Any) -> PhenotypeRecord:
        given = {"trial_id": "t1", "axis": "m", "recorded": "unknown", "confidence": "high"}
        return PhenotypeRecord(**{**given, **fields})

    def base(self, *records: Any) -> EvidenceBase:
        """Evidence of these records; a trial is added where none is given."""

        def of(kind: type) -> tuple[Any, ...]:
            return tuple(record for record in records if isinstance(record, kind))

        return EvidenceBase(
            trials=of(Trial) or (self.trial(),),
            results=of(ResultRow),
            arms=of(Arm),
            reports=of(Report),
            phenotypes=of(PhenotypeRecord),
            cohorts=of(CohortRow),
        )

    @staticmethod
    def question() -> Question:
        """Two outcomes by count, two times to an event, one biomarker; axes m and g."""

        def outcome(name: str, **fields: Any) -> Outcome:
            given = {"label": name, "role": "benefit", "measure": "OR", "better": "higher"}
            return Outcome(**{"name": name, **given, **fields})

        def axis(name: str, *levels: str, complete: bool = True) -> Axis:
            return Axis(
                name=name,
                label=name,
                complete=complete,
                levels=tuple(Level(name=level, label=level) for level in levels),
            )

        return Question(
            title="Does drugx help?",
            evidence_date="2024-06-01",
            population="patients",
            intervention="drugx",
            comparator="placebo",
            settings=("adjuvant",),
            scopes=("eligible", "unclear"),
            contrast=ContrastRule(scopes=("eligible",)),
            focus=PhenotypeLevel(axis="m", level="positive"),
            axes=(axis("m", "positive", "negative"), axis("g", "low", "high", complete=False)),
            outcomes=(
                outcome("response"),
                outcome("harm"),
                outcome("death", measure="HR", better="lower", time_to_event=True),
                outcome("relapse", measure="HR", better="lower", time_to_event=True),
                outcome("marker", measure="MD", role="biomarker"),
            ),
        )


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()


@pytest.fixture(scope="session")
def question(make: Make) -> Question:
    return make.question()
