"""The published files run unchanged; the one that no integrator can run is refused by name."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import numpy as np
import pytest

from equipoise.errors import InputError
from equipoise.mechanism.standards import read_sbml, simulate_sbml

COUNTS = {  # species, reactions, events: libSBML's count, in SOURCES.md beside the files
    "BIOMD0000000019_url": (100, 125, 0),
    "BIOMD0000000175_url": (120, 102, 0),
    "BIOMD0000000223_url": (86, 109, 0),
    "BIOMD0000000255_url": (504, 827, 0),
    "BIOMD0000000427_url": (21, 22, 0),
    "BIOMD0000000448_url": (27, 34, 0),
    "BIOMD0000000580_url": (39, 26, 0),
    "BIOMD0000000581_url": (28, 32, 0),
    "BIOMD0000000582_url": (40, 41, 0),
    "BIOMD0000000640_url": (45, 48, 0),
    "BIOMD0000000745_Jarrett2018": (5, 10, 0),
    "BIOMD0000000822_Dorvash2019": (8, 13, 1),
    "BIOMD0000000823_Varusai2018": (16, 18, 0),
    "BIOMD0000001026_Kurlovics2021": (1, 2, 0),
    "BIOMD0000001040_Kurlovics2021_single": (1, 2, 0),
}
SLOW = "BIOMD0000000255_url"  # 827 reactions take five seconds to compile
NAMES = [pytest.param(n, marks=pytest.mark.slow) if n == SLOW else n for n in COUNTS]


@pytest.mark.parametrize("name", NAMES)
def test_a_published_model_runs_unchanged(published: Path, name: str) -> None:
    path = published / f"{name}.xml"
    model = read_sbml(path)
    assert (len(model.species), len(model.reactions), len(model.events)) == COUNTS[name]
    assert model.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    table = simulate_sbml(model, 60.0, 13, tolerance=1e-6)
    assert list(table.columns) == ["time", *model.varying]
    assert table.shape[0] == 13
    assert np.isfinite(table.to_numpy()).all()
    moved = np.ptp(table.drop(columns="time").to_numpy(), axis=0)
    assert (moved > 0.0).any()


def test_fast_reactions_are_refused_each_by_name(published: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_sbml(published / "BIOMD0000000424_url.xml")
    problems = caught.value.problems
    assert len(problems) == 58
    assert {(p.field, p.value, p.allowed) for p in problems} == {("fast", "true", "false")}
    assert problems[0].file == "BIOMD0000000424_url.xml"
    assert problems[0].row == "reaction R1"
    assert "COPASI" in problems[0].action


def test_every_file_is_accounted_for(published: Path) -> None:
    files = {path.stem for path in published.glob("*.xml")}
    assert files == {*COUNTS, "BIOMD0000000424_url"}
    with (published / "sha256.csv").open(encoding="utf-8", newline="") as rows:
        listed = {row["file"]: row["sha256"] for row in csv.DictReader(rows)}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in published.glob("*.xml")
    }
    assert found == listed
    assert "CC0 1.0" in (published / "SOURCES.md").read_text(encoding="utf-8")
