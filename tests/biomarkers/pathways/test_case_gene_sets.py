"""The gene sets of the shipped cases: hashed, labelled, licensed, noticed, small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from equipoise.biomarkers.pathways import read_collections
from equipoise.cite import REFERENCES

FREE = re.compile(r"(?:MIT|Apache-2\.0|CC BY 4\.0)\b")


@pytest.fixture(scope="module")
def folders(root: Path) -> list[Path]:
    found = sorted((root / "src" / "equipoise" / "cases").glob("*/biomarkers/gene_sets"))
    assert found
    return found


def test_every_set_says_what_it_cannot_tell(folders):
    for folder in folders:
        for gene_sets in read_collections(folder).values():
            assert FREE.match(gene_sets.licence)
            assert gene_sets.remarks == ()
            for gene_set in gene_sets.sets:
                assert gene_set.pathway
                assert gene_set.caution.endswith(".")


def test_the_energy_sensor_is_not_called_validated(folders):
    sets = [
        s
        for f in folders
        for c in read_collections(f).values()
        for s in c.sets
        if "AMPK" in s.pathway
    ]
    assert len(sets) == 2
    assert {s.standing for s in sets} == {"not validated"}
    assert all("mRNA cannot read pAMPK" in s.caution for s in sets)


def test_only_the_footprints_are_called_validated_and_only_those_of_the_paper(folders):
    found = {
        name: {s.name for s in collection.sets if s.standing == "validated"}
        for folder in folders
        for name, collection in read_collections(folder).items()
    }
    assert {name for name, sets in found.items() if sets} == {"progeny"}
    assert found["progeny"].isdisjoint({"Androgen", "Estrogen", "WNT"})
    assert "schubert2018" in REFERENCES


def test_every_file_is_noticed_listed_with_its_hash_and_small(folders, root):
    notice = (root / "NOTICE.md").read_text(encoding="utf-8")
    for folder in folders:
        sources = (folder / "SOURCES.md").read_text(encoding="utf-8")
        hashes = {c.sha256 for c in read_collections(folder).values()}
        assert all(digest in sources for digest in hashes)
        for path in folder.iterdir():
            if path.suffix in {".gmt", ".csv", ".txt"}:
                assert path.relative_to(root / "src" / "equipoise").as_posix() in notice
        assert sum(path.stat().st_size for path in folder.iterdir()) < 80_000
