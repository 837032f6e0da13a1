"""Bad input: one clear report with every problem, naming file, row and field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from equipoise.case import load_case
from equipoise.errors import InputError, Problem
from equipoise.evidence import csv_text
from equipoise.new_case import write_case


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_case("teaching", tmp_path)


def edit(folder: Path, file: str, change: Callable[[str], str]) -> None:
    path = folder / "evidence" / file
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def problems(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        load_case(folder)
    return caught.value.problems


def test_teaching_case_is_read(folder: Path) -> None:
    evidence = load_case(folder).evidence
    assert len(evidence.trials) == 5
    row = evidence.result("delta_os_positive")
    assert (row.estimate, row.ci_low, row.ci_high, row.analysed) == (
        0.70,
        0.47,
        1.05,
        "marker=positive",
    )
    assert evidence.trial("gamma").enrolled == {"marker": "not_stated"}


def test_missing_column_is_named(folder: Path) -> None:
    edit(folder, "results.csv", lambda text: text.replace(",quote,", ",quotation,", 1))
    found = problems(folder)
    assert {(p.file, p.field) for p in found} == {
        ("evidence/results.csv", "quote"),
        ("evidence/results.csv", "quotation"),
    }


def test_interval_that_excludes_its_estimate(folder: Path) -> None:
    edit(folder, "results.csv", lambda text: text.replace("0.98,0.80,1.20", "1.98,0.80,1.20"))
    (problem,) = problems(folder)
    assert problem.row == "delta_os"
    assert problem.field == "estimate"
    assert problem.value == "1.98"
    assert "0.8 to 1.2" in problem.allowed


def test_events_above_n(folder: Path) -> None:
    edit(folder, "results.csv", lambda text: text.replace("itt,,24,60,", "itt,,61,60,"))
    (problem,) = problems(folder)
    assert (problem.row, problem.field, problem.value) == (
        "alpha_response",
        "events_treatment",
        "61",
    )


def test_unknown_outcome_lists_the_known_ones(folder: Path) -> None:
    edit(folder, "results.csv", lambda text: text.replace("randomised,OS,,", "randomised,os2,,"))
    (problem,) = problems(folder)
    assert problem.value == "os2"
    assert "response, OS, grade3_adverse_event" in problem.allowed


@pytest.mark.parametrize("content", [b"", b"  \n\n"])
def test_empty_file(folder: Path, content: bytes) -> None:
    (folder / "evidence" / "results.csv").write_bytes(content)
    found = problems(folder)
    assert found[0].file == "evidence/results.csv"
    assert "empty" in found[0].value


def test_byte_order_mark_and_crlf_change_nothing(folder: Path) -> None:
    before = load_case(folder).evidence
    for path in (folder / "evidence").glob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_case(folder).evidence == before


def test_latin_1_is_refused_with_line_and_column(folder: Path) -> None:
    path = folder / "evidence" / "trials.csv"
    text = path.read_text(encoding="utf-8").replace("BETA", "BETÄ")
    path.write_bytes(text.encode("latin-1"))
    (problem,) = (p for p in problems(folder) if p.file == "evidence/trials.csv")
    assert (problem.row, problem.field, problem.value) == ("line 3", "name", "byte 0xc4")


def test_a_file_over_the_limit_is_refused_unread(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_text, "MAX_BYTES", 100)
    found = problems(folder)
    assert all("at most 100 bytes" in p.allowed for p in found)
    assert {p.file for p in found} >= {"case.toml"}


def test_the_limit_is_taken_from_the_size_on_disk(folder: Path) -> None:
    path = folder / "evidence" / "results.csv"
    with path.open("r+b") as stream:
        stream.truncate(csv_text.MAX_BYTES + 1)
    (problem,) = (p for p in problems(folder) if p.file == "evidence/results.csv")
    assert problem.value == "50,000,001 bytes"


def test_hostile_text_is_kept_as_text(folder: Path) -> None:
    edit(folder, "trials.csv", lambda text: text.replace("GAMMA", '"=cmd()|<script>alert(1)"'))
    assert load_case(folder).evidence.trial("gamma").name == "=cmd()|<script>alert(1)"


def test_a_row_of_formula_characters_is_reported(folder: Path) -> None:
    edit(folder, "results.csv", lambda text: text + ",".join(["=cmd()"] * 19) + "\n")
    found = problems(folder)
    assert {p.row for p in found} == {"line 10 (=cmd())"}
    assert {p.field for p in found} >= {"result_id", "trial_id", "kind", "estimate"}


def test_all_problems_are_reported_at_once(folder: Path) -> None:
    edit(folder, "results.csv", lambda text: text.replace("0.98,0.80,1.20", "0,98,0.80"))
    edit(folder, "trials.csv", lambda text: text.replace(",confounded,", ",mysterious,"))
    toml = folder / "case.toml"
    toml.write_text(toml.read_text().replace('ci = "hksj"', 'ci = "bootstrap"'))
    files = {p.file for p in problems(folder)}
    assert files == {"case.toml", "evidence/trials.csv", "evidence/results.csv"}


def test_a_ragged_line_is_named(folder: Path) -> None:
    edit(folder, "phenotypes.csv", lambda text: text.replace("invented", "invented, twice", 1))
    (problem,) = problems(folder)
    assert (problem.file, problem.row, problem.value) == (
        "evidence/phenotypes.csv",
        "line 2",
        "10 cells",
    )


def test_a_stray_csv_is_not_ignored(folder: Path) -> None:
    (folder / "evidence" / "result.csv").write_text("a\n1\n")
    (problem,) = problems(folder)
    assert problem.file == "evidence/result.csv"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("high\nbeta_response", "certain\nbeta_response", "confidence"),
        ("delta,randomised,OS,,", "delta,randomised,OS,marker=maybe,", "analysed"),
        ("alpha,randomised", "omega,randomised", "trial_id"),
        ("0.98,0.80,1.20,,", "0.98,0.80,1.20,n.s.,", "p_value"),
        ("0.98,0.80,1.20", "0.98,-0.80,1.20", "ci_low"),
        ("https://example.org/alpha", "javascript:alert(1)", "source_url"),
        ("delta_os,delta", "alpha_response,delta", "id"),
    ],
)
def test_one_wrong_field(folder: Path, old: str, new: str, field: str) -> None:
    edit(folder, "results.csv", lambda text: text.replace(old, new, 1))
    found = problems(folder)
    assert field in {p.field for p in found}
    assert all(p.action and p.allowed for p in found)


def test_two_chosen_rows_of_one_group(folder: Path) -> None:
    path = folder / "evidence" / "results.csv"
    lines = path.read_text().splitlines()
    lines = [lines[0] + ",group", *(line + ",twins" for line in lines[1:])]
    path.write_text("\n".join(lines) + "\n")
    (problem,) = problems(folder)
    assert problem.row == "group twins"
    assert problem.field == "chosen"
