"""Loading an assay: every problem of every file at once, and nothing whole is refused."""

from __future__ import annotations

import pytest

from equipoise.biomarkers.phenotyping import phenotype, read_assay
from equipoise.errors import InputError

HEAD = """
id = "small"
title = "A small assay"
version = "1"
result = "status"
missing = ["NA"]
[[sources]]
key = "book"
text = "A book"
confidence = "low"
[[fields]]
name = "count"
what = "A count"
kind = "number"
maximum = 10.0
[[tables]]
name = "status"
file = "status.csv"
outputs = ["yes", "no"]
"""
COLUMNS = "rule,count,call,probability,source,discordance,note\n"
RULES = "1,>=4,yes,0.9,book,,\n2,<4|missing,no,,,,Look again.\n"


def write(folder, toml=HEAD, rules=COLUMNS + RULES):
    (folder / "assay.toml").write_text(toml)
    (folder / "status.csv").write_text(rules)
    return folder


def problems(folder):
    with pytest.raises(InputError) as caught:
        read_assay(folder)
    return caught.value.problems


def test_a_small_assay_answers(tmp_path):
    found = phenotype(read_assay(write(tmp_path)), {"count": "4,5"}, "s1")
    assert (found.sample, found.call, found.probability) == ("s1", "yes", 0.9)
    assert (found.probability_source, found.confidence) == ("A book", "low")
    assert [r.rule for r in found.remarks] == ["comma"]
    blank = phenotype(read_assay(tmp_path), {})
    assert (blank.call, blank.probability, blank.notes) == ("no", None, ("Look again.",))


def test_unknown_and_unreadable_fields_are_reported_together(tmp_path):
    with pytest.raises(InputError) as caught:
        phenotype(read_assay(write(tmp_path)), {"count": "many", "size": 3}, "s1")
    assert [(p.row, p.field, p.value) for p in caught.value.problems] == [
        ("s1", "count", "many"),
        ("s1", "size", ""),
    ]


def test_every_wrong_cell_of_the_rules_is_named(tmp_path):
    rows = "1,four,maybe,1.5,,,\n,<4,yes,0.5,novel,,\n"
    found = problems(write(tmp_path, rules=COLUMNS + rows))
    assert [(p.row, p.field) for p in found] == [
        ("line 2", "count"),
        ("line 2", "call"),
        ("line 2", "source"),
        ("line 2", "probability"),
        ("line 3", "rule"),
        ("line 3", "source"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "field", "value"),
    [
        ('result = "status"', 'result = "state"', "result", "state"),
        ("maximum = 10.0", "maximum = -1.0", "maximum", "0.0 to -1.0"),
        ('kind = "number"', 'kind = "numbers"', "fields.0.kind", "numbers"),
        ('version = "1"', 'version = "1"\ncolour = "red"', "colour", "red"),
        ('name = "status"', 'name = "count"', "name", "count"),
        (
            "[[tables]]",
            '[[fields]]\nname = "w"\nwhat = "w"\nkind = "words"\n[[tables]]',
            "values",
            "()",
        ),
    ],
)
def test_a_wrong_head_is_named(tmp_path, old, new, field, value):
    found = problems(write(tmp_path, HEAD.replace(old, new, 1)))
    assert (field, value) in [(p.field, p.value) for p in found]


def test_a_spelling_may_not_mean_two_things(tmp_path):
    words = """[[fields]]
name = "word"
what = "A word"
kind = "words"
values = ["up", "down"]
[fields.spellings]
up = ["high"]
down = ["HIGH"]
left = ["west"]
[[fields.judgements]]
found = ["up"]
value = "sideways"
note = "No."
[[checks]]
kind = "fewer"
id = "Q"
field = "cells"
least = 20.0
note = "Few."
[[tables]]"""
    found = problems(write(tmp_path, HEAD.replace("[[tables]]", words)))
    assert [(p.field, p.value) for p in found] == [
        ("spellings", "high"),
        ("spellings", "up"),
        ("value", "left"),
        ("value", "sideways"),
        ("field", "cells"),
    ]


@pytest.mark.parametrize(
    ("rules", "shown"),
    [
        (COLUMNS, "at least one rule"),
        ("rule,size,call,probability,source,discordance,note\n1,-,yes,,,,\n", "Name a field"),
        (COLUMNS + "1,>=4,yes,,,,\n2,<4,no,,,,\n", "count=missing"),
        (COLUMNS + "1,>=4,yes,,,,\n1,<4|missing,no,,,,\n", "each id once"),
        ("rule,count,call\n1,-,yes\n", "Add the column 'probability'"),
    ],
)
def test_rules_that_are_not_whole_are_refused(tmp_path, rules, shown):
    assert shown in "\n".join(map(str, problems(write(tmp_path, rules=rules))))


def test_missing_and_broken_files_are_named(tmp_path):
    assert [p.file for p in problems(tmp_path)] == ["assay.toml"]
    write(tmp_path, toml="id = [")
    assert [p.allowed for p in problems(tmp_path)] == ["valid TOML"]
    write(tmp_path)
    (tmp_path / "status.csv").unlink()
    assert [p.file for p in problems(tmp_path)] == ["status.csv"]
