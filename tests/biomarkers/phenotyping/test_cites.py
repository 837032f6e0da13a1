"""Every paper a module of the room names is in the list."""

from importlib import import_module
from pathlib import Path

import pytest

import equipoise.biomarkers.phenotyping as room
from equipoise.cite import REFERENCES

MODULES = sorted(
    path.stem
    for path in Path(room.__file__).parent.glob("*.py")
    if "\nMETHOD_CITES" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("module", MODULES)
def test_every_key_exists(module):
    cites = import_module(f"{room.__name__}.{module}").METHOD_CITES
    assert {key for keys in cites.values() for key in keys} <= REFERENCES.keys()


def test_modules_that_use_a_published_method_name_it():
    assert MODULES == ["label_circularity", "nearest_centroid", "normal_mixture", "relapse_scores"]


def test_no_module_has_the_name_of_what_the_room_exports():
    names = {path.stem for path in Path(room.__file__).parent.glob("*.py")}
    assert not names & set(room.__all__)
