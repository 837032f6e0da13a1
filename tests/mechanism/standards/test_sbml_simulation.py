from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.mechanism.standards.conftest import sbml_of

from equipoise.errors import ComputationError, InputError
from equipoise.mechanism.standards import DoseChange, SbmlModel, parse_sbml, simulate_sbml

K = 0.3


@pytest.fixture(scope="module")
def drug() -> SbmlModel:
    """One compartment with a rate of infusion, and a count of what was given."""
    text = f"model m; A' = rate - {K}*A; A = 0; rate = 0; total' = 0; total = 0; end"
    return parse_sbml(sbml_of(text), "drug.xml")


def infusion(start: float, days: float, amount: float) -> list[DoseChange]:
    rate = amount / days
    return [DoseChange(start, "rate", rate), DoseChange(start + days, "rate", -rate)]


def exact(t: np.ndarray, boluses: list[tuple[float, float]], infusions: list[tuple]) -> np.ndarray:
    """Sum of what each dose leaves: the plain version."""
    left = np.zeros_like(t)
    for time, amount in boluses:
        left += np.where(t >= time, amount * np.exp(-K * (t - time)), 0.0)
    for time, days, amount in infusions:
        during = np.clip(t - time, 0.0, days)
        after = np.clip(t - time - days, 0.0, None)
        left += amount / days / K * (1.0 - np.exp(-K * during)) * np.exp(-K * after)
    return left


def test_boluses_and_infusions_against_the_closed_form(drug: SbmlModel) -> None:
    boluses = [(0.0, 10.0), (0.5, 3.0), (0.5, 4.0), (7.25, 10.0)]
    infusions = [(0.0, 0.0625, 5.0), (3.0, 1.5, 8.0), (4.0, 0.25, 2.0)]
    doses = [DoseChange(t, "A", a) for t, a in boluses]
    doses += [change for one in infusions for change in infusion(*one)]
    table = simulate_sbml(drug, 10.0, 41, doses=doses, columns=["A", "rate"])
    t = table["time"].to_numpy()
    np.testing.assert_allclose(table["A"], exact(t, boluses, infusions), rtol=2e-7, atol=1e-9)
    assert abs(table["rate"].iloc[-1]) < 1e-14


def test_twelve_cycles_give_twelve_doses(drug: SbmlModel) -> None:
    """Times that a root finder meets twice or not at all: 21 days in thirds, sevenths, hours."""
    for every in (21.0, 7.0 / 3.0, 1.0 / 7.0, 12.0 / 24.0):
        doses = [DoseChange(every * i, "total", 1.0) for i in range(12)]
        table = simulate_sbml(drug, every * 12.0, 145, doses=doses, columns=["total"])
        assert table["total"].iloc[-1] == 12.0
        assert sorted(set(table["total"])) == list(range(1, 13))


@pytest.mark.parametrize(("end", "points", "every"), [(7.0, 71, 0.1), (84.0, 85, 7.0 / 3.0)])
def test_times_that_differ_by_rounding_are_one(
    drug: SbmlModel, end: float, points: int, every: float
) -> None:
    """Times added up and times multiplied, beside the times of the output."""
    number = round(end / every)
    added = list(np.cumsum([every] * number))
    multiplied = [every * (i + 1) for i in range(number)]
    assert added != multiplied
    doses = [DoseChange(t, "total", 1.0) for t in added + multiplied]
    table = simulate_sbml(drug, end, points, doses=doses, columns=["total"])
    counts = table["total"].to_numpy()
    assert len(table) == points
    assert counts[-1] == 2.0 * number
    assert set(np.diff(counts)) == {0.0, 2.0} or set(np.diff(counts)) == {2.0}


def test_the_value_at_a_dose_is_the_one_after_it(drug: SbmlModel) -> None:
    doses = [(t, "total", 1.0) for t in (0.0, 2.0, 4.0, 4.5)]
    table = simulate_sbml(drug, 4.0, 5, doses=doses, columns=["total"])
    assert list(table["total"]) == [1.0, 1.0, 2.0, 2.0, 3.0]


@settings(max_examples=10)
@given(st.permutations(list(range(6))))
def test_the_order_of_the_doses_does_not_matter(drug: SbmlModel, order: list[int]) -> None:
    doses = [DoseChange(i / 2, "A", 2.0**i) for i in range(3)] + infusion(0.25, 1.0, 4.0)
    doses.append(DoseChange(0.0, "A", 8.0))
    usual = simulate_sbml(drug, 2.0, 9, doses=doses)
    mixed = simulate_sbml(drug, 2.0, 9, doses=[doses[i] for i in order])
    assert mixed.equals(usual)


def test_a_dose_of_a_species_is_an_amount(two_drugs: str) -> None:
    model = parse_sbml(two_drugs)
    table = simulate_sbml(model, 1.0, 2, doses=[(0.0, "C", 6.0), (0.0, "gut", 6.0)])
    assert table["C"][0] == 6.0 / 4.0
    assert table["gut"][0] == 6.0


def test_two_drugs_against_copasi(two_drugs: str) -> None:
    """COPASI 4.48.311 at tolerance 1e-11, doses as events: validation/mechanism/standards."""
    doses = [DoseChange(t / 2, "gut", 10.0) for t in range(28)] + [DoseChange(7.0, "C", 6.0)]
    for start in (0.0, 7.0):
        doses += [DoseChange(start, "rate_in", 80.0), DoseChange(start + 0.0625, "rate_in", -80.0)]
    names = ["C", "gut", "infused", "cells"]
    table = simulate_sbml(
        parse_sbml(two_drugs), 14.0, 141, doses=doses, columns=names, tolerance=1e-10
    )
    pinned = {
        3.2: (6.298998250347405, 10.100949649671588, 1.0254213509388705, 0.48176106065400426),
        7.3: (8.382666370785218, 8.192934189146609, 4.503496164093875, 0.2079121242699409),
        10.1: (7.327603584947145, 12.469332662153032, 1.1105484811910664, 0.09745269614149797),
        14.0: (6.940433426326419, 5.383142131779305, 0.1580022541137445, 0.04451432489306024),
    }
    for time, values in pinned.items():
        if time == 14.0:  # COPASI's last value is the one before a dose; none is given here
            assert max(dose.time for dose in doses) < 14.0
        np.testing.assert_allclose(table[names].iloc[round(time * 10)], values, rtol=3e-8)


def test_events_of_the_model_are_left_to_the_engine() -> None:
    model = parse_sbml(sbml_of("model m; x' = 1; x = 0; at x > 2: x = 0; end"))
    table = simulate_sbml(model, 4.5, 10, doses=[(0.5, "x", 1.0)])
    assert table["x"].max() <= 2.0 + 1e-9
    assert table["x"].iloc[-1] == pytest.approx(1.5, abs=1e-6)  # back to 0 at 1 and at 3


@pytest.mark.parametrize(
    ("dose", "field"),
    [
        ((-1.0, "A", 1.0), "time"),
        ((math.nan, "A", 1.0), "time"),
        ((0.0, "A", math.inf), "change"),
        ((0.0, "nobody", 1.0), "target"),
    ],
)
def test_a_wrong_dose_is_named(drug: SbmlModel, dose: DoseChange, field: str) -> None:
    with pytest.raises(InputError) as caught:
        simulate_sbml(drug, 1.0, 2, doses=[(0.0, "A", 1.0), dose])
    assert [(p.file, p.row, p.field) for p in caught.value.problems] == [
        ("drug.xml", "dose 2", field)
    ]


def test_a_target_of_an_assignment_is_refused(two_drugs: str) -> None:
    with pytest.raises(InputError, match="which an assignment rule determines"):
        simulate_sbml(parse_sbml(two_drugs), 1.0, 2, doses=[(0.0, "absorbed", 1.0)])


def test_wrong_numbers_are_named_at_once(drug: SbmlModel) -> None:
    with pytest.raises(InputError) as caught:
        simulate_sbml(
            drug, -1.0, 1, tolerance=0.0, absolute_tolerance=math.nan, columns=["A", "nobody"]
        )
    found = [p.field for p in caught.value.problems]
    assert found == ["end", "points", "tolerance", "absolute_tolerance", "columns"]


def test_a_solver_that_gives_up_says_when() -> None:
    model = parse_sbml(sbml_of("model m; x' = x^2; x = 1; end"), "burst.xml")
    with pytest.raises(ComputationError, match=r"burst\.xml: .* between 0\.5 and 2"):
        simulate_sbml(model, 2.0, 5, doses=[(0.5, "x", 0.0)])
