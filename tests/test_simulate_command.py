"""equipoise simulate: one JSON object, text, silence in a pipe, exit codes. The fit is replaced."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from tests.mechanism.arms.unfitted import unfitted

from equipoise.case import Case, load_case, packaged_cases
from equipoise.cli import execute
from equipoise.mechanism.arms import STATEMENT, arm_report
from equipoise.mechanism.calibration.recurrence_link import RecurrenceLink
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.dosing.regimen_table import COLUMNS
from equipoise.mechanism.plan import MechanismPlan

SCHEMA = json.loads(
    (resources.files("equipoise") / "report" / "schemas" / "answer.schema.json").read_text()
)


@pytest.fixture(scope="module")
def case() -> Case:
    return next(c for c in map(load_case, packaged_cases()) if c.mechanism is not None)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put draws that were never fitted in the place of the calibration."""

    def calibration(case: CaseModel, plan: MechanismPlan, *_: object, **__: object) -> object:
        return unfitted(case, plan)

    link = SimpleNamespace(link=RecurrenceLink(0.05, 0.1, True))
    monkeypatch.setattr(arm_report, "calibrate", calibration)
    monkeypatch.setattr(arm_report, "tie_recurrence", lambda *_: link)
    small = {"edge_draws": 3, "edge_patients": 2}
    edges = arm_report.edge_draws
    monkeypatch.setattr(
        arm_report,
        "edge_draws",
        lambda case, plan, *a, **k: edges(case, plan.model_copy(update=small), *a, **k),
    )


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = execute(["simulate", *words, "--json"])
    captured = capsys.readouterr()
    assert captured.err == ""
    document = json.loads(captured.out)
    jsonschema.validate(document, SCHEMA)
    return code, document


def named(case: Case) -> tuple[str, str]:
    assert case.mechanism is not None
    return case.mechanism.backbones[0], case.mechanism.drug


def test_one_json_object_that_meets_the_schema(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    backbone, drug = named(case)
    regimen = f"--regimen={backbone}+{drug}"
    code, document = answer(capsys, case.name, regimen, "--patients=4", "--seed=3")
    assert (code, document["command"], document["statement"]) == (0, "simulate", STATEMENT)
    assert [arm["regimen"] for arm in document["arms"]] == [backbone, f"{backbone}+{drug}"]
    assert (document["patients"], document["kept"], document["seed"]) == (4, 4, 3)
    assert document["effect"]["draws"] == 3
    assert document["calibration_seed"] == case.identity.seed


def test_text_for_people_and_silence_beside_it(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    backbone, _ = named(case)
    assert execute(["simulate", case.name, "--regimen", backbone, "--patients=1"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.count(STATEMENT) == 2
    assert "not known" in captured.out  # one patient has no Monte Carlo error
    assert "nan" not in captured.out


def test_a_table_and_a_mix_of_one_s_own(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert case.model is not None
    backbone, drug = named(case)
    dose = next(d for d in case.model.regimens[backbone].doses if d.infusion_hours > 0)
    path = tmp_path / "mine.csv"
    row = f"mine,{dose.drug},{dose.amount},{dose.unit},{dose.form},{dose.route},1,0,21,5,,,"
    path.write_text("\n".join([",".join(COLUMNS), row]) + "\n")
    words = (f"--table={path}", f"--regimen=mine+{drug}", "--days=126", "--stratum-share=0.6")
    code, document = answer(capsys, case.name, *words, "--patients=2", "--rival=H1")
    assert (code, document["surgery_day"], document["stratum_share"]) == (0, 126, 0.6)
    assert document["arms"][0]["doses"] == {dose.drug: 5}
    assert document["rival"] == "H1"


def test_bad_input_is_one_error_with_every_problem(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    backbone, _ = named(case)
    words = (f"--regimen={backbone}+nothing", "--patients=0", "--rival=nobody")
    code, document = answer(capsys, case.name, *words)
    assert (code, document["exit_code"]) == (4, 4)
    assert {p["value"] for p in document["problems"]} == {"nothing", "0", "nobody"}
    assert execute(["simulate", case.name, *words]) == 4
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("equipoise: 3 problems in the input")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["no-such-case"], 2),
        ([], 2),
        (["CASE", "--patients=many"], 2),
        (["CASE", "--colour=red"], 2),
        (["CASE"], 4),
    ],
)
def test_exit_codes(case: Case, words: list[str], code: int) -> None:
    assert execute(["simulate", *[case.name if w == "CASE" else w for w in words]]) == code


def test_a_case_without_a_mechanism_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["new", "plain", "--into", str(tmp_path)]) == 0
    capsys.readouterr()
    code, document = answer(capsys, str(tmp_path / "plain"), "--regimen=x")
    assert code == 2
    assert "[mechanism]" in document["message"]
