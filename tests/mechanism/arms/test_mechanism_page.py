"""Every number and name in docs/mechanism.md is that of the case."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from equipoise.cli import app
from equipoise.mechanism.arms.drug_levels import LEVEL_PATIENTS
from equipoise.mechanism.arms.patient_blocks import BLOCK
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.rivals.rival_weights import ENOUGH


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "mechanism.md").read_text(encoding="utf-8")


def test_parameters_are_counted_by_standing(page: str, case: CaseModel) -> None:
    counts = Counter(parameter.standing for parameter in case.model.parameters)
    told = dict(re.findall(r"^\| (printed|derived|fitted|assumed) \| (\d+) \|$", page, re.M))
    assert {name: int(number) for name, number in told.items()} == counts


def test_states_are_counted_by_the_way_they_are_solved(page: str, case: CaseModel) -> None:
    counts = Counter(state.role for state in case.model.states)
    told = re.findall(r"^\| [^|]+ \| (\d+) \| `(\w+)`: ", page, re.M)
    assert {role: int(number) for number, role in told} == counts


def test_rivals_are_those_of_the_case(page: str, case: CaseModel) -> None:
    rows = [
        f"| {r.id} | {r.label} | " + " | ".join(f"{v:g}" for v in r.switches.values()) + " |"
        for r in case.rivals
    ]
    assert [row for row in rows if row not in page] == []


def test_held_out_rows_are_those_of_the_case(page: str, case: CaseModel) -> None:
    wanted = []
    for row in case.targets:
        if row.use == "held_out":
            printed = f"{row.value:g}" if row.value is not None else f"{100 * row.observed:.1f} %"
            definition = row.definition or "not stated"
            cells = (row.id, row.regimen, row.measure, definition, printed, row.label)
            wanted.append("| " + " | ".join(cells) + " |")
    section = page.partition("## Held out")[2].partition("\n## ")[0]
    told = [line for line in section.splitlines() if line.startswith("| ")][2:]
    assert told == wanted


def test_settings_are_those_of_the_program(page: str) -> None:
    text = re.sub(r"\s+", " ", page)
    assert f"blocks of {BLOCK}" in text
    assert f"in {LEVEL_PATIENTS} patients, read every half hour" in text
    assert f"no Bayes factor exceeds {ENOUGH:g}" in text


def test_commands_of_the_page_can_be_asked(page: str) -> None:
    lines = re.findall(r"^equipoise (simulate .*)$", page, re.MULTILINE)
    assert len(lines) == 3
    for line in lines:
        command, bound, _ = app.parse_args(line, print_error=False, exit_on_error=False)
        assert command.__name__ == "simulate"
        assert bound.arguments["case"]
