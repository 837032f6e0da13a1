"""SBML of strangers: nothing is fetched, nothing crashes, every reason is said at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.errors import InputError, MissingExtraError
from equipoise.mechanism.standards import engine, parse_sbml, read_sbml, sbml_simulation
from equipoise.mechanism.standards.xml_reading import MOST_BYTES, MOST_NESTED

HEAD = '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"'
RATE = "<kineticLaw><math xmlns='http://www.w3.org/1998/Math/MathML'><cn>1</cn></math></kineticLaw>"


def refusal(data: bytes | str) -> InputError:
    with pytest.raises(InputError) as caught:
        parse_sbml(data, "stranger.xml")
    assert all(p.file == "stranger.xml" and p.allowed and p.action for p in caught.value.problems)
    return caught.value


def document(inside: str, attributes: str = "") -> str:
    return f"{HEAD} {attributes}><model>{inside}</model></sbml>"


LAUGHS = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 9))


@pytest.mark.parametrize(
    "declaration",
    [
        "<!DOCTYPE sbml>",
        '<!DOCTYPE sbml SYSTEM "http://example.invalid/x.dtd">',
        '<!DOCTYPE sbml [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE sbml [<!ENTITY % x SYSTEM "http://example.invalid/x"> %x;]>',
        f'<!DOCTYPE sbml [<!ENTITY a0 "ha">{LAUGHS}]>',
    ],
)
def test_a_document_type_is_refused(declaration: str) -> None:
    error = refusal(declaration + document("<notes>&a8;</notes>"))
    assert "DOCTYPE" in str(error)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "well-formed"),
        (b"no xml", "well-formed"),
        (b"<sbml", "well-formed"),
        (b"\x00\x01\x02", "well-formed"),
        (b"\xff\xfe<\x00s\x00", "UTF-8"),
        (b'<?xml version="1.0" encoding="UTF-7"?><sbml/>', "UTF-8"),
        (b"<html/>", "sbml"),
        (b'<sbml level="3" version="1"/>', "sbml"),
        (HEAD.encode() + b"/>", "one model"),
        (b'<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2"/>', "Level 2 or 3"),
        (b'<sbml xmlns="http://www.sbml.org/sbml/level4" level="4" version="1"/>', "Level 2 or 3"),
    ],
)
def test_what_is_no_sbml_is_refused(data: bytes, word: str) -> None:
    assert word in str(refusal(data))


def test_size_and_depth_are_bounded() -> None:
    assert f"{MOST_BYTES:,}" in str(refusal(b" " * (MOST_BYTES + 1)))
    deep = "<apply>" * 100_000 + "</apply>" * 100_000
    assert f"at most {MOST_NESTED}" in str(refusal(document(deep)))


def test_every_unsupported_part_is_named_at_once() -> None:
    delay = (
        '<assignmentRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML"><csymbol '
        'definitionURL="http://www.sbml.org/sbml/symbols/delay">d</csymbol></math></assignmentRule>'
    )
    inside = (
        f"<listOfRules><algebraicRule/>{delay}<algebraicRule/></listOfRules><listOfReactions>"
        f'<reaction id="quick" fast="true">{RATE}</reaction><reaction id="idle" fast="false"/>'
        f'<reaction id="fine" fast="false">{RATE}</reaction></listOfReactions>'
    )
    package = 'xmlns:comp="http://www.sbml.org/sbml/level3/version1/comp/version1" '
    error = refusal(document(inside, f'{package} comp:required="true"'))
    assert [(p.row, p.field) for p in error.problems] == [
        ("sbml", "package"),
        ("reaction quick", "fast"),
        ("reaction idle", "kineticLaw"),
        ("algebraic rule 1", ""),
        ("algebraic rule 2", ""),
        ("formula", "csymbol"),
    ]


def test_a_package_that_leaves_the_mathematics_alone_is_let_through() -> None:
    package = 'xmlns:layout="http://www.sbml.org/sbml/level3/version1/layout/version1" '
    model = parse_sbml(document("", f'{package} layout:required="false"'))
    assert (model.level, model.version, model.species) == (3, 1, ())


def test_what_the_engine_cannot_load_is_bad_input() -> None:
    rule = '<listOfRules><rateRule variable="nobody"><math xmlns="x"/></rateRule></listOfRules>'
    model = parse_sbml(document(rule), "stranger.xml")
    with pytest.raises(InputError, match="libroadrunner"):
        sbml_simulation.simulate_sbml(model, 1.0, 2)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.xml"):
        read_sbml(tmp_path / "absent.xml")


def test_without_the_extra_the_command_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(engine.importlib, "import_module", absent)
    with pytest.raises(MissingExtraError, match=r"pip install 'equipoise\[mechanism\]'"):
        parse_sbml(document(""))
