"""The table of baseline risks: what is refused, which row fits."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
from tests.biomarkers.patient.conftest import DATA

from equipoise.biomarkers.patient import BaselineRow, read_baselines
from equipoise.biomarkers.patient.baseline_table import best_of, matching
from equipoise.case import load_case, packaged_cases
from equipoise.errors import InputError

LEVELS = {"marker": ("positive", "negative"), "stage": ("early", "late")}
OUTCOMES = ("OS", "response")


@pytest.fixture
def rows() -> tuple[BaselineRow, ...]:
    return read_baselines(DATA / "baseline_risks.csv", LEVELS, OUTCOMES)


def test_cells_are_levels_or_open(rows: tuple[BaselineRow, ...]) -> None:
    by_id = {row.row_id: row for row in rows}
    assert by_id["early_3"].used_for["marker"] == ("positive", "negative")
    assert by_id["any_stage"].told() == 1
    assert by_id["late_positive"].low is None
    assert by_id["early_response"].horizon_years is None


def test_the_row_that_tells_most_apart_then_the_nearest(rows: tuple[BaselineRow, ...]) -> None:
    early = matching(rows, {"marker": "negative", "stage": "early"})
    assert [r.row_id for r in early] == ["early_3", "early_6", "any_stage", "early_response"]
    for horizon, best in ((3.0, "early_3"), (4.6, "early_6"), (50.0, "early_6")):
        found = best_of(early, "OS", horizon)
        assert found is not None
        assert found.row_id == best
    assert best_of(early, "PFS", 3.0) is None
    open_only = matching(rows, {"marker": "negative"})
    assert [r.row_id for r in open_only] == ["any_stage"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",0.10,0.07,", ",1.10,0.07,", "below 1"),
        (",0.10,0.07,", ",0,0.07,", "above 0"),
        (",0.10,0.07,", ',"0,10",0.07,', "a number with a decimal point"),
        (",0.10,0.07,", ",0.10,0.11,", "increasing order"),
        (",0.10,0.07,", ",0.10,,", "both limits or none"),
        (",OS,3,", ",PFS,3,", "OS, response"),
        (",early,printed,", ",middle,printed,", "early, late, any, not_stated"),
        (",early,printed,", ",early;any,printed,", "early, late"),
        (",early,printed,", ",,printed,", "early, late"),
        ("early_6,", "early_3,", "each id once"),
        ("Stages were not printed.", "", "what is assumed"),
        ("for_stage", "for_stages", "this column"),
        (",high,\nearly_6", ",sure,\nearly_6", "one of"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (DATA / "baseline_risks.csv").read_text()
    assert old in text
    file = tmp_path / "baseline_risks.csv"
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError, match=said):
        read_baselines(file, LEVELS, OUTCOMES)


def test_a_missing_or_empty_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="an existing file"):
        read_baselines(tmp_path / "none.csv", LEVELS, OUTCOMES)
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(InputError, match="a header row"):
        read_baselines(tmp_path / "empty.csv", LEVELS, OUTCOMES)


def test_the_packaged_tables_carry_source_quote_and_what_is_assumed() -> None:
    tables = {name: load_case(name).baselines for name in packaged_cases()}
    assert any(tables.values())
    for rows in tables.values():
        for row in rows:
            assert row.source_url, row.row_id
            assert row.quote, row.row_id
            assert row.note, row.row_id
            if row.standing == "derived":
                assert row.confidence != "high", row.row_id


def test_the_packaged_tables_are_not_read_from_elsewhere() -> None:
    root = resources.files("equipoise") / "cases"
    for name in packaged_cases():
        case = load_case(name)
        hashed = {file for file, _ in case.inputs}
        if case.patient is not None:
            assert (root / name / "biomarkers" / "baseline_risks.csv").is_file()
            assert "biomarkers/baseline_risks.csv" in hashed
