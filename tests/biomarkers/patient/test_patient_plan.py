"""The slice [patient]: every wrong name and missing source, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.case import load_case
from equipoise.errors import InputError


def changed(folder: Path, *pairs: tuple[str, str]) -> Path:
    toml = folder / "case.toml"
    text = toml.read_text()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    toml.write_text(text)
    return folder


def test_the_teaching_case_loads_with_its_patients(teaching: Path) -> None:
    case = load_case(teaching)
    assert case.patient is not None
    assert len(case.baselines) == 5


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('comparison = "os-by-marker"', 'comparison = "os"', "comparison"),
        ('harms = ["grade3"]', 'harms = ["grade5"]', "harms"),
        ('axis = "gene"\nlevel', 'axis = "genes"\nlevel', "axis"),
        ('level = "GG"\nrest = "TT"', 'level = "GT"\nrest = "TT"', "level, rest"),
        ('row = "delta_os_positive_gg"', 'row = "delta_gg"', "row, rest_row"),
        ('row = "delta_os_positive_gg"', 'row = "alpha_response"', "row, rest_row"),
        ('row = "delta_os_positive_gg"\n', "", "row, rest_row"),
        ('only = ["positive"]', 'only = ["pos"]', "only"),
        ('name = "stage"', 'name = "marker"', "factors, markers"),
        ('name = "stage"', 'name = "json"', "factors, markers"),
        ('accepted = ["IV"]', 'accepted = ["i"]', "levels"),
        ("{ value = 0.03, source", "{ value = 3, source", "smallest_worthwhile"),
        ('{ value = 0.2, source = "invented" }', "{ value = 0.2 }", "baseline_spread.source"),
        ('{ value = 0.2, source = "invented" }', '{ value = 0.2, source = "" }', "source"),
        ("{ value = 0.2,", "{ value = -0.2,", "baseline_spread.value"),
        ("further_sizes = [100", "further_sizes = [1", "further_sizes"),
        ("cut = 5.5", "cut = nan", "measured.cut"),
        ("notes =", "note =", "note"),
    ],
)
def test_a_wrong_name_is_reported(teaching: Path, old: str, new: str, place: str) -> None:
    with pytest.raises(InputError) as caught:
        load_case(changed(teaching, (old, new)))
    assert [p for p in caught.value.problems if place in p.field], str(caught.value)


def test_all_problems_come_at_once(teaching: Path) -> None:
    wrong = (('harms = ["grade3"]', 'harms = ["x"]'), ('only = ["positive"]', 'only = ["y"]'))
    (teaching / "biomarkers" / "baseline_risks.csv").unlink()
    with pytest.raises(InputError) as caught:
        load_case(changed(teaching, *wrong))
    assert {p.field for p in caught.value.problems} == {"harms", "only", ""}


def test_a_measure_that_gives_no_risk_is_refused(teaching: Path) -> None:
    folder = changed(teaching, ('name = "OS"\nlabel', 'name = "OS"\nlabel'))
    toml = folder / "case.toml"
    text = toml.read_text()
    start = text.index('name = "OS"')
    toml.write_text(text[:start] + text[start:].replace('measure = "HR"', 'measure = "MD"', 1))
    with pytest.raises(InputError) as caught:
        load_case(folder)
    assert [p for p in caught.value.problems if p.field == "measure" and "HR, OR" in p.allowed]
