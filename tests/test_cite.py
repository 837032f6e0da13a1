"""The reference list is complete for everything a method may name."""

import re
from importlib import import_module
from pathlib import Path

import pytest

import equipoise.synthesis
from equipoise.cite import REFERENCES, references

ROOM = Path(equipoise.synthesis.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(ROOM).with_suffix("").parts)
    for path in ROOM.rglob("*.py")
    if "\nMETHOD_CITES" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("module", MODULES)
def test_every_key_a_method_names_exists(module):
    cites = import_module(f"equipoise.synthesis.{module}").METHOD_CITES
    assert {key for keys in cites.values() for key in keys} <= REFERENCES.keys()


def test_entries_are_well_formed():
    for key, reference in REFERENCES.items():
        assert key == reference.key
        assert re.fullmatch(r"[a-z]+\d{4}", key)
        assert str(reference.year) in key
        assert reference.doi.startswith("10.")
        assert reference.url == f"https://doi.org/{reference.doi}"
        assert reference.doi in str(reference)


def test_references_come_once_and_sorted():
    found = references(["sidak1967", "cochran1954", "sidak1967"])
    assert [reference.key for reference in found] == ["cochran1954", "sidak1967"]


def test_unknown_key_answers_with_the_known_ones():
    with pytest.raises(KeyError, match=r"nobody1900.*altman2003"):
        references(["nobody1900"])
