"""A case is data: every wrong name in case.toml is reported, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.case import find_case, load_case, packaged_cases
from equipoise.errors import InputError, UsageError
from equipoise.new_case import write_case


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_case("teaching", tmp_path)


def test_packaged_cases_load() -> None:
    for name in packaged_cases():
        case = load_case(name)
        assert case.name == name
        assert {file for file, _ in case.inputs} >= {"case.toml", "evidence/trials.csv"}


def test_a_case_is_found_by_folder_and_by_file(folder: Path) -> None:
    assert find_case(str(folder)) == folder
    assert find_case(str(folder / "case.toml")) == folder


def test_an_unknown_case_suggests_a_near_one() -> None:
    name = next(iter(packaged_cases()))
    with pytest.raises(UsageError, match=f"Did you mean '{name}'"):
        find_case(name[:-1])


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('measure = "OR" ', 'measure = "odds" ', "outcomes.0.measure"),
        ('outcome = "OS"', 'outcome = "survival"', "outcome"),
        ('stratum = "delta_os_positive"', 'stratum = "delta_os_pos"', "stratum"),
        ('axis = "marker", level = "positive" }\n\n', 'axis = "x", level = "y" }\n\n', "focus"),
        ("seed = 1 ", "seed = -1 ", "seed"),
        ('ci = "hksj"', 'ci = "bayes"', "ci"),
        ('scopes = ["eligible"]', 'scopes = ["elegible"]', "contrast.scopes"),
        ("[report]", "[repotr]", ""),
        ('name = "OS"', 'name = "response"', "outcomes"),
        ('id = "os"', 'id = "response"', "id"),
        (
            "limitations =",
            'cohort_lesson = ["registry_nave", "registry_tv"]\nlimitations =',
            "cohort_lesson",
        ),
        ("limitations =", "null_trial_sizes = [58, 58]\nlimitations =", "null_trial_sizes"),
        ("limitations =", "null_trial_sizes = [39]\nlimitations =", "null_trial_sizes.0"),
        ("factors_examined = 3", "factors_examined = 0", "factors_examined"),
    ],
)
def test_a_wrong_name_is_reported(folder: Path, old: str, new: str, place: str) -> None:
    toml = folder / "case.toml"
    text = toml.read_text()
    assert old in text
    toml.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        load_case(folder)
    found = [p for p in caught.value.problems if p.file == "case.toml"]
    assert place in {p.field for p in found}


def test_a_wrong_question_does_not_hide_wrong_rows(folder: Path) -> None:
    toml = folder / "case.toml"
    toml.write_text(toml.read_text().replace('population = "adults', 'populaton = "adults'))
    results = folder / "evidence" / "results.csv"
    results.write_text(results.read_text().replace("24,60,20,60", "24,sixty,20,60"))
    with pytest.raises(InputError) as caught:
        load_case(folder)
    found = {(p.file, p.field) for p in caught.value.problems}
    assert found == {
        ("case.toml", "population"),
        ("case.toml", "populaton"),
        ("evidence/results.csv", "n_treatment"),
    }


def test_an_excluded_trial_must_exist(folder: Path) -> None:
    toml = folder / "case.toml"
    old = 'label = "Response, all patients"\n'
    toml.write_text(toml.read_text().replace(old, old + 'exclude_trials = ["omega"]\n'))
    with pytest.raises(InputError) as caught:
        load_case(folder)
    assert [(p.field, p.value) for p in caught.value.problems] == [("exclude_trials", "omega")]


def test_an_empty_folder_does_not_hide_a_packaged_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = next(iter(packaged_cases()))
    (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_case(name).name == name


def test_broken_toml_names_the_line(folder: Path) -> None:
    toml = folder / "case.toml"
    toml.write_text(toml.read_text().replace('name = "teaching"', "name = teaching"))
    with pytest.raises(InputError) as caught:
        load_case(folder)
    (problem,) = caught.value.problems
    assert problem.row == "line 7"


def test_problems_of_file_and_evidence_come_together(folder: Path) -> None:
    toml = folder / "case.toml"
    toml.write_text(toml.read_text().replace('method = "REML"', 'method = "MAGIC"'))
    results = folder / "evidence" / "results.csv"
    results.write_text(results.read_text().replace("0.98,0.80", "0.98,1.80"))
    with pytest.raises(InputError) as caught:
        load_case(folder)
    assert {p.file for p in caught.value.problems} == {"case.toml", "evidence/results.csv"}


MARKERS = """
[[marker]]
id = "marker"
label = "Marker"
kind = "receptor"
assay = { name = "stain" }
cut_chosen = "unknown"
level = "positive"
against = "negative"
prevalence = { value = 0.2, source = "assumed" }
"""


def test_markers_are_read_hashed_and_their_problems_join_the_others(folder: Path) -> None:
    assert load_case(folder).markers == ()
    file = folder / "biomarkers" / "markers.toml"
    file.parent.mkdir()
    file.write_text(MARKERS)
    case = load_case(folder)
    assert [marker.id for marker in case.markers] == ["marker"]
    assert "biomarkers/markers.toml" in dict(case.inputs)
    file.write_text(MARKERS.replace("0.2", "1.2"))
    toml = folder / "case.toml"
    toml.write_text(toml.read_text().replace("seed = 1 ", "seed = -1 "))
    with pytest.raises(InputError) as error:
        load_case(folder)
    named = {problem.file for problem in error.value.problems}
    assert named == {"case.toml", "biomarkers/markers.toml"}


def test_the_message_shows_every_problem(folder: Path) -> None:
    (folder / "evidence" / "trials.csv").unlink()
    with pytest.raises(InputError, match=r"trials\.csv.*an existing file"):
        load_case(folder)
