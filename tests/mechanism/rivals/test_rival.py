from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.errors import InputError
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.rivals import Rival, read_rivals
from equipoise.mechanism.rivals.rival import switches_of


def test_a_rival_sets_every_switch(rivals: tuple[Rival, ...], pill: MechanismModel) -> None:
    assert switches_of(pill) == ("s_direct", "s_far", "s_host")
    assert [rival.id for rival in rivals] == ["N", "D", "F", "B", "H"]
    assert rivals[3].switches == {"s_direct": 1.0, "s_far": 1.0, "s_host": 0.0}


def test_every_problem_of_the_table_is_reported(folder: Path, pill: MechanismModel) -> None:
    file = folder / "rivals.csv"
    file.write_text(
        "id,label,s_direct,s_far,s_host,note\n"
        "N,none,0,0,0,\nN,again,1,0,0,\nD,,2,0,0,\nF,far,x,1,0,\nG,same as none,0,0,0,\n"
    )
    with pytest.raises(InputError) as found:
        read_rivals(file, pill)
    said = [(p.row, p.field) for p in found.value.problems]
    assert said == [
        ("line 3", "id"),
        ("line 4", "s_direct"),
        ("line 4", "label"),
        ("line 5", "s_direct"),
        ("line 6", "id"),
    ]
    assert "other than those of N" in found.value.problems[-1].allowed


def test_a_switch_without_a_column_is_a_problem(folder: Path, pill: MechanismModel) -> None:
    file = folder / "rivals.csv"
    file.write_text("id,label,s_direct,s_far,note\nN,none,0,0,\n")
    with pytest.raises(InputError, match="s_host"):
        read_rivals(file, pill)


def test_one_rival_has_none_to_be_weighed_against(folder: Path, pill: MechanismModel) -> None:
    file = folder / "rivals.csv"
    file.write_text("id,label,s_direct,s_far,s_host,note\nN,none,0,0,0,\n")
    with pytest.raises(InputError, match="two rivals or more"):
        read_rivals(file, pill)
