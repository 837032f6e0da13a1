"""The methods themselves: order conditions, convergence, exact blocks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm
from tests.mechanism.solving.conftest import DRIP, MAB, VALUES, dosing

from equipoise.mechanism.dosing import Dose
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.solving import Tolerances, rosenbrock, runge_kutta, simulate_patients
from equipoise.mechanism.solving.exact_blocks import decompose

OUT = ("Gut", "Cen", "Tis")


def test_the_explicit_method_is_of_order_four_and_a_quadrature_of_degree_five() -> None:
    A, b, c = runge_kutta.A, runge_kutta.WEIGHTS, runge_kutta.NODES
    assert A.sum(axis=1) == pytest.approx(c)
    for degree in range(6):
        assert b @ c**degree == pytest.approx(1.0 / (degree + 1.0))
    assert b @ c**6 != pytest.approx(1.0 / 7.0, rel=1e-4)
    assert b @ A @ c == pytest.approx(1.0 / 6.0)
    assert b @ (c * (A @ c)) == pytest.approx(1.0 / 8.0)
    assert b @ A @ c**2 == pytest.approx(1.0 / 12.0)
    assert b @ A @ A @ c == pytest.approx(1.0 / 24.0)


def test_its_error_is_that_of_a_method_of_order_three() -> None:
    A = np.vstack([runge_kutta.A, runge_kutta.WEIGHTS])
    A = np.hstack([A, np.zeros((5, 1))])
    c, e = np.append(runge_kutta.NODES, 1.0), runge_kutta.ERROR
    for condition in (np.ones(5), c, c**2, A @ c):
        assert e @ condition == pytest.approx(0.0, abs=1e-15)
    # On a quadrature, the difference from the rule of degree 2 on the first three nodes.
    lower = np.linalg.solve(np.vander(c[:3], 3, increasing=True).T, [1.0, 1 / 2, 1 / 3])
    b = runge_kutta.WEIGHTS
    assert [*e[:3], e[3] + e[4]] == pytest.approx([*(b[:3] - lower), b[3]])


def test_the_implicit_method_is_of_order_four() -> None:
    # y' = -y^2 - z, z' = y - 3 z by the stages of the method, its own slopes put in.
    def rates(y: np.ndarray) -> np.ndarray:
        return np.array([-(y[0] ** 2) - y[1], y[0] - 3.0 * y[1]])

    def step(y: np.ndarray, h: float) -> tuple[np.ndarray, float]:
        slopes = np.array([[-2.0 * y[0], -1.0], [1.0, -3.0]])
        W = np.eye(2) / (h * rosenbrock.GAMMA) - slopes
        u = np.zeros((6, 2))
        for s in range(6):
            right = rates(y + rosenbrock.A[s] @ u) + rosenbrock.C[s] @ u / h
            u[s] = np.linalg.solve(W, right)
        return y + rosenbrock.A[5] @ u + u[5], float(np.abs(u[5]).max())

    def solve(steps: int) -> tuple[np.ndarray, float]:
        y, error = np.array([1.0, 0.2]), 0.0
        for _ in range(steps):
            y, last = step(y, 2.0 / steps)
            error = max(error, last)
        return y, error

    (rough, e1), (fine, e2), (exact, _) = solve(16), solve(32), solve(1024)
    ratio = np.abs(rough - exact).max() / np.abs(fine - exact).max()
    assert 2.0**3.7 < ratio < 2.0**4.6
    assert 2.0**3.5 < e1 / e2 < 2.0**4.6


def linear_course(model: MechanismModel, dose: float, t: float) -> np.ndarray:
    """Gut, plasma and tissue after one dose, by the exponential of the matrix."""
    ka, CL, V, kt = (model.values[model.index(name)] for name in ("ka", "CL", "V", "kt"))
    A = np.array([[-ka, 0.0, 0.0], [ka, -CL / V, 0.0], [0.0, kt / V, -kt]])
    return expm(A * t) @ np.array([dose, 0.0, 0.0])


@pytest.mark.parametrize(
    "values",
    [{}, {"kt": 700.0 / 300.0}, {"kt": 700.0 / 300.0, "ka": 700.0 / 300.0}, {"ka": 0.0}],
    ids=["apart", "two rates equal", "all rates equal", "one rate zero"],
)
def test_a_linear_block_is_the_exponential_of_its_matrix(
    model: MechanismModel, values: dict[str, float]
) -> None:
    changed = model.with_values(values)
    dose = Dose("pill", 500.0, "mg", "base", "oral", 0.0, 0.25, 0.0, 1)
    made = dosing(changed, dose, days=30.0)
    found = simulate_patients(
        changed, made, changed.values[None], outputs=OUT, days=[0.25, 0.3, 1.0, 9.0]
    )
    assert not found.failed
    assert found.values[0, 0].tolist() == [0.0, 0.0, 0.0]
    for k, t in enumerate((0.05, 0.75, 8.75), start=1):
        plain = linear_course(changed, 500.0, t)
        assert found.values[0, k] == pytest.approx(plain, rel=1e-6, abs=1e-7 * 500.0)


def test_matrices_without_eigenvectors_are_told_from_the_others() -> None:
    matrices = np.array(
        [
            [[-2.0, 0.0], [1.0, -1.0]],
            [[-1.0, 0.0], [1.0, -1.0]],
            [[0.0, 1.0], [-1.0, 0.0]],
            [[np.nan, 0.0], [0.0, 1.0]],
        ]
    )
    rate, basis, inverse, whole = decompose(matrices)
    assert whole.tolist() == [True, False, False, False]
    assert basis[0] @ np.diag(rate[0]) @ inverse[0] == pytest.approx(matrices[0])


def test_an_infusion_is_an_integral_of_what_flows_in(model: MechanismModel) -> None:
    # Two compartments: what is infused less what was eliminated is what is left.
    made = dosing(model, DRIP, days=5.0)
    found = simulate_patients(
        model, made, model.values[None], outputs=["Lin", "Per", "J"], days=[0.25 + 1 / 24, 5.0]
    )
    kl, kp, kq = (VALUES[name] for name in ("kl", "kp", "kq"))
    A = np.zeros((3, 3))
    A[:2, :2] = [[-(kl + kp), kq], [kp, -kq]]
    A[0, 2] = 8.0 / (2.0 / 24.0)
    half = expm(A / 24.0) @ [0.0, 0.0, 1.0]
    assert found.values[0, 0, :2] == pytest.approx(half[:2], rel=1e-10)
    end = expm(A * 2.0 / 24.0) @ [0.0, 0.0, 1.0]
    end = expm(np.array(A[:2, :2]) * (4.75 - 2.0 / 24.0)) @ end[:2]
    assert found.values[0, 1, :2] == pytest.approx(end, rel=1e-9)


def test_a_cycle_laid_again_is_the_cycle_solved(model: MechanismModel) -> None:
    # With a fast antibody each week begins empty, so weeks after the first are copies; a dose a
    # millionth larger each week makes them different, and they are solved.
    fast = model.with_values({"Vmax": 4000.0, "q": 3.0})
    weeks = [Dose("mab", 500.0 * (1.0 + 1e-6 * k), "mg", "", "iv", 2.0, 7.0 * k) for k in range(6)]
    same = [Dose("mab", 500.0, "mg", "", "iv", 2.0, 0.0, 7.0, 6)]
    outputs, days = ("Ab", "Ab2", "J"), [35.1, 36.0, 41.0]
    tolerances = Tolerances(1e-6, 1e-7, 1e-6, 1_000_000)
    copied, solved = (
        simulate_patients(
            *(fast, dosing(fast, *doses, days=42.0), fast.values[None]),
            outputs=outputs,
            days=days,
            tolerances=tolerances,
        ).values
        for doses in (same, weeks)
    )
    assert copied == pytest.approx(solved, rel=5e-5, abs=1e-5)


def test_overlapping_infusions_add(model: MechanismModel) -> None:
    one = Dose("mab", 200.0, "mg", "", "iv", 12.0, 0.0)
    two = Dose("mab", 100.0, "mg", "", "iv", 12.0, 0.0)
    late = Dose("mab", 100.0, "mg", "", "iv", 12.0, 0.25)
    days = [0.1, 0.3, 0.6, 3.0]
    p = model.values[None]
    whole = simulate_patients(model, dosing(model, one, days=3.0), p, outputs=["Ab"], days=days)
    halves = simulate_patients(
        model, dosing(model, two, two, days=3.0), p, outputs=["Ab"], days=days
    )
    assert halves.values == pytest.approx(whole.values, rel=1e-4)
    apart = simulate_patients(
        model, dosing(model, two, late, days=3.0), p, outputs=["Ab"], days=[0.25, 0.5, 0.75]
    )
    alone = simulate_patients(
        model, dosing(model, two, days=3.0), p, outputs=["Ab"], days=[0.25, 0.5, 0.75]
    )
    rise = apart.values[0, :, 0] - alone.values[0, :, 0]
    assert rise[0] == pytest.approx(0.0, abs=1e-2)
    assert 30.0 < rise[1] <= 50.0
    assert 60.0 < rise[2] <= 100.0


def test_a_day_of_output_is_before_its_dose(model: MechanismModel) -> None:
    made = dosing(model, MAB, days=30.0)
    found = simulate_patients(
        model, made, model.values[None], outputs=["Ab"], days=[0.0, 7.0, 7.0 + 1.5 / 24]
    )
    before, trough, peak = found.values[0, :, 0]
    assert before == 0.0
    assert peak > trough + 500.0
