"""What stands in a model's folder is what its source builds."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType

import pytest
from tests.mechanism.models.conftest import DRUGX

from equipoise.mechanism.formulas.tree import written
from equipoise.mechanism.models import read_model

CASES = Path(__file__).resolve().parents[3] / "src" / "equipoise" / "cases"
FOLDERS = [DRUGX, *sorted(file.parents[1] for file in CASES.glob("*/mechanism/model.ant"))]
each_case = pytest.mark.parametrize("case", FOLDERS, ids=lambda folder: folder.name)


@pytest.fixture(scope="module")
def script(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "build_mechanism", root / "scripts" / "build_mechanism.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@each_case
def test_it_is_read_without_the_extra(case: Path) -> None:
    model = read_model(case / "mechanism", case.name)
    assert len(model.rates) == len(model.states)


@each_case
def test_hashes_are_those_of_the_files(case: Path) -> None:
    lines = (case / "mechanism" / "model.sha256").read_text().splitlines()
    assert [line.split("  ")[1] for line in lines] == ["model.xml", "equations.csv"]
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((case / "mechanism" / name).read_bytes()).hexdigest() == digest


@each_case
def test_equations_are_those_of_the_sbml(case: Path, script: ModuleType) -> None:
    """The SBML is read without any library for it: the same equations come out."""
    folder = case / "mechanism"
    model = read_model(folder)
    sbml = (folder / "model.xml").read_text(encoding="utf-8")
    names = list(model.names_of_states)
    assert script.equations_text(sbml, names) == (folder / "equations.csv").read_text()


@each_case
def test_values_in_the_sbml_are_those_of_the_table(case: Path) -> None:
    folder = case / "mechanism"
    model = read_model(folder)
    text = (folder / "model.xml").read_text(encoding="utf-8")
    found = {
        item.attrib["id"]: float(item.attrib["value"])
        for item in ET.fromstring(text).iter()
        if item.tag.endswith("}parameter") and "value" in item.attrib
    }
    for parameter in model.parameters:
        assert found[parameter.symbol] == pytest.approx(parameter.value, rel=1e-14)


@each_case
def test_building_again_changes_nothing(
    case: Path, script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("antimony")
    monkeypatch.setattr(sys, "argv", ["build_mechanism.py", str(case), "--check"])
    assert script.main() == 0


def test_a_changed_number_is_noticed_and_built(
    tmp_path: Path, script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("antimony")
    case = Path(shutil.copytree(DRUGX, tmp_path / "drugx"))
    table = case / "mechanism" / "parameters.csv"
    table.write_text(re.sub("^V,volume,200,", "V,volume,250,", table.read_text(), flags=re.M))
    monkeypatch.setattr(sys, "argv", ["build_mechanism.py", str(case), "--check"])
    assert script.main() == 1
    monkeypatch.setattr(sys, "argv", ["build_mechanism.py", str(case)])
    assert script.main() == 0
    assert 'id="V" value="250"' in (case / "mechanism" / "model.xml").read_text()
    monkeypatch.setattr(sys, "argv", ["build_mechanism.py", str(case), "--check"])
    assert script.main() == 0


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<apply><root/><degree><cn>2</cn></degree><ci>x</ci></apply>", "sqrt(x)"),
        ("<apply><times/><ci>a</ci><ci>b</ci><ci>c</ci></apply>", "a*b*c"),
        ('<cn type="e-notation">2.5<sep/>-3</cn>', "0.0025"),
        ("<cn>-2</cn>", "-2"),
        ("<apply><minus/><ci>a</ci><apply><minus/><ci>b</ci></apply></apply>", "a - -b"),
        ("<apply><ln/><ci>a</ci></apply>", "log(a)"),
    ],
)
def test_mathml(script: ModuleType, inside: str, text: str) -> None:
    space = 'xmlns="http://www.w3.org/1998/Math/MathML"'
    element = ET.fromstring(f"<math {space}>{inside}</math>")
    assert written(script.node_of(element[0])) == text


@pytest.mark.parametrize(
    "inside",
    [
        "<piecewise/>",
        "<apply><sin/><ci>x</ci></apply>",
        "<apply><plus/></apply>",
        "<apply><root/><degree><cn>3</cn></degree><ci>x</ci></apply>",
        '<cn type="rational">1<sep/>3</cn>',
    ],
)
def test_mathml_that_has_no_place_is_refused(script: ModuleType, inside: str) -> None:
    space = 'xmlns="http://www.w3.org/1998/Math/MathML"'
    element = ET.fromstring(f"<math {space}>{inside}</math>")
    with pytest.raises(SystemExit, match="place in a formula"):
        script.node_of(element[0])
