"""Machine code gives what the plain evaluation gives."""

from __future__ import annotations

import pickle
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from numpy.typing import NDArray
from tests.mechanism.formulas.random_formulas import NAMES, trees

from equipoise.mechanism.formulas import (
    Formula,
    FormulaError,
    call_native,
    evaluate,
    machine_code,
    parse_formula,
)
from equipoise.mechanism.formulas.tree import written

Array = NDArray[np.float64]
SLOTS = {"a": (0, 0), "b": (1, 1), "c": (1, 0)}
FORMULAS = st.lists(trees().map(lambda tree: Formula(written(tree), tree)), min_size=1, max_size=6)
VALUES = st.lists(
    st.tuples(*[st.floats(-30, 30) | st.floats(1e-6, 1e4) for _ in NAMES]), min_size=3, max_size=8
)


@settings(max_examples=40)
@given(FORMULAS, VALUES)
def test_random_formulas(formulas: list[Formula], points: list[tuple[float, ...]]) -> None:
    code = machine_code({"f": formulas}, SLOTS)
    for a, b, c in points:
        found = code("f", np.array([a]), np.array([c, b]))
        plain = [evaluate(formula, {"a": a, "b": b, "c": c}) for formula in formulas]
        np.testing.assert_allclose(found, plain, rtol=1e-14, atol=0.0)


@pytest.mark.parametrize("text", ["2^a", "4^a", "0.5^a", "a^0.5", "10^a", "exp(a)", "a^1.5"])
def test_a_power_that_the_compiler_rewrites_is_the_same_number(text: str) -> None:
    formula = parse_formula(text)
    code = machine_code({"f": [formula]}, {"a": (0, 0)})
    for a in np.linspace(0.01, 40.0, 97):
        found = code("f", np.array([a]), np.empty(0))
        np.testing.assert_allclose(found, evaluate(formula, {"a": a}), rtol=3e-16)


@settings(max_examples=10)
@given(st.lists(trees(), min_size=4, max_size=4), VALUES)
def test_lets_are_the_formulas_put_in(parts: list, points: list[tuple[float, ...]]) -> None:
    lets = [(f"let{k}", Formula(written(tree), tree)) for k, tree in enumerate(parts)]
    lets[2] = ("let2", parse_formula("let0 + let1*a"))
    chosen = [parse_formula("let2 - b"), parse_formula("let0")]
    code = machine_code({"f": chosen, "only": [parse_formula("a")]}, SLOTS, lets)
    for a, b, c in points:
        values = {"a": a, "b": b, "c": c}
        for name, formula in lets:
            values[name] = evaluate(formula, values)
        found = code("f", np.array([a]), np.array([c, b]))
        np.testing.assert_allclose(found, [evaluate(f, values) for f in chosen], rtol=1e-14)
        assert code("only", np.array([a]), np.array([c, b])).tolist() == [a]


@njit(nogil=True, error_model="numpy")
def summed(address: int, x: Array, p: Array, out: Array, times: int) -> float:
    total = 0.0
    for k in range(times):
        x[0] = k
        call_native(address, x.ctypes.data, p.ctypes.data, out.ctypes.data)
        total += out[0] + out[1]
    return total


def test_a_kernel_calls_it_by_address() -> None:
    formulas = [parse_formula("a*b + c"), parse_formula("a^2")]
    code = machine_code({"g": [], "f": formulas}, SLOTS)
    total = summed(code.address("f"), np.zeros(1), np.array([0.5, 2.0]), np.zeros(2), 100)
    assert total == sum(k * 2.0 + 0.5 + k * k for k in range(100))


def test_threads_share_the_code() -> None:
    code = machine_code({"f": [parse_formula("a*b"), parse_formula("c")]}, SLOTS)
    sums: dict[int, float] = {}

    def work(k: int) -> None:
        p, out = np.array([1.0, float(k)]), np.zeros(2)
        sums[k] = summed(code.address("f"), np.zeros(1), p, out, 2000)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sums == {k: 1999000.0 * k + 2000.0 for k in range(4)}


def test_two_modules_stand_side_by_side() -> None:
    first = machine_code({"f": [parse_formula("a + 1")]}, SLOTS)
    second = machine_code({"f": [parse_formula("a + 2")]}, SLOTS)
    x, p = np.array([1.0]), np.zeros(2)
    assert (first("f", x, p)[0], second("f", x, p)[0]) == (2.0, 3.0)
    del second
    assert first("f", x, p)[0] == 2.0


def test_numbers_are_kept_to_the_last_bit() -> None:
    numbers = [0.1, 1e-308, 5e-324, 1.7976931348623157e308, 1 / 3, 1e22, 123456789.123456789]
    code = machine_code({"f": [parse_formula(repr(n)) for n in numbers]}, {})
    assert code("f", np.empty(0), np.empty(0)).tolist() == numbers


def test_unknown_names_and_doubled_ones_are_named_at_once() -> None:
    lets = [
        ("u", parse_formula("later + a")),
        ("later", parse_formula("a")),
        ("a", parse_formula("1")),
    ]
    with pytest.raises(FormulaError) as caught:
        machine_code({"f": [parse_formula("a + missing")]}, SLOTS, lets)
    assert [(p.file, p.value) for p in caught.value.problems] == [
        ("u", "later"),
        ("a", "1"),
        ("f", "missing"),
    ]


def test_a_let_that_nothing_uses_is_not_computed() -> None:
    lets = [("unused", parse_formula("exp(a)^b")), ("used", parse_formula("a + 1"))]
    code = machine_code({"f": [parse_formula("used*2")]}, SLOTS, lets)
    assert code("f", np.array([1.0]), np.zeros(2)).tolist() == [4.0]


def test_it_stays_in_its_process() -> None:
    code = machine_code({"f": [parse_formula("a")]}, SLOTS)
    with pytest.raises(TypeError, match="each worker"):
        pickle.dumps(code)
