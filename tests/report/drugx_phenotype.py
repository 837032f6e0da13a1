"""A made-up comparison by phenotype, one that compares nothing, and two past questions."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from typing import Any

from equipoise.estimate import Estimate, Standing
from equipoise.synthesis.belief import believe
from equipoise.synthesis.by_phenotype import ONLY, STRATA, PhenotypeSynthesis
from equipoise.synthesis.phenotype_plan import Comparison
from equipoise.synthesis.phenotype_rows import Part, PhenotypeRow
from equipoise.synthesis.retrodiction import Retrodiction, parse_cases, retrodict
from equipoise.synthesis.subgroups import interaction, missing_phenotype
from equipoise.synthesis.subgroups.shares import InformationShare


def _sibling(name: str) -> Any:
    """Load a module that stands beside this one; test folders are not packages."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_evidence = _sibling("drugx_evidence")
HOSTILE, QUESTION = _evidence.HOSTILE, _evidence.QUESTION


def row(
    trial: str,
    part: Part,
    value: float,
    se: float,
    *,
    only: bool = False,
    standing: Standing = "printed",
    row_id: str = "delta_os_pos",
) -> PhenotypeRow:
    label = f"{trial.upper()} 2019" if trial != "gamma" else f"GAMMA {HOSTILE}"
    estimate = Estimate(math.log(value), se, "HR", (row_id,), standing)
    return PhenotypeRow(trial, label, part, only, estimate, (row_id,))


BOTH = (
    row("alpha", "level", 0.70, 0.30),
    row("alpha", "reference", 1.05, 0.15),
)
ROWS = (
    *BOTH,
    row("delta", "level", 0.64, 0.20),
    row("delta", "reference", 1.09, 0.08, standing="derived"),
    row("beta", "level", 0.80, 0.25, only=True),
    row("gamma", "whole", 0.90, 0.30, standing="reconstructed", row_id="gamma_os"),
)
"""Two trials give both levels, one enrolled the level asked about, one gives the whole."""


def compared(rows: tuple[PhenotypeRow, ...] = ROWS, name: str = "os-by-m") -> PhenotypeSynthesis:
    """What the synthesis room makes of rows."""
    asked = Comparison(
        id=name,
        outcome="OS",
        label="Survival by marker" if name == "os-by-m" else f"Survival, {name}",
        question="Do patients with the marker live longer?",
        axis="m",
        level="positive",
        reference="negative",
    )
    strata = [r for r in rows if r.part != "whole"]
    found = interaction(
        [r.estimate.value for r in strata],
        [r.estimate.variance for r in strata],
        [r.trial_id for r in strata],
        [STRATA[r.part] for r in strata],
        levels=("negative", "positive"),
        reference="negative",
        factors=4,
    )
    shares = tuple(
        InformationShare(ONLY[r.part] if r.only else math.nan, 0.0, "enrolment" if r.only else "")
        for r in rows
    )
    missing = missing_phenotype(
        [r.estimate.value for r in rows],
        [r.estimate.variance for r in rows],
        [r.trial_id for r in rows],
        [STRATA[r.part] for r in rows],
        share=[share.value for share in shares],
    )
    belief = believe(found) if found.within.k else None
    return PhenotypeSynthesis(
        asked, QUESTION.outcome("OS"), "HR", rows, found, missing, belief, shares
    )


def silent() -> PhenotypeSynthesis:
    """A comparison in which no trial gives both levels."""
    return compared((ROWS[4], ROWS[5]), "silent")


def _past(stratum: str, value: float, low: float, high: float, date: str) -> dict[str, Any]:
    return {
        "trial": "SIGMA" if date < "2015" else "TAU",
        "stratum": stratum,
        "measure": "HR",
        "estimate": value,
        "ci_low": low,
        "ci_high": high,
        "date": date,
    }


def past_questions() -> Retrodiction:
    """Two past questions, one of them scored on direction only."""
    first = {
        "id": "sigma-marker",
        "question": f"Does it help those with the marker? {HOSTILE}",
        "effect_measure": "HR",
        "outcome": "survival",
        "evidence_cutoff": "2014-01-01",
        "earlier": [
            _past("marker", 0.6, 0.4, 0.9, "2013-01-01"),
            _past("whole", 0.95, 0.8, 1.13, "2013-01-01"),
        ],
        "later": [_past("marker", 0.85, 0.7, 1.03, "2018-01-01")],
    }
    vague = [{**_past("marker", 0.6, 0.4, 0.9, "2013-01-01"), "ci_low": None, "ci_high": None}]
    second = {**first, "id": "sigma-vague", "question": "And without an error?", "earlier": vague}
    return retrodict(parse_cases({"cases": [first, second]}))
