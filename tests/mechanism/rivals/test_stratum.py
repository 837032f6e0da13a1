from __future__ import annotations

import pytest

from equipoise.errors import InputError
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.rivals.stratum import Condition, condition_of, typical_patient
from equipoise.synthesis.arrays import Array


@pytest.mark.parametrize(
    ("text", "index"),
    [("all", 3.0), ("index > 3", 4.0), ("index >= 3", 4.0), ("index <= 3", 2.0), ("index<3", 1.5)],
)
def test_the_typical_patient_is_the_median_of_a_stratum(
    text: str, index: float, pill: MechanismModel, patients: Array
) -> None:
    found = typical_patient(pill, patients, text)
    assert found[pill.index("index")] == index
    assert found[pill.index("Kp")] == 4.0


def test_a_characteristic_becomes_what_most_have(pill: MechanismModel, patients: Array) -> None:
    rows = patients.copy()
    rows[:, pill.index("s_host")] = [1, 1, 1, 0, 0, 1, 1, 0, 0]
    assert typical_patient(pill, rows, "all")[pill.index("s_host")] == 1.0
    assert typical_patient(pill, rows, "index > 3")[pill.index("s_host")] == 0.0


def test_an_empty_stratum_is_a_problem(pill: MechanismModel, patients: Array) -> None:
    with pytest.raises(InputError, match="some patient in it"):
        typical_patient(pill, patients, "index > 9")


def test_conditions_are_read() -> None:
    assert condition_of(" all ") is None
    assert condition_of("a_1>=-2.5e1") == Condition("a_1", ">=", -25.0)
    for text in ("index", "index > ", "> 3", "index > 3 and x", "index > 1-2"):
        with pytest.raises(ValueError, match=r"number|float"):
            condition_of(text)
