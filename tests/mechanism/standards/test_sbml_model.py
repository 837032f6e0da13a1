from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.mechanism.standards.conftest import sbml_of

from equipoise.errors import InputError
from equipoise.mechanism.standards import parse_sbml, read_sbml, simulate_sbml, with_values
from equipoise.mechanism.standards.xml_editing import edited, places, with_attribute


def test_the_summary(two_drugs: str, tmp_path: Path) -> None:
    path = tmp_path / "two.xml"
    path.write_text(two_drugs, encoding="utf-8")
    model = read_sbml(path)
    assert (model.file, model.id, model.level, model.version) == ("two.xml", "two_drugs", 3, 2)
    assert model.species == ("C", "gut")
    assert model.per_volume == {"C": "blood"}
    assert model.reactions == ("absorption", "elimination")
    assert set(model.parameters) == {"k", "absorbed", "infused", "rate_in", "cells"}
    assert model.rules == {
        "absorbed": "assignmentRule",
        "infused": "rateRule",
        "cells": "rateRule",
    }
    assert set(model.varying) == {"C", "gut", "absorbed", "infused", "cells"}
    assert float(model.values["k"]) == 0.7
    assert model.events == ()
    assert model.xml == two_drugs


def test_a_value_is_changed_in_its_tag_and_nowhere_else(two_drugs: str) -> None:
    model = parse_sbml(two_drugs)
    changed = with_values(model, {"k": 1.4})
    old, new = two_drugs.splitlines(), changed.xml.splitlines()
    differ = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert len(differ) == 1
    assert differ[0][1] == differ[0][0].replace('value="0.7"', 'value="1.4"')
    assert changed.values["k"] == "1.4"
    assert with_values(model, {}) == model


def test_an_initial_assignment_sees_the_new_value() -> None:
    model = parse_sbml(sbml_of("model m; k = 2; x = 3*k; x' = -x; end"))
    assert model.rules["x"] == "rateRule"
    for k in (2.0, 5.0):
        start = simulate_sbml(with_values(model, {"k": k}), 1.0, 2)["x"][0]
        assert start == 3.0 * k


@pytest.mark.parametrize("name", ["absorbed", "cells", "C", "blood", "nobody", ""])
def test_what_a_rule_determines_cannot_be_set(two_drugs: str, name: str) -> None:
    with pytest.raises(InputError, match="a global parameter that no rule determines"):
        with_values(parse_sbml(two_drugs), {name: 1.0})


def test_every_wrong_value_is_named(two_drugs: str) -> None:
    with pytest.raises(InputError) as caught:
        with_values(parse_sbml(two_drugs), {"k": math.nan, "nobody": 1.0, "rate_in": math.inf})
    assert [p.row for p in caught.value.problems] == ["nobody", "k", "rate_in"]


TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=20
)


@settings(max_examples=30)
@given(value=TEXT, other=TEXT)
def test_an_edit_survives_any_text(value: str, other: str) -> None:
    """Quotes, angle brackets and look-alikes in comments do not mislead it."""
    start = (
        "<!-- <a><b id='1'/></a> --><a>\n<b id='1' note='>'/><![CDATA[<b id='1'/>]]>"
        '<b x="2"\tid = "2">é</b></a>'
    )
    found = [place for place in places(start, 2) if place.path == ("a", "b")]
    assert [place.attributes["id"] for place in found] == ["1", "2"]
    assert [place.empty for place in found] == [True, False]
    edits = [
        with_attribute(start, found[0], "new", value),
        with_attribute(start, found[1], "id", other),
    ]
    new = edited(start, edits)
    again = [place for place in places(new, 2) if place.path == ("a", "b")]
    assert [dict(place.attributes) for place in again] == [
        {"id": "1", "note": ">", "new": value},
        {"x": "2", "id": other},
    ]
    assert new.startswith(start[: found[0].start])
    assert new.endswith("é</b></a>")
