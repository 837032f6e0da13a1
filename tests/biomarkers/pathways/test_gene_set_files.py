"""GMT, weights and collections: what is read, and hostile files."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.biomarkers.pathways import (
    GeneSet,
    content_hash,
    gmt_text,
    read_collections,
    read_gmt,
    read_weights,
)
from equipoise.errors import InputError

GMT = "one\tfrom somewhere\tA\tB\tC\ntwo\t\tB\tD\n"


def test_a_gmt_is_read_and_hashed(tmp_path):
    path = tmp_path / "mine.gmt"
    path.write_bytes(b"\xef\xbb\xbf" + GMT.replace("\n", "\r\n").encode())
    found = read_gmt(path)
    assert found.names == ("one", "two")
    assert found.sets[0] == GeneSet("one", ("A", "B", "C"), (1.0, 1.0, 1.0))
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (found.name, found.version, found.licence) == ("mine.gmt", "unversioned", "not stated")
    assert {s.standing for s in found.sets} == {"not validated"}


def test_a_gene_named_twice_counts_once_and_is_said(tmp_path):
    path = tmp_path / "mine.gmt"
    path.write_text("one\t\tA\tB\tA\t\t\n")
    found = read_gmt(path)
    assert found.sets[0].genes == ("A", "B")
    assert found.remarks == ("Genes named more than once in a set count once: one.",)


HOSTILE = {
    "empty": (b"", "one set a line"),
    "spaces for tabs": (b"one desc A B C\n", r"line 1, one desc A B C.*Separate by tabs"),
    "no genes": (b"one\tdesc\n", r"line 1, one.*2 columns"),
    "no name": (b"\tdesc\tA\n", r"line 1, name"),
    "a name as long as a book": (b"x" * 300 + b"\td\tA\n", r"1 to 200 characters"),
    "a set twice": (b"one\td\tA\none\td\tB\n", r"one, name: found 'twice'"),
    "null bytes": (b"one\td\tA\x00B\n", r"a control character"),
    "a line separator in a name": ("o\u2028ne\td\tA\n".encode(), r"a control character"),
    "a form feed": (b"one\td\tA\x0ctwo\td\tB\n", r"a control character"),
    "Latin-1": (b"one\td\tA\xe9\n", r"UTF-8"),
    "a picture": (bytes(range(128, 256)) * 4, r"UTF-8"),
    "all at once": (b"one\td\n\td\tA\ntwo\td\n", r"3 problems"),
}


@pytest.mark.parametrize(("data", "message"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_gmt(tmp_path, data, message):
    path = tmp_path / "mine.gmt"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_gmt(path)


def test_sizes_are_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(gmt_text, "MAX_BYTES", 10)
    path = tmp_path / "mine.gmt"
    path.write_text(GMT)
    with pytest.raises(InputError, match=r"more than 10 bytes"):
        read_gmt(path)
    with pytest.raises(InputError, match="an existing file"):
        read_gmt(tmp_path / "none.gmt")
    monkeypatch.setattr(gmt_text, "MAX_BYTES", 10_000)
    path.write_text("one\td\n" * 200)
    with pytest.raises(InputError, match=r"51 problems[\s\S]*150 further problems"):
        read_gmt(path)


@settings(max_examples=40)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("gmt") / "any.gmt"
    path.write_bytes(data)
    try:
        found = read_gmt(path)
    except InputError:
        return
    assert all(gene_set.genes for gene_set in found.sets)
    assert b"\t" in data


def test_weights_are_read_under_either_name(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text("source,target,weight,p_value\nP,A,2.5,0.1\nP,B,-1,0.2\nQ,A,1,0.3\n")
    found = read_weights(path)
    assert found.sets[0] == GeneSet("P", ("A", "B"), (2.5, -1.0))
    assert (found.sets[0].signed, found.sets[1].weighted) == (True, False)
    path.write_text("pathway,gene,mor\nP,A,2.5\n")
    assert read_weights(path).sets[0].weights == (2.5,)


WRONG_WEIGHTS = {
    "no column": ("set,gene\nP,A\n", r"weight or mor"),
    "a comma": ('set,gene,weight\nP,A,"2,5"\n', r"line 2, weight: found '2,5'.*decimal point"),
    "nothing": ("set,gene,weight\nP,A,0\n", r"a number other than 0"),
    "infinite": ("set,gene,weight\nP,A,inf\n", r"a number other than 0"),
    "twice": ("set,gene,weight\nP,A,1\nP,A,2\n", r"line 3, gene: found 'A'; allowed: once in P"),
    "short": ("set,gene,weight\nP,A\n", r"2 cells"),
    "blank": ("set,gene,weight\n,A,1\n", r"set, gene"),
    "no row": ("set,gene,weight\n", r"rows below the header"),
}


@pytest.mark.parametrize(("text", "message"), WRONG_WEIGHTS.values(), ids=WRONG_WEIGHTS)
def test_wrong_weights(tmp_path, text, message):
    path = tmp_path / "w.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_weights(path)


def listed(folder, digest: str, names: list[str], extra: str = "") -> None:
    labels = "".join(
        f'[[collection.sets]]\nname = "{n}"\npathway = "p"\nstanding = "validated"\n'
        f'caution = "Not this."\n'
        for n in names
    )
    (folder / "collections.toml").write_text(
        f'[[collection]]\nname = "c"\nversion = "1"\nfile = "mine.gmt"\nsha256 = "{digest}"\n'
        f'source = "s"\nlicence = "MIT"\n{extra}{labels}'
    )


def test_a_collection_is_what_its_list_says(tmp_path):
    (tmp_path / "mine.gmt").write_text(GMT)
    digest = hashlib.sha256(GMT.encode()).hexdigest()
    listed(tmp_path, digest, ["one", "two"])
    found = read_collections(tmp_path)["c"]
    assert (found.version, found.licence, found.sets[1].caution) == ("1", "MIT", "Not this.")
    assert found.sets[0].standing == "validated"
    listed(tmp_path, "0" * 64, ["one", "two"])
    with pytest.raises(InputError, match=r"mine.gmt, sha256.*The file was changed"):
        read_collections(tmp_path)
    listed(tmp_path, digest, ["one", "three"])
    with pytest.raises(InputError, match=r"2 problems[\s\S]*three[\s\S]*two"):
        read_collections(tmp_path)
    listed(tmp_path, digest, ["one", "two"], 'colour = "red"\n')
    with pytest.raises(InputError, match=r"collection.0.colour"):
        read_collections(tmp_path)
    (tmp_path / "collections.toml").write_text("[[")
    with pytest.raises(InputError, match="TOML in UTF-8"):
        read_collections(tmp_path)
    (tmp_path / "collections.toml").unlink()
    with pytest.raises(InputError, match="an existing file"):
        read_collections(tmp_path)


@pytest.mark.parametrize("name", ["../mine.gmt", "/etc/passwd", "mine.exe"])
def test_a_list_names_no_file_outside_its_folder(tmp_path, name):
    (tmp_path / "mine.gmt").write_text(GMT)
    listed(tmp_path, hashlib.sha256(GMT.encode()).hexdigest(), ["one", "two"])
    text = (tmp_path / "collections.toml").read_text().replace("mine.gmt", name)
    (tmp_path / "collections.toml").write_text(text)
    with pytest.raises(InputError, match=r"collection.0.file"):
        read_collections(tmp_path)


def test_the_content_hash_sees_content_only():
    one, two = GeneSet("one", ("A", "B"), (1.0, -2.0)), GeneSet("two", ("C",), (1.0,))
    turned = GeneSet("one", ("B", "A"), (-2.0, 1.0))
    assert content_hash([one, two]) == content_hash([two, turned])
    assert content_hash([one]) != content_hash([GeneSet("one", ("A", "B"), (1.0, 2.0))])


def test_sets_are_chosen_by_name(tmp_path):
    path = tmp_path / "mine.gmt"
    path.write_text(GMT)
    assert read_gmt(path).choose(["two"]).names == ("two",)
    with pytest.raises(InputError, match=r"found 'none'; allowed: one, two"):
        read_gmt(path).choose(["none"])
