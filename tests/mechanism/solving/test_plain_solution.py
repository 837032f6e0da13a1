"""Against the full equations, fast states as they are, solved from dose to dose by LSODA."""

from __future__ import annotations

import numpy as np
import pytest
from tests.mechanism.solving.conftest import (
    CYCLE,
    DRIP,
    EVERYTHING,
    MAB,
    PILL,
    dosing,
    patients,
    solved_plainly,
)

from equipoise.mechanism.dosing import Dose
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.solving import Tolerances, simulate_patients

DAYS = (0.0, 0.5, 3.3, 14.0)
OUTPUTS = ("N", "Dead", "Pop", "J", "Ins", "Fb", "Act", "conc", "Tis", "Lin", "Ab", "Cyc", "both")
LOGARITHM = 2e-3 * np.log(10.0)
"""What the logarithm of the cells may be off by: 0.002 to the base of ten."""


@pytest.mark.parametrize(
    "doses",
    [EVERYTHING, (PILL,), (MAB,), (DRIP, CYCLE), (MAB, PILL), ()],
    ids=["everything", "pill", "mab", "drip and cycle", "mab and pill", "nothing"],
)
def test_outputs_are_those_of_the_full_equations(
    model: MechanismModel, doses: tuple[Dose, ...]
) -> None:
    made = dosing(model, *doses, days=14.0)
    p = patients(model, 2)
    found = simulate_patients(model, made, p, outputs=OUTPUTS, days=DAYS)
    assert not found.failed
    for values, row in zip(found.values, p, strict=True):
        plain = solved_plainly(model, made, row, OUTPUTS, DAYS)
        cells = [OUTPUTS.index(name) for name in ("N", "both")]
        assert np.log(values[1:, cells] / plain[1:, cells]) == pytest.approx(0.0, abs=LOGARITHM)
        assert values[:, OUTPUTS.index("J")] == pytest.approx(
            plain[:, OUTPUTS.index("J")], abs=LOGARITHM
        )
        exact = [OUTPUTS.index(name) for name in ("conc", "Tis", "Lin", "Cyc")]
        assert values[:, exact] == pytest.approx(plain[:, exact], rel=1e-6, abs=1e-7)
        slow = [OUTPUTS.index(name) for name in ("Ins", "Fb", "Pop", "Ab")]
        assert values[:, slow] == pytest.approx(plain[:, slow], rel=1e-3)
        assert values[2:, OUTPUTS.index("Act")] == pytest.approx(
            plain[2:, OUTPUTS.index("Act")], abs=2e-3
        )


def test_each_output_is_the_same_alone(model: MechanismModel) -> None:
    # Alone, an output is solved with nothing but what it rests on.
    made = dosing(model, *EVERYTHING, days=14.0)
    p = patients(model, 1)
    together = simulate_patients(model, made, p, outputs=OUTPUTS, days=DAYS)
    for name in ("N", "Ins", "Lin", "Ab", "J"):
        alone = simulate_patients(model, made, p, outputs=[name], days=DAYS)
        assert alone.of(name) == pytest.approx(together.of(name), rel=5e-3, abs=1e-12)


def test_the_error_falls_with_the_tolerance(model: MechanismModel) -> None:
    made = dosing(model, *EVERYTHING, days=10.0)
    p = patients(model, 1, seed=4)
    levels = [Tolerances(t, t / 100, t, 1_000_000) for t in (1e-3, 1e-5, 1e-8)]
    rough, fine, finest = (
        simulate_patients(model, made, p, outputs=["J"], days=[10.0], tolerances=t).values[0, 0, 0]
        for t in levels
    )
    assert abs(fine - finest) < 0.1 * abs(rough - finest)
    assert fine == pytest.approx(finest, abs=2e-5)


def test_cells_may_fall_over_thirty_orders(model: MechanismModel) -> None:
    made = dosing(model, MAB, DRIP, days=100.0)
    p = model.with_values({"ku": 2.0, "kx": 0.5}).values[None]
    found = simulate_patients(model, made, p, outputs=["N", "J"], days=[100.0])
    cells, killed = found.values[0, 0]
    assert 0.0 < cells < 1e-20
    # ln N = ln N(0) + growth - J, the growth between 0 and 0.02 a day.
    assert -killed <= np.log(cells / 1e9) <= -killed + 2.0
