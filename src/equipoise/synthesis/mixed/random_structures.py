"""Random effects: what do the true effects share, and how may they covary.

Two small values say it. `Groups` gives every group of rows one normal deviation with a common
variance; `Correlated` gives every outer group a vector of deviations, one for each inner level,
with covariance matrix `G`. Rows are the effects that are analysed, in their order.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError

Codes = NDArray[np.intp]

Labels = Sequence[Any] | NDArray[Any]

STRUCTURES = ("UN", "CS", "HCS", "DIAG", "ID")


@dataclass(frozen=True)
class Groups:
    """One deviation for every group of rows, all with the same variance `tau2`.

    Two rows of one group share the deviation, so that their true effects covary by `tau2`.
    ``Groups(study)`` and ``Groups(list(zip(study, effect)))`` together are the three-level
    model, metafor's ``random = ~ 1 | study / effect``.

    Attributes
    ----------
    labels : sequence, length k
        The group of each row; any values that can be compared for equality.
    name : str
        What parameters are called after; the position of the structure (1, 2, ...) if empty.

    Examples
    --------
    >>> Groups(["a", "a", "b"], name="study").name
    'study'
    """

    labels: Sequence[Any] | NDArray[Any]
    name: str = ""


@dataclass(frozen=True)
class Correlated:
    """A vector of deviations for every outer group, one for each inner level.

    The deviations of one outer group are `N(0, G)`; metafor's ``random = ~ inner | outer``.

    Attributes
    ----------
    inner : sequence, length k
        Level of each row, for instance its outcome or its subgroup.
    outer : sequence, length k
        Group of each row, for instance its study; groups are independent.
    structure : {"UN", "CS", "HCS", "DIAG", "ID"}
        ``UN``: any covariance matrix. ``CS``: one variance, one correlation. ``HCS``: a
        variance for each level, one correlation. ``DIAG``: a variance for each level, no
        correlation. ``ID``: one variance, no correlation.
    name : str
        What parameters are called after; the position of the structure if empty.

    Examples
    --------
    >>> Correlated(["x", "y", "x"], [1, 1, 2]).structure
    'UN'
    """

    inner: Sequence[Any] | NDArray[Any]
    outer: Sequence[Any] | NDArray[Any]
    structure: str = "UN"
    name: str = ""


@dataclass(frozen=True)
class Component:
    """A random structure in numbers: levels `inner` (k,), groups `outer` (k,), `q` levels."""

    structure: str
    name: str
    levels: tuple[str, ...]
    inner: Codes
    outer: Codes

    @property
    def q(self) -> int:
        """Number of inner levels, the size of `G`."""
        return len(self.levels)


Structures = Groups | Correlated | Sequence[Groups | Correlated] | Mapping[str, Labels] | Labels
"""What may stand for the random structures of a model, see `structures_of`."""


def structures_of(random: Structures | None, k: int) -> tuple[Groups | Correlated, ...]:
    """Return the structures that are meant; what cannot be one is left for `components_of`.

    None is no structure, one structure need not be in a list, k plain labels are the `Groups` of
    them, and a mapping (or a dataframe) gives each `Groups` its name.
    """
    if random is None:
        return ()
    if isinstance(random, Groups | Correlated):
        return (random,)
    if isinstance(random, Mapping) or hasattr(random, "columns"):
        named: Any = random
        return tuple(
            item if isinstance(item, Groups | Correlated) else Groups(item, str(name))
            for name, item in named.items()
        )
    items = [random] if isinstance(random, str) else listed(random, "random")
    if len(items) == k and all(isinstance(item, str | int | float) for item in items):
        return (Groups(items),)
    return tuple(items)


def components_of(
    random: Sequence[Groups | Correlated], k: int
) -> tuple[tuple[Component, ...], list[Problem]]:
    """Every structure in numbers, and every reason why one cannot be used."""
    found: list[Component] = []
    problems: list[Problem] = []
    for position, item in enumerate(random):
        where = f"random[{position}]"
        if not isinstance(item, Groups | Correlated):
            allowed = "Groups(...) or Correlated(...)"
            action = "Wrap the labels of the rows in one of these."
            problems.append(Problem("", "", where, repr(item), allowed, action))
            continue
        name = item.name or str(position + 1)
        if isinstance(item, Groups):
            outer, _, bad = _coded(item.labels, f"{where} labels", k)
            problems += bad
            if not bad:
                found.append(Component("ID", name, ("",), np.zeros(k, np.intp), outer))
            continue
        inner, levels, bad_inner = _coded(item.inner, f"{where} inner", k)
        outer, _, bad_outer = _coded(item.outer, f"{where} outer", k)
        problems += bad_inner + bad_outer
        if item.structure not in STRUCTURES:
            allowed = ", ".join(STRUCTURES)
            problems.append(
                Problem("", where, "structure", repr(item.structure), allowed, "Choose one.")
            )
        elif not (bad_inner or bad_outer):
            found.append(Component(item.structure, name, levels, inner, outer))
    if not problems:
        problems = _unidentified(found, k)
    return tuple(found), problems


def _coded(
    labels: Sequence[Any] | NDArray[Any], field: str, k: int
) -> tuple[Codes, tuple[str, ...], list[Problem]]:
    """Labels as numbers 0, 1, ... in sorted order of their values, so that rows may be moved."""
    values = listed(labels, field)
    empty = np.empty(0, np.intp)
    if len(values) != k:
        return empty, (), [_problem(field, f"{len(values)} labels", f"one for each of {k} rows")]
    bad = [i for i, item in enumerate(values) if not _is_label(item)]
    if bad:
        allowed = "a text, a number or a tuple of these, not missing"
        return empty, (), [_problem(f"{field}, index {i}", repr(values[i]), allowed) for i in bad]
    try:
        order = sorted(set(values))
    except TypeError:
        order = sorted(set(values), key=lambda item: (type(item).__name__, repr(item)))
    codes = {item: code for code, item in enumerate(order)}
    return (
        np.array([codes[item] for item in values], dtype=np.intp),
        tuple(str(item) for item in order),
        [],
    )


def listed(labels: Sequence[Any] | NDArray[Any], field: str) -> list[Any]:
    """Labels as a list of plain values, or the error that says they are not a sequence."""
    try:
        return [item.item() if isinstance(item, np.generic) else item for item in labels]
    except TypeError as error:
        problem = _problem(field, repr(labels), "a sequence of labels")
        raise ArrayError([problem]) from error


def _is_label(item: object) -> bool:
    """Whether an item can name a group: not missing, and equal to itself."""
    if isinstance(item, tuple):
        return all(_is_label(part) for part in item)
    return item is not None and isinstance(item, Hashable) and item == item  # noqa: PLR0124


def _problem(where: str, value: str, allowed: str) -> Problem:
    return Problem("", "", where, value, allowed, "Give every row its group.")


def _unidentified(components: list[Component], k: int) -> list[Problem]:
    """Structures whose parameters no data of this shape can tell apart."""
    problems = []
    seen: dict[bytes, int] = {}
    for position, item in enumerate(components):
        where = f"random[{position}]"
        if k > 1 and item.outer.max() == 0 and item.q == 1:
            action = "One group shows no variance between groups; leave the structure out."
            problems.append(Problem("", where, "labels", "one group", "two groups", action))
        if item.structure in ("ID", "DIAG") and item.q == 1:
            key = item.outer.tobytes()
            if key in seen:
                action = "Two variances of the same groups cannot be told apart; give it once."
                value = f"the groups of random[{seen[key]}]"
                problems.append(Problem("", where, "labels", value, "other groups", action))
            seen[key] = position
        if item.q > 1 and item.structure in ("UN", "CS", "HCS"):
            problems += _never_together(item, where)
    return problems


def _never_together(item: Component, where: str) -> list[Problem]:
    """Pairs of levels that no outer group holds both of: they have no correlation to estimate."""
    present = np.zeros((int(item.outer.max()) + 1, item.q), dtype=bool)
    present[item.outer, item.inner] = True
    together = present.T.astype(float) @ present
    pairs = [(a, b) for b in range(item.q) for a in range(b) if together[a, b] == 0.0]
    if item.structure != "UN" and len(pairs) < item.q * (item.q - 1) // 2:
        return []
    action = "Use structure DIAG (or ID), or leave those levels out."
    return [
        Problem(
            *("", where, "inner", f"{item.levels[a]!r} and {item.levels[b]!r} never together"),
            *("pairs of levels that some outer group holds both of", action),
        )
        for a, b in pairs
    ]
