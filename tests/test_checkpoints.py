"""A room is computed once, again when its key changes, and rebuilt as it was."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from equipoise.checkpoints import Checkpoints, fingerprint, from_plain, to_plain


@dataclass(frozen=True)
class Part:
    name: str
    value: float | None
    pair: tuple[int, str]


class Named(NamedTuple):
    weights: NDArray[np.float64]
    share: float


@dataclass(frozen=True)
class Whole:
    named: Named
    parts: tuple[Part, ...]
    table: dict[str, tuple[float, ...]]
    weights: NDArray[np.float64]


def example() -> Whole:
    part = Part("a", None, (1, "x"))
    named = Named(np.array([0.5]), 0.25)
    return Whole(
        named, (part, Part("b", math.nan, (2, "y"))), {"t": (1.0, 2.5)}, np.array([1.0, 3.0])
    )


def test_a_value_comes_back_as_it_was() -> None:
    value = example()
    back = from_plain(Whole, to_plain(value))
    assert back.parts[0] == value.parts[0]
    assert math.isnan(back.parts[1].value)
    assert back.table == value.table
    assert isinstance(back.named, Named)
    assert back.named.share == value.named.share
    np.testing.assert_array_equal(back.named.weights, value.named.weights)
    np.testing.assert_array_equal(back.weights, value.weights)


def test_a_room_is_computed_once(tmp_path: Path) -> None:
    calls: list[int] = []

    def compute() -> Part:
        calls.append(1)
        return Part("a", 1.0, (1, "x"))

    for _ in range(2):
        Checkpoints(tmp_path).room("synthesis", Part, "key", compute)
    assert len(calls) == 1
    Checkpoints(tmp_path).room("synthesis", Part, "other key", compute)
    Checkpoints(tmp_path, fresh=True).room("synthesis", Part, "key", compute)
    assert len(calls) == 3


def test_a_torn_file_is_computed_again(tmp_path: Path) -> None:
    value = Part("a", 1.0, (1, "x"))
    Checkpoints(tmp_path).room("synthesis", Part, "key", lambda: value)
    (stored,) = tmp_path.glob("*.room")
    stored.write_bytes(stored.read_bytes()[:10])
    assert Checkpoints(tmp_path).room("synthesis", Part, "key", lambda: value) == value
    assert Checkpoints(tmp_path).room("synthesis", Part, "key", lambda: value) == value


def test_unused_results_are_removed(tmp_path: Path) -> None:
    Checkpoints(tmp_path).blob("figure", "old", lambda: b"1")
    now = Checkpoints(tmp_path)
    now.blob("figure", "new", lambda: b"2")
    now.forget_unused()
    assert len(list(tmp_path.glob("*.room"))) == 1


def test_what_cannot_be_stored_is_an_error() -> None:
    with pytest.raises(TypeError, match="object"):
        to_plain(object())


@given(st.dictionaries(st.text(), st.floats(allow_nan=False), min_size=1))
def test_the_fingerprint_ignores_the_order_of_keys(table: dict[str, float]) -> None:
    backwards = dict(reversed(table.items()))
    assert fingerprint(table) == fingerprint(backwards)
