from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from equipoise.report.dossier import Dossier
from equipoise.report.export import write_dossier
from equipoise.report.export_csv import cell, inert, write_csv
from equipoise.report.export_json import to_bytes
from equipoise.report.figures.all_figures import build_figures
from equipoise.report.figures.images import renumbered, svg_image
from equipoise.report.figures.theme import spec_of
from equipoise.report.tables.mechanism import MECHANISM_NAMES

CONFTEST = Path(__file__).with_name("conftest.py")


@pytest.fixture(scope="module")
def written(dossier: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dossier")
    # the renderer counts what it drew: drawing something first must not change what follows
    svg_image(spec_of(build_figures(dossier)[-1].chart), "first")
    write_dossier(dossier, folder)
    return folder


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_text_a_spreadsheet_would_execute_gets_an_apostrophe(first: str) -> None:
    assert inert(f"{first}cmd()") == f"'{first}cmd()"


def test_numbers_stay_numbers() -> None:
    assert cell(-1.5) == "-1.5"
    assert cell(-3) == "-3"
    assert cell(float("nan")) == ""
    assert cell(float("inf")) == ""
    assert cell(None) == ""
    assert cell(True) == "true"
    assert inert("safe") == "safe"


def test_csv_reads_back() -> None:
    data = write_csv([{"a": '=1+1, "x"\n', "b": 0.1}])
    assert list(csv.reader(data.decode().splitlines(keepends=True))) == [
        ["a", "b"],
        ['\'=1+1, "x"\n', "0.1"],
    ]


def test_hostile_cells_are_inert_in_every_table(written: Path) -> None:
    seen = 0
    for file in sorted((written / "tables").glob("*.csv")):
        for row in csv.reader(file.read_text(encoding="utf-8").splitlines(keepends=True)):
            for value in row:
                assert not value.startswith(("=", "+", "@", "\t", "\r")), (file.name, value)
                seen += value.startswith("'=")
    assert seen, "the fixture holds such cells"


def test_the_json_fits_its_schema(written: Path) -> None:
    schema = json.loads(
        (files("equipoise.report") / "schemas" / "dossier.schema.json").read_text(encoding="utf-8")
    )
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads((written / "dossier.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)


def test_the_schema_describes_every_property(written: Path) -> None:
    schema = json.loads(
        (files("equipoise.report") / "schemas" / "dossier.schema.json").read_text(encoding="utf-8")
    )
    document = json.loads((written / "dossier.json").read_text(encoding="utf-8"))
    lists = {
        name: (schema["properties"][name]["items"], document[name])
        for name in (
            "pools",
            "contributions",
            "absolute",
            "complements",
            "comparisons",
            "comparison_rows",
            "movement",
            "beliefs",
            "sweep",
            "retrodiction",
            "retrodiction_cases",
            "studies",
            "study_priors",
            "study_conclusions",
            "study_links",
            "sizing",
            "stored_outcomes",
            "stored_samples",
            "design_inputs",
            "findings",
            "results",
        )
    }
    lists["design"] = (schema["properties"]["design"], [document["design"]])
    for name in ("assurance_curve", "synopsis"):
        described = schema["properties"]["design"]["properties"][name]["items"]
        lists[name] = (described, document["design"][name])
    described = schema["properties"]["mechanism"]
    lists["mechanism"] = (described, [document["mechanism"]])
    for name in MECHANISM_NAMES:
        records = document["mechanism"][name]
        lists[f"mechanism {name}"] = (described["properties"][name]["items"], records)
    groups = schema["properties"]["cohorts"]["properties"]["groups"]["items"]
    lists["groups"] = (groups, document["cohorts"]["groups"])
    estimate = schema["$defs"]["cohort_estimate"]
    lists["estimates"] = (estimate, document["cohorts"]["groups"][0]["estimates"])
    lists["rows"] = (
        estimate["properties"]["row"],
        [document["cohorts"]["groups"][0]["estimates"][0]["row"]],
    )
    for name, (described, records) in lists.items():
        assert records, name
        assert described["additionalProperties"] is False, name
        for record in records:
            assert set(record) == set(described["properties"]) == set(described["required"]), name


def test_schema_version_first_keys_sorted_missing_numbers_null(written: Path) -> None:
    text = (written / "dossier.json").read_text(encoding="utf-8")
    document = json.loads(text)
    keys = list(document)
    assert keys[0] == "schema_version"
    assert keys[1:] == sorted(keys[1:])
    assert "NaN" not in text
    ratio = next(r for r in document["results"] if r["id"] == "delta-os.ratio")
    assert ratio["ci_high"] is None
    assert list(ratio) == sorted(ratio)
    assert ratio["scale"] == "ratio"


def test_a_number_that_is_not_finite_is_refused_rather_than_written() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        to_bytes({"a": float("nan")})


def test_run_json_lists_every_file_by_hash(written: Path) -> None:
    run = json.loads((written / "run.json").read_text(encoding="utf-8"))
    present = {
        path.relative_to(written).as_posix()
        for path in written.rglob("*")
        if path.is_file() and path.name != "run.json"
    }
    assert set(run["files"]) == present
    for name, digest in run["files"].items():
        assert hashlib.sha256((written / name).read_bytes()).hexdigest() == digest


def without_later_rooms(dossier: Dossier) -> Dossier:
    """Return what only evidence and synthesis draw: enough where files matter and not pictures."""
    return replace(dossier, design=None, biomarkers=None, mechanism=None, scenarios=())


def test_pictures_of_an_earlier_run_go_and_other_files_stay(
    dossier: Dossier, tmp_path: Path
) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "old.svg").write_text("x")
    (tmp_path / "mine.txt").write_text("x")
    run = {"files": {"figures/old.svg": "0", "../mine.txt": "0", "mine.txt": "0"}}
    (tmp_path / "run.json").write_text(json.dumps(run))
    kept: dict[str, bytes] = {}
    dossier = without_later_rooms(dossier)

    def remember(key: str, work: object) -> bytes:
        return kept.setdefault(key, b"<svg></svg>")

    write_dossier(dossier, tmp_path, remember)
    assert not (tmp_path / "figures" / "old.svg").exists()
    assert (tmp_path / "mine.txt").exists()
    drawn = len(build_figures(dossier))
    assert drawn > 10
    assert len(kept) == 2 * drawn + 1, "every figure as SVG and PNG, and the bundle"


def test_svg_ids_are_numbered_from_one_and_carry_the_figure_name() -> None:
    svg = (
        '<svg><clipPath id="clip7"/><g clip-path="url(#clip7)"/><use href="#g2"/><g id="g2"/></svg>'
    )
    assert renumbered(svg, "fig") == (
        '<svg><clipPath id="fig-1"/><g clip-path="url(#fig-1)"/><use href="#fig-2"/>'
        '<g id="fig-2"/></svg>'
    )


def test_a_picture_alone_links_to_the_page_beside_it(written: Path) -> None:
    text = (written / "figures" / "forest-cure.svg").read_text(encoding="utf-8")
    assert 'href="../dossier.html#row-alpha_cure"' in text
    assert "vega.github.io" not in text
    assert "vega.github.io/vega-datasets/#" not in (written / "dossier.html").read_text("utf-8")


SCRIPT = """
import importlib.util, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("fixture", sys.argv[1])
fixture = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fixture)
from equipoise.report.export import write_dossier
write_dossier(fixture.make_dossier(), Path(sys.argv[2]))
"""


@pytest.mark.slow
def test_two_processes_write_the_same_bytes(written: Path, tmp_path: Path) -> None:
    """Hold this process, which has drawn before, against a new one that hashes otherwise."""
    other = "1" if os.environ.get("PYTHONHASHSEED") == "0" else "0"
    subprocess.run(
        [sys.executable, "-c", SCRIPT, str(CONFTEST), str(tmp_path)],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": other},
    )
    first = {p.relative_to(tmp_path): p for p in tmp_path.rglob("*.*")}
    assert len(first) > 25
    assert set(first) == {p.relative_to(written) for p in written.rglob("*.*")}
    for name, path in first.items():
        assert path.read_bytes() == (written / name).read_bytes(), name


def test_renumbering_leaves_what_a_reader_sees() -> None:
    svg = '<g id="c1" a="x>y"><text fill="url(#c1)">say id="c1" and #c1</text></g>'
    assert renumbered(svg, "fig") == (
        '<g id="fig-1" a="x>y"><text fill="url(#fig-1)">say id="c1" and #c1</text></g>'
    )


def test_a_run_stopped_while_it_draws_leaves_the_old_files(
    dossier: Dossier, tmp_path: Path
) -> None:
    dossier = without_later_rooms(dossier)
    write_dossier(dossier, tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    calls = iter(range(100))

    def stop(key: str, work: Callable[[], bytes]) -> bytes:
        if next(calls) == 5:
            raise KeyboardInterrupt
        return work() + b" "

    with pytest.raises(KeyboardInterrupt):
        write_dossier(replace(dossier, title="Another"), tmp_path, stop)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
