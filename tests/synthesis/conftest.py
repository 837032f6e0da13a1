"""Data of the synthesis tests: the BCG trials, and a maker of small invented evidence bases."""

from collections.abc import Callable

import numpy as np
import pytest

from equipoise.evidence.question import Question
from equipoise.evidence.schema import CohortRow, EvidenceBase, ResultRow, Trial

BCG = np.array(
    [
        [4, 119, 11, 128],
        [6, 300, 29, 274],
        [3, 228, 11, 209],
        [62, 13536, 248, 12619],
        [33, 5036, 47, 5761],
        [180, 1361, 372, 1079],
        [8, 2537, 10, 619],
        [505, 87886, 499, 87892],
        [29, 7470, 45, 7232],
        [17, 1699, 65, 1600],
        [186, 50448, 141, 27197],
        [5, 2493, 3, 2338],
        [27, 16886, 29, 17825],
    ],
    dtype=float,
)
"""Tuberculosis yes and no, vaccinated then control: Colditz 1994, JAMA 271:698, Table 1."""

QUESTION = {
    "title": "Drugx",
    "population": "p",
    "intervention": "drugx",
    "comparator": "placebo",
    "settings": ["early", "late"],
    "scopes": ["eligible", "confounded"],
    "axes": [
        {
            "name": "m",
            "label": "Marker M",
            "levels": [
                {"name": "positive", "label": "positive"},
                {"name": "negative", "label": "negative"},
            ],
        },
        {
            "name": "r",
            "label": "Receptor",
            "levels": [
                {"name": "yes", "label": "receptor-yes"},
                {"name": "no", "label": "receptor-no"},
            ],
        },
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
            "name": "death",
            "label": "Death",
            "role": "benefit",
            "measure": "HR",
            "better": "lower",
            "time_to_event": True,
        },
        {
            "name": "level",
            "label": "Serum level",
            "role": "biomarker",
            "measure": "MD",
            "better": "lower",
        },
    ],
}


@pytest.fixture(scope="session")
def bcg() -> tuple[np.ndarray, ...]:
    """Events and patients of the 13 trials, vaccinated then control."""
    a, b, c, d = BCG.T
    return a, a + b, c, c + d


@pytest.fixture(scope="session")
def bcg_effects() -> tuple[np.ndarray, np.ndarray]:
    """Log risk ratios and variances, worked out here and not by the package."""
    a, b, c, d = BCG.T
    return np.log(a / (a + b) / (c / (c + d))), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


@pytest.fixture
def question() -> Question:
    return Question.model_validate(QUESTION)


@pytest.fixture
def row() -> Callable[..., ResultRow]:
    """Make a result row: randomised, high confidence, outcome ``cure`` unless said otherwise."""

    def make(result_id: str, trial_id: str, **more: object) -> ResultRow:
        fields = {
            "result_id": result_id,
            "trial_id": trial_id,
            "kind": "randomised",
            "outcome": "cure",
            "source_url": "",
            "quote": "q",
            "confidence": "high",
        }
        return ResultRow.model_validate(fields | more)

    return make


@pytest.fixture
def cohort_row() -> Callable[..., CohortRow]:
    """Make a cohort row on death, direct, unexposed as reference, unless said otherwise."""

    def make(cohort_id: str, **more: object) -> CohortRow:
        fields = {
            "cohort_id": cohort_id,
            "cohort": "register",
            "study": "s1",
            "year": 2015,
            "exposure": "drugx",
            "comparator": "none",
            "contrast": "direct",
            "outcome": "death",
            "measure": "HR",
            "exposure_time": "naive",
            "source_url": "",
            "quote": "q",
            "confidence": "high",
        }
        return CohortRow.model_validate(fields | more)

    return make


@pytest.fixture
def evidence() -> Callable[..., EvidenceBase]:
    """Make an evidence base from rows; trials are made as needed, changed by `trials`."""

    def make(
        rows: list[ResultRow],
        trials: dict[str, dict[str, object]] | None = None,
        cohorts: list[CohortRow] | None = None,
    ) -> EvidenceBase:
        changes = trials or {}
        ids = dict.fromkeys([row.trial_id for row in rows])
        made = [
            Trial.model_validate(
                {
                    "trial_id": trial_id,
                    "name": trial_id.upper(),
                    "scope": "eligible",
                    "setting": "early",
                    "confidence": "high",
                    "enrolled": {"m": "any", "r": "any"},
                }
                | changes.get(trial_id, {})
            )
            for trial_id in ids
        ]
        return EvidenceBase(
            trials=tuple(made),
            arms=(),
            reports=(),
            phenotypes=(),
            results=tuple(rows),
            cohorts=tuple(cohorts or ()),
        )

    return make
