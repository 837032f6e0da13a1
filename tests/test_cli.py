"""The command line: exit codes, one JSON object, silence in a pipe, old output untouched."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from equipoise.case import load_case, packaged_cases
from equipoise.cli import execute
from equipoise.errors import MissingExtraError

SCHEMA = json.loads(
    (resources.files("equipoise") / "report" / "schemas" / "answer.schema.json").read_text()
)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = execute([*arguments, "--json"])
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert captured.err == ""
    assert list(document)[:2] == ["schema_version", "command"]
    assert "NaN" not in captured.out
    jsonschema.validate(document, SCHEMA)
    return code, document


@pytest.fixture
def teaching(tmp_path: Path) -> Path:
    assert execute(["new", "teaching", "--into", str(tmp_path)]) == 0
    return tmp_path / "teaching"


def test_new_writes_a_case_that_checks_and_runs(
    teaching: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in teaching.rglob("*") if path.is_file()}
    out = tmp_path / "out"
    capsys.readouterr()
    code, ran = answer(capsys, "run", str(teaching), "--out", str(out))
    assert code == 0
    assert {"dossier.html", "dossier.json", "run.json"} <= {p.name for p in out.iterdir()}
    results = {result["id"]: result for result in ran["results"]}
    assert results["response"]["k"] == 3
    assert results["response"]["scale"] == "ratio"
    after = {path: path.read_bytes() for path in teaching.rglob("*") if path.is_file()}
    assert after == before


def test_new_refuses_a_bad_name_and_a_full_folder(teaching: Path) -> None:
    assert execute(["new", "../evil"]) == 2
    assert execute(["new", "teaching", "--into", str(teaching.parent)]) == 2


def test_check_of_the_teaching_case_finds_no_error(
    teaching: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    code, document = answer(capsys, "check", str(teaching))
    assert (code, document["counts"]["error"]) == (0, 0)


def test_check_exits_1_on_an_error(teaching: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = teaching / "evidence" / "results.csv"
    path.write_text(path.read_text().replace("20,60,printed,,,,,", "20,60,printed,,,,0.0001,"))
    capsys.readouterr()
    code, document = answer(capsys, "check", str(teaching))
    assert (code, document["counts"]["error"]) == (1, 1)
    assert document["findings"][0]["rows"] == ["alpha_response"]


def test_check_refuses_what_run_would_refuse(
    teaching: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = teaching / "evidence" / "results.csv"
    lines = path.read_text().splitlines()
    twin = lines[1].replace("alpha_response", "alpha_response_late")
    path.write_text("\n".join([*lines, twin]) + "\n")
    capsys.readouterr()
    code, document = answer(capsys, "check", str(teaching))
    assert code == 4
    assert "alpha_response_late" in document["message"]


def test_bad_input_leaves_the_old_output(
    teaching: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert execute(["run", str(teaching), "--out", str(out)]) == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    (teaching / "evidence" / "results.csv").write_bytes(b"")
    capsys.readouterr()
    code, document = answer(capsys, "run", str(teaching), "--out", str(out))
    assert code == 4
    assert document["problems"][0]["file"] == "evidence/results.csv"
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_folder_that_is_not_ours_is_refused(teaching: Path, tmp_path: Path) -> None:
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "chapter1.txt").write_text("years of work")
    assert execute(["run", str(teaching), "--out", str(out)]) == 2
    assert execute(["run", str(teaching), "--out", str(teaching / "out")]) == 2
    assert [path.name for path in out.iterdir()] == ["chapter1.txt"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 0),
        (["--help"], 0),
        (["--version"], 0),
        (["bogus"], 2),
        (["run"], 2),
        (["run", "no-such-case"], 2),
        (["run", "x", "--colour=red"], 2),
        (["show", "no-such-id"], 2),
    ],
)
def test_exit_codes(arguments: list[str], code: int) -> None:
    assert execute(arguments) == code


def test_interruption_is_130(teaching: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("equipoise.run.write_dossier", interrupt)
    out = teaching.parent / "out"
    assert execute(["run", str(teaching), "--out", str(out)]) == 130
    assert any((out / ".equipoise").iterdir())
    monkeypatch.undo()
    assert execute(["run", str(teaching), "--out", str(out)]) == 0


def test_an_unexpected_failure_is_5(teaching: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ArithmeticError("singular")

    monkeypatch.setattr("equipoise.run.synthesise", fail)
    assert execute(["run", str(teaching), "--out", str(teaching.parent / "out")]) == 5


def test_a_missing_extra_is_3_with_the_command_to_type(
    teaching: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def need(*_: object, **__: object) -> None:
        raise MissingExtraError("mechanism", "the import of SBML")

    monkeypatch.setattr("equipoise.run.synthesise", need)
    capsys.readouterr()
    code, document = answer(capsys, "run", str(teaching), "--out", str(teaching.parent / "out"))
    assert code == 3
    assert "pip install 'equipoise[mechanism]'" in document["message"]


def test_show_follows_a_number_both_ways(
    teaching: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    code, row = answer(capsys, "show", "delta_os_positive", "--case", str(teaching))
    assert code == 0
    assert row["row"]["quote"] == "HR 0.70 (95% CI 0.47-1.05) in marker-positive disease"
    used_by = {result["id"] for result in row["used_by"]}
    assert {"delta-os.complement", "delta-os.ratio"} <= used_by
    assert {item["pool"] for item in row["left_out"]} == {"os"}
    _, result = answer(capsys, "show", "delta-os.ratio", "--case", str(teaching))
    assert {item["result_id"] for item in result["inputs"]} == {"delta_os", "delta_os_positive"}
    assert execute(["show", "delta-os.ratio", "--case", str(teaching)]) == 0
    assert "derived" in capsys.readouterr().out


def test_show_searches_the_packaged_cases(capsys: pytest.CaptureFixture[str]) -> None:
    case = load_case(next(iter(packaged_cases())))
    row = case.evidence.results[0]
    code, document = answer(capsys, "show", row.result_id)
    assert (code, document["row"]["quote"]) == (0, row.quote)


def test_a_pipe_gets_the_path_and_nothing_else(teaching: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "equipoise.cli", "run", str(teaching)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "teaching-dossier/dossier.html\n"
    shutil.rmtree(tmp_path / "teaching-dossier")


PAST = {
    "cases": [
        {
            "id": "marker",
            "effect_measure": "HR",
            "earlier": [
                {
                    "trial": "A",
                    "stratum": "positive",
                    "estimate": 0.64,
                    "ci_low": 0.43,
                    "ci_high": 0.95,
                },
                {"trial": "A", "stratum": "all", "estimate": 1.01, "ci_low": 0.87, "ci_high": 1.17},
            ],
            "later": [
                {
                    "trial": "B",
                    "stratum": "positive",
                    "estimate": 0.9,
                    "ci_low": 0.7,
                    "ci_high": 1.16,
                },
            ],
        },
        {"id": "thin", "earlier": [], "later": []},
    ]
}


@pytest.fixture
def past(tmp_path: Path) -> Path:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(PAST))
    return path


def test_retrodict_as_a_table(past: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["retrodict", str(past)]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "1 of 2 cases scored in full. Not at all: thin." in captured.out
    assert all(rule in captured.out for rule in ("equipoise", "subgroup", "whole", "third"))


def test_retrodict_as_json(past: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["retrodict", str(past), "--json"]) == 0
    out = capsys.readouterr().out
    assert "NaN" not in out
    document = json.loads(out)
    assert document["command"] == "retrodict"
    assert len(document["sha256"]) == 64
    assert [score["rule"] for score in document["scores"]] == [
        "equipoise",
        "subgroup",
        "whole",
        "third",
    ]
    assert document["scores"][0]["coverage"]["n"] == 1
    assert len(document["predictions"]) == 8


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, 2),
        ("", 4),
        ("[1, 2]", 4),
        ('{"cases": [{"id": "a", "later": [{"estimate": NaN}]}]}', 4),
        ('{"cases": [{"id": "a", "later": [{"estimate": "x"}]}]}', 4),
        ('{"cases": [{"id": "a", "later": 7}]}', 4),
        ('{"cases": ' + "[" * 100_000, 4),
    ],
)
def test_retrodict_refuses_what_it_cannot_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, code: int
) -> None:
    path = tmp_path / "cases.json"
    if content is not None:
        path.write_text(content)
    assert execute(["retrodict", str(path)]) == code
    assert "cases.json" in capsys.readouterr().err
    failed, document = answer(capsys, "retrodict", str(path))
    assert (failed, document["command"]) == (code, "error")


DECISION = """
[[synthesis.comparisons]]
id = "os-by-marker"
outcome = "OS"
label = "Overall survival by marker"
axis = "marker"
level = "positive"
reference = "negative"
complements = ["delta-os"]

[design]
comparison = "os-by-marker"
between_trial_sd = { value = 0.16, source = "assumed" }

[design.decision]
horizon_years = 5.0
baseline_risk = { value = 0.2, source = "assumed" }
cost = { value = 1000.0, source = "assumed" }

[design.stake]
patients_a_year = { value = 20000.0, source = "assumed" }
uptake = { value = 0.5, source = "assumed" }
horizon_years = { value = 15.0, source = "assumed" }
discount_rate = { value = 0.03, source = "a guideline" }

[[design.candidates]]
id = "nothing"
label = "No further study"
kind = "nothing"

[[design.candidates]]
id = "trial"
label = "New trial in the marker-positive"
kind = "trial"
outcome = "OS"
sizes = [158, 631]
accrual_per_month = { value = 60.0, source = "assumed" }
accrual_months = { value = 48.0, source = "assumed" }
fixed_cost = { value = 1e6, source = "assumed" }
cost_per_patient = { value = 5000.0, source = "assumed" }

[report]
"""


@pytest.fixture
def deciding(teaching: Path) -> Path:
    """Return the teaching case with a decision to make."""
    path = teaching / "case.toml"
    text = path.read_text().replace(
        "time_to_event = true",
        'time_to_event = true\nsmallest_worthwhile = 0.8\nsmallest_worthwhile_source = "assumed"',
    )
    path.write_text(text.replace("\n[report]\n", DECISION))
    return teaching


def test_design_as_json(deciding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    code, document = answer(capsys, "design", str(deciding))
    assert (code, document["command"]) == (0, "design")
    assert {study["id"] for study in document["ranking"]} == {"nothing", "trial"}
    assert [study["rank"] for study in document["ranking"]] == [1, 2]
    trial = next(study for study in document["ranking"] if study["id"] == "trial")
    powers = {c["truth"]: c["significant"] for c in trial["conclusions"]}
    assert powers[0.64] > powers[0.8] > powers[1.0] == pytest.approx(0.025)
    events = {row["hazard_ratio"]: row["events_schoenfeld"] for row in document["sizing"]}
    assert (events[0.64], events[0.75], events[0.8], events[0.85]) == (158, 380, 631, 1189)
    curve = next(c for c in document["assurance_curve"] if c["prior"] == "reference")
    assert max(curve["assurance"]) < curve["cap"] == document["probability_of_benefit"]
    read = [one["name"] for one in document["inputs"] if not one["assumed"]]
    assert read == ["stake.discount_rate"]
    assert document["message"].endswith("10 of the 11 inputs are assumed; the ranking moves "
                                        "with them.")  # fmt: skip


def test_design_as_text(deciding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert execute(["design", str(deciding)]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.startswith("Today's better choice: ")
    for words in (
        "New trial in the marker-positive",
        "HR 0.64: 158; 163; 631",
        "Sample size: ",
        "10 of the 11 inputs are assumed",
    ):
        assert words in captured.out
    assert captured.out.endswith("Research use only.\n")


def test_design_stands_in_the_dossier_and_is_kept(
    deciding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    out = tmp_path / "out"
    assert execute(["run", str(deciding), "--out", str(out)]) == 0
    first = {p: p.read_bytes() for p in out.rglob("*") if p.is_file() and p.name != "run.json"}
    assert (out / "tables" / "studies.csv").exists()
    assert (out / "figures" / "study-ranking.svg").exists()

    def again(*_: object, **__: object) -> None:
        raise AssertionError("the kept room was not used")

    monkeypatch.setattr("equipoise.run.design_studies", again)
    assert execute(["run", str(deciding), "--out", str(out)]) == 0
    assert {p: p.read_bytes() for p in first} == first


def test_design_without_a_section_says_what_to_add(
    teaching: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert execute(["design", str(teaching)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        "equipoise: teaching has no [design] section: docs/case.md describes it.\n"
    )
    code, document = answer(capsys, "design", str(teaching))
    assert (code, document["command"], document["exit_code"]) == (2, "error", 2)


def test_design_names_every_problem_of_its_section(
    deciding: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = deciding / "case.toml"
    text = path.read_text().replace('comparison = "os-by-marker"', 'comparison = "os-by-m"')
    path.write_text(text.replace("accrual_per_month", "# accrual_per_month"))
    capsys.readouterr()
    code, document = answer(capsys, "design", str(deciding))
    assert code == 4
    fields = {problem["field"] for problem in document["problems"]}
    assert {"comparison", "accrual_per_month"} <= fields


def test_design_of_no_such_case_is_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["design", "no-such-case"]) == 2
    assert execute(["design"]) == 2
