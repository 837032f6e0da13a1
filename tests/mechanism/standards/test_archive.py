from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from tests.mechanism.standards.conftest import sbml_of

from equipoise.errors import InputError
from equipoise.mechanism.standards import (
    DoseChange,
    FitParameter,
    Measurement,
    Observable,
    TimeCourse,
    export_archive,
    parse_sbml,
    read_archive,
    simulate_sbml,
    with_dose_events,
    with_values,
)

OUTPUTS = ("C", "gut", "infused", "cells")
DOSES = (
    *(DoseChange(t / 2, "gut", 10.0) for t in range(8)),
    DoseChange(1.0, "C", 6.0),
    DoseChange(1.0, "infused", 0.5),
    DoseChange(1.0, "rate_in", 80.0),
    DoseChange(1.0625, "rate_in", -80.0),
)
COURSES = (
    TimeCourse("treated", 5.0, 51, OUTPUTS, DOSES, name='both <drugs> & "more"'),
    TimeCourse("slow", 5.0, 51, OUTPUTS, DOSES[:6], {"k": 0.2}),
    TimeCourse("untreated", 4.0, 11, ("cells",)),
)
FIT = {
    "observables": [
        Observable("level", "C", "log10", name="level\tof\nC"),
        Observable("count", "100*cells/(1 + C)", noise="0.1 + 0.05*cells"),
    ],
    "measurements": [
        Measurement("level", "treated", 1.5, 4.25, 0.1),
        Measurement("count", "untreated", 4.0, 140.0),
    ],
    "parameters": [
        FitParameter("rate_in", 0.0, -1.0, 1.0, "lin", False),
    ],
}


@pytest.fixture
def archive(two_drugs: str, tmp_path: Path) -> Path:
    return export_archive(two_drugs, simulations=COURSES, out=tmp_path / "a.omex", **FIT)


def test_the_trajectory_survives_the_round_trip(two_drugs: str, archive: Path) -> None:
    read = read_archive(archive)
    assert [one.id for one in read.simulations] == ["treated", "slow", "untreated"]
    for before, after in zip(COURSES, read.simulations, strict=True):
        assert (after.end, after.points, after.outputs) == (
            before.end,
            before.points,
            before.outputs,
        )
        ours = simulate_sbml(
            with_values(parse_sbml(two_drugs), before.values),
            before.end,
            before.points,
            doses=before.doses,
            columns=before.outputs,
        )
        theirs = simulate_sbml(
            with_values(read.model, after.values), after.end, after.points, columns=after.outputs
        )
        np.testing.assert_allclose(theirs, ours, rtol=1e-6, atol=1e-6)
    assert read.simulations[0].name == COURSES[0].name


def test_the_reference_model_is_untouched(two_drugs: str, archive: Path) -> None:
    read = read_archive(archive)
    assert read.members["model.xml"] == two_drugs.encode()
    assert parse_sbml(read.members["model.xml"]).events == ()
    assert len(read.model.events) == 9  # ten times of doses, of which one is shared


def test_the_same_input_gives_the_same_bytes(two_drugs: str, archive: Path, tmp_path: Path) -> None:
    again = export_archive(two_drugs, simulations=COURSES, out=tmp_path / "b.omex", **FIT)
    assert again.read_bytes() == archive.read_bytes()
    with zipfile.ZipFile(archive) as opened:
        assert {info.date_time for info in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.compress_type for info in opened.infolist()} == {zipfile.ZIP_STORED}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.omex", "b.omex"]


def test_the_manifest_lists_every_member_and_one_master(archive: Path) -> None:
    members = read_archive(archive).members
    contents = list(ElementTree.fromstring(members["manifest.xml"]))
    listed = {one.get("location", "").removeprefix("./") for one in contents}
    assert listed == {".", *members}
    masters = [one.get("location") for one in contents if one.get("master") == "true"]
    assert masters == ["./simulations.sedml"]


def test_the_tables_of_the_fitting_problem(archive: Path) -> None:
    members = read_archive(archive).members

    def rows(name: str) -> list[dict[str, str]]:
        text = io.StringIO(members[name].decode())
        return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))

    conditions = {row.pop("conditionId"): row for row in rows("conditions.tsv")}
    assert {name: row["k"] for name, row in conditions.items()} == {
        "treated": "0.7",
        "slow": "0.2",
        "untreated": "0.7",
    }
    assert [row["doses_of_treated"] for row in conditions.values()] == ["1.0", "0.0", "0.0"]
    assert [row["doses_of_slow"] for row in conditions.values()] == ["0.0", "1.0", "0.0"]
    level, count = rows("observables.tsv")
    assert level["noiseFormula"] == "noiseParameter1_level"
    assert level["observableName"] == "level of C"
    assert count["noiseFormula"] == "0.1 + 0.05*cells"
    assert [row["noiseParameters"] for row in rows("measurements.tsv")] == ["0.1", ""]
    assert rows("parameters.tsv")[0]["estimate"] == "0"
    problem = members["problem.yaml"].decode()
    assert all(name in problem for name in members if name.endswith(".tsv"))
    assert "model_with_doses.xml" in problem


def test_without_doses_there_is_no_copy(two_drugs: str, tmp_path: Path) -> None:
    archive = export_archive(two_drugs, simulations=COURSES[2:], out=tmp_path / "plain.omex")
    read = read_archive(archive)
    assert set(read.members) == {
        "manifest.xml",
        "model.xml",
        "simulations.sedml",
        "metadata.rdf",
    }
    assert read.model.events == ()


def test_a_prefixed_document_with_events_of_its_own_takes_doses() -> None:
    plain = sbml_of("model m; x' = -x; x = 0; dose_1 := x; E1: at x > 9: x = 0; end")
    prefixed = plain.replace("<sbml xmlns=", "<s:sbml xmlns:s=").replace("</sbml>", "</s:sbml>")
    start, _, rest = prefixed.partition("<model")
    body = "<model" + rest
    for name in ("model", "listOf", "parameter", "rateRule", "assignmentRule", "event", "trigger"):
        body = body.replace(f"<{name}", f"<s:{name}").replace(f"</{name}", f"</s:{name}")
    model = parse_sbml(start + body)
    dosed = with_dose_events(model, {"a": [DoseChange(1.0, "x", 5.0)], "none": []})
    assert dosed.switches == {"a": "doses_of_a"}
    copy = parse_sbml(dosed.xml)
    assert copy.events == ("E1", "dose_1_")
    on = simulate_sbml(with_values(copy, {"doses_of_a": 1.0}), 2.0, 3)["x"]
    assert list(on) == pytest.approx([0.0, 5.0, 5.0 * np.exp(-1.0)], abs=1e-6)
    assert simulate_sbml(copy, 2.0, 3)["x"].max() == 0.0


BAD: list[tuple[dict[str, object], set[str]]] = [
    ({"simulations": []}, {"simulations"}),
    ({"simulations": [TimeCourse("1x", 0.0, 1, ())]}, {"id", "end", "points", "outputs"}),
    ({"simulations": [COURSES[2], COURSES[2]]}, {"id"}),
    ({"simulations": [TimeCourse("gut", 1.0, 2, ("gut",))]}, {"id"}),
    (
        {"simulations": [TimeCourse("a", 1.0, 2, ("no",), (DoseChange(-1, "no", 1.0),))]},
        {"outputs", "time", "target"},
    ),
    ({"observables": [Observable("o", "nobody + exp(C)")]}, {"formula"}),
    ({"observables": [Observable("o", "C", "ln")]}, {"transformation"}),  # type: ignore[arg-type]
    ({"parameters": [FitParameter("cells", 2.0, 3.0, 1.0)]}, {"", "bounds"}),
    ({"parameters": [FitParameter("k", 0.7, 0.0, 1.0)]}, {"lower", "values"}),
    (
        {"measurements": [Measurement("level", "nobody", -1.0, float("nan"))]},
        {"simulation", "time", "value", "noise"},
    ),
]


@pytest.mark.parametrize(("change", "fields"), BAD)
def test_everything_wrong_is_named_and_nothing_written(
    two_drugs: str, tmp_path: Path, change: dict[str, object], fields: set[str]
) -> None:
    parts = {"simulations": COURSES, **change}
    if "measurements" in change:
        parts["observables"] = FIT["observables"]
    with pytest.raises(InputError) as caught:
        export_archive(two_drugs, out=tmp_path / "bad.omex", **parts)
    assert {p.field for p in caught.value.problems} == fields
    assert list(tmp_path.iterdir()) == []


def test_doses_need_level_3(published: Path, tmp_path: Path) -> None:
    xml = (published / "BIOMD0000000823_Varusai2018.xml").read_text(encoding="utf-8")
    course = TimeCourse("a", 1.0, 2, ("IR",), (DoseChange(0.0, "IR", 1.0),))
    with pytest.raises(InputError, match="Level 2"):
        export_archive(xml, simulations=[course], out=tmp_path / "a.omex")


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, data in members.items():
            made.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({}, "one SED-ML file"),
        ({"../x.sedml": b"<a/>"}, "inside the archive"),
        ({"/x.sedml": b"<a/>"}, "inside the archive"),
        ({"x.sedml": b"<a/>"}, "one SBML file inside"),
        ({"x.sedml": b"<!DOCTYPE a><a/>"}, "DOCTYPE"),
        ({f"{i}.txt": b"" for i in range(1001)}, "at most 1000 files"),
        ({"big": b"0" * 20_000_001}, "20,000,000 bytes"),
    ],
    ids=["empty", "upwards", "absolute", "no model", "doctype", "many", "large"],
)
def test_a_hostile_archive_is_refused(tmp_path: Path, members: dict[str, bytes], word: str) -> None:
    with pytest.raises(InputError, match=word):
        read_archive(zipped(tmp_path / "x.omex", members))


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.omex").write_bytes(b"no archive")
    for name in ("x.omex", "absent.omex"):
        with pytest.raises(InputError, match="a ZIP file"):
            read_archive(tmp_path / name)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (b"uniformTimeCourse", b"steadyState", "uniform time course"),
        (b"changeAttribute", b"removeXML", "changeAttribute"),
        (b'outputStartTime="0"', b'outputStartTime="1"', "start 1"),
        (b'numberOfSteps="50"', b'numberOfSteps="many"', "numbers"),
    ],
)
def test_what_the_reader_does_not_do_is_said(
    archive: Path, tmp_path: Path, old: bytes, new: bytes, word: str
) -> None:
    members = dict(read_archive(archive).members)
    assert old in members["simulations.sedml"]
    members["simulations.sedml"] = members["simulations.sedml"].replace(old, new)
    with pytest.raises(InputError, match=word):
        read_archive(zipped(tmp_path / "other.omex", members))
