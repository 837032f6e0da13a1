"""A second, unrelated case runs end to end with no change in ``src/``.

Reference: metafor 3.8-1 (R), `rma(yi, vi, method="REML")` on `escalc("RR", ...)` of dat.bcg with
`control=list(threshold=1e-14, maxiter=10000, tol=1e-14)`; the second line is the subset
`alloc == "random"`.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from equipoise.case import load_case
from equipoise.cli import execute
from equipoise.evidence.check import check
from equipoise.synthesis.evidence_synthesis import OutcomeSynthesis, synthesise

BCG = Path(__file__).resolve().parents[1] / "data" / "bcg"
METAFOR = {
    "tuberculosis": (-0.7145323422, 0.1797815161, 0.3132432581, 13),
    "tuberculosis-random": (-0.9709647043, 0.2759561030, 0.3925280069, 7),
}


@pytest.fixture(scope="module")
def pools() -> dict[str, OutcomeSynthesis]:
    case = load_case(BCG)
    outcomes = synthesise(case.evidence, case.question, case.plan).outcomes
    return {outcome.pool.id: outcome for outcome in outcomes}


@pytest.mark.parametrize("name", METAFOR)
def test_pools_agree_with_metafor(pools: dict[str, OutcomeSynthesis], name: str) -> None:
    estimate, se, tau2, k = METAFOR[name]
    pooled = pools[name].pooled
    assert pooled.estimate == pytest.approx(estimate, abs=1e-7)
    assert pooled.se == pytest.approx(se, abs=1e-7)
    assert pooled.tau2 == pytest.approx(tau2, abs=1e-7)
    assert pooled.k == k
    assert (pooled.method, pooled.ci) == ("REML", "wald")


def test_the_rules_find_nothing_wrong_with_whole_tables() -> None:
    case = load_case(BCG)
    findings = check(case.evidence, case.question, case.evidence.known_findings)
    assert [finding for finding in findings if finding.severity == "error"] == []


def result_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(result for result in document["results"] if result["id"] == name)


@pytest.mark.slow
def test_the_command_writes_the_dossier(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(BCG.rglob("*"))
    out = tmp_path / "bcg"
    assert execute(["run", str(BCG), "--out", str(out)]) == 0
    assert capsys.readouterr().out.strip().endswith("dossier.html")
    assert sorted(BCG.rglob("*")) == before
    document = json.loads((out / "dossier.json").read_text())
    result = result_of(document, "tuberculosis")
    assert math.log(result["estimate"]) == pytest.approx(-0.7145, abs=5e-5)
    low, high = math.log(result["ci_low"]), math.log(result["ci_high"])
    assert (high - low) / (2 * 1.959964) == pytest.approx(0.1798, abs=5e-5)
    assert (result["k"], result["scale"], result["status"]) == (13, "ratio", "converged")
    assert (out / "dossier.html").stat().st_size > 100_000
