"""``equipoise patient``: the worked case, its help, what it refuses, one JSON object."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.biomarkers.patient.conftest import DATA

from equipoise.case import Case, load_case
from equipoise.cli import execute

WORKED = json.loads((DATA / "worked_patients.json").read_text(encoding="utf-8"))
CASE = WORKED["case"]
SCHEMA = json.loads(
    (resources.files("equipoise") / "report" / "schemas" / "answer.schema.json").read_text()
)
RESEARCH = "research use only, not medical advice"


@pytest.fixture(scope="module")
def worked() -> Case:
    return load_case(CASE)


@pytest.fixture
def once(worked: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Load the worked case once for all questions."""
    monkeypatch.setattr("equipoise.ask_patient.load_case", lambda name: worked)


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = execute(["patient", CASE, *words, "--json"])
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert captured.err == ""
    jsonschema.validate(document, SCHEMA)
    return code, document


def test_the_patient_of_the_worked_case(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = asked(capsys, *WORKED["issue"])
    expected = WORKED["expected"]
    assert code == 0
    assert document["baseline"]["row_id"] == expected["row"]
    assert document["effect"]["stratum_ratio"] == pytest.approx(expected["stratum_ratio"])
    genotype, metabolic = document["modifiers"]
    shrunken = expected["shrunken_genotype"]
    assert genotype["ratio_of_ratios"] == pytest.approx(shrunken["printed"], abs=5e-4)
    assert genotype["shrunken"] == pytest.approx(shrunken[document["headline"]], abs=5e-3)
    assert metabolic["ratio_of_ratios"] is None
    assert [harm["difference"] is None for harm in document["harms"]] == [False, False, True, True]
    assert RESEARCH in document["research_use"].casefold()


@pytest.mark.usefixtures("once")
def test_every_spelling_gives_the_same_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    first = asked(capsys, *WORKED["issue"])[1]
    for words in WORKED["same"]:
        other = asked(capsys, *words)[1]
        assert other["answers"] == first["answers"]


@pytest.mark.parametrize("words", WORKED["answered"], ids=" ".join)
@pytest.mark.usefixtures("once")
def test_other_patients_are_answered(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert asked(capsys, *words)[0] == 0
    assert execute(["patient", CASE, *words]) == 0
    text = capsys.readouterr().out.casefold()
    assert text.count(RESEARCH) >= 4
    assert "responder" not in text
    assert "nan" not in text.split()


@pytest.mark.parametrize(("words", "fields"), WORKED["refused"], ids=str)
@pytest.mark.usefixtures("once")
def test_patients_outside_the_evidence_are_refused(
    capsys: pytest.CaptureFixture[str], words: list[str], fields: list[str]
) -> None:
    code, document = asked(capsys, *words)
    assert code == 4
    assert [problem["field"] for problem in document["problems"]] == fields
    assert all(problem["allowed"] for problem in document["problems"])


def test_help_of_the_case_and_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["patient", CASE, "--help"]) == 0
    text = capsys.readouterr().out
    for word in WORKED["issue"]:
        assert f"{word.partition('=')[0]}: " in text
    assert execute(["patient", "--help"]) == 0
    assert "--NAME=VALUE" in capsys.readouterr().out
    assert execute(["patient"]) == 2


def test_an_unknown_case_and_a_case_without_patients(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["patient", "no-such-case", "--x=1"]) == 2
    assert execute(["new", "bare", "--into", str(tmp_path)]) == 0
    assert execute(["patient", str(tmp_path / "bare"), "--x=1"]) == 2
    assert "no [patient] section" in capsys.readouterr().err
