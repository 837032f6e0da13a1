"""A small made-up dossier that holds every kind of content, hostile text included."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from typing import Any

import pytest

from equipoise.estimate import Result
from equipoise.evidence.finding import Finding
from equipoise.evidence.gap_map import gap_map
from equipoise.report.dossier import Dossier, Provenance
from equipoise.report.options import ReportOptions
from equipoise.synthesis.evidence_synthesis import Synthesis


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
_synthesis = _sibling("drugx_synthesis")
_phenotype = _sibling("drugx_phenotype")
_design = _sibling("drugx_design")
_biomarkers = _sibling("drugx_biomarkers")
_mechanism = _sibling("drugx_mechanism")
COUNTS, HOSTILE, QUESTION = _evidence.COUNTS, _evidence.HOSTILE, _evidence.QUESTION


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
        one("os-by-m.within", "ratio of HRs", 0.61, 0.29, 1.27, 2, "pooled", rows),
        one("os-by-m.all-trials.level", "HR", 0.66, 0.49, 0.90, 4, "pooled", rows),
        one("os-by-m.all-trials.reference", "HR", 1.09, 0.95, 1.26, 4, "pooled", rows),
        *(
            one(f"os-by-m.{name}", "HR", 0.89, 0.55, 1.2, 2, "posterior", rows)
            for name in ("sceptic", "reference", "enthusiast", "signal")
        ),
    )


def make_dossier() -> Dossier:
    base = _evidence.evidence()
    gaps = gap_map(base, QUESTION)
    synthesis = Synthesis(
        _synthesis.outcomes(),
        (_synthesis.complement(),),
        _synthesis.cohort_panel(base.cohorts),
        _results(),
        ("viechtbauer2005", "hartung2001"),
        (_phenotype.compared(), _phenotype.silent()),
        _phenotype.past_questions(),
    )
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
        gap_map=gaps,
        synthesis=synthesis,
        provenance=Provenance(
            "drugx",
            "2026-01-31",
            "0.1.0",
            1,
            (("evidence/results.csv", "0" * 64),),
            (("numpy", "2.4"),),
            "",
        ),
        design=_design.design(base, QUESTION, gaps, synthesis, HOSTILE),
        biomarkers=_biomarkers.biomarkers(base, HOSTILE),
        mechanism=_mechanism.mechanism(HOSTILE),
        scenarios=_mechanism.scenarios(HOSTILE),
    )


@pytest.fixture(scope="session")
def dossier() -> Dossier:
    return make_dossier()


@pytest.fixture(scope="session")
def alone() -> Any:
    """A comparison in which a single trial says anything, and gives both levels."""
    return _phenotype.compared(_phenotype.BOTH, "alone")
