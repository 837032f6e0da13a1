"""The door for trials that report a phenotype, only one side of it, or not at all."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector, refuse
from equipoise.synthesis.subgroups.strata import (
    ROW_ACTION,
    equal_sizes,
    labels,
    number_problems,
)

KINDS = ("positive", "negative", "whole")


class PhenotypeTrial(NamedTuple):
    """One trial: places of its rows by kind (-1 if it has none), its share q and error.

    `kind` is ``both``, ``positive``, ``negative`` or ``whole``.
    """

    trial: Hashable
    kind: str
    rows: tuple[int, ...]
    share: float
    share_se: float


class PhenotypeRows(NamedTuple):
    """All rows (n,) and the trials they make up."""

    y: Array
    v: Array
    trials: tuple[PhenotypeTrial, ...]


def read_phenotype_rows(
    yi: ArrayLike,
    vi: ArrayLike,
    trial: Sequence[Hashable],
    stratum: Sequence[str],
    *,
    share: ArrayLike | None,
    share_se: ArrayLike | None,
    share_needed: bool,
) -> PhenotypeRows:
    """Return the checked rows, or every reason why they cannot be analysed at once."""
    y, v = as_vector(yi, "yi"), as_vector(vi, "vi")
    names, kinds = labels(trial, "trial"), labels(stratum, "stratum")
    q = np.full(y.size, np.nan) if share is None else as_vector(share, "share")
    s = np.zeros(y.size) if share_se is None else as_vector(share_se, "share_se")
    sizes = {"yi": y.size, "vi": v.size, "trial": len(names), "stratum": len(kinds)}
    equal_sizes({**sizes, "share": q.size, "share_se": s.size})
    problems = number_problems(y, v)
    problems += refuse("share", q, ~np.isnan(q) & ~((q >= 0.0) & (q <= 1.0)), "0 to 1, or NaN")
    problems += refuse("share_se", s, ~((s >= 0.0) & (s < 0.5)), "0 or above, below 0.5")
    problems += [
        Problem("", f"index {i}", "stratum", repr(x), ", ".join(KINDS), ROW_ACTION)
        for i, x in enumerate(kinds)
        if x not in KINDS
    ]
    if problems:
        raise ArrayError(problems)
    rows: dict[Hashable, dict[str, int]] = {}
    for i, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        if str(kind) in rows.setdefault(name, {}):
            found, allowed = f"{name}, {kind}, again", "one row a trial and stratum"
            problems.append(Problem("", f"index {i}", "stratum", found, allowed, ROW_ACTION))
        rows[name].setdefault(str(kind), i)
    trials = [_trial(name, found, (v, q, s), problems) for name, found in rows.items()]
    problems += _share_problems(trials, share_needed)
    if problems:
        raise ArrayError(problems)
    return PhenotypeRows(y, v, tuple(trials))


def _trial(
    name: Hashable,
    found: dict[str, int],
    columns: tuple[Array, Array, Array],
    problems: list[Problem],
) -> PhenotypeTrial:
    """One trial; without a share, two strata have that of their own precisions."""
    v, q, s = columns
    if "whole" in found and len(found) > 1:
        allowed = "the whole alone, or strata that do not overlap it"
        action = "Leave the whole out; derive the missing stratum with contrasts_from_whole."
        shown = f"{name}: {', '.join(found)}"
        problems.append(Problem("", f"index {found['whole']}", "stratum", shown, allowed, action))
    rows = tuple(found[kind] for kind in KINDS if kind in found)
    kind = "both" if "positive" in found and "negative" in found else next(iter(found))
    given = {float(q[i]) for i in rows if np.isfinite(q[i])}
    if len(given) > 1:
        shown = f"{name}: {', '.join(str(x) for x in sorted(given))}"
        allowed, action = "one share a trial", "Give the same share on all its rows."
        problems.append(Problem("", f"index {rows[0]}", "share", shown, allowed, action))
    value = next(iter(given), np.nan)
    if kind == "both" and not given:
        first, second = v[[found["positive"], found["negative"]]]
        value = float(second / (first + second))
    return PhenotypeTrial(name, kind, rows, value, float(max(s[i] for i in rows)))


def _share_problems(trials: Sequence[PhenotypeTrial], share_needed: bool) -> list[Problem]:
    """Return trials whose share is missing though it counts, or cannot be theirs."""
    out = []
    empty = {"positive": 0.0, "negative": 1.0}
    for one in trials:
        where = f"index {one.rows[0]}"
        needed = one.kind in empty or (one.kind == "whole" and share_needed)
        if needed and np.isnan(one.share):
            action = "Give the share; information_share derives it from patients or events."
            problem = Problem("", where, "share", f"{one.trial}: NaN", "0 to 1", action)
            out.append(problem)
        if one.share == empty.get(one.kind, -1.0) or (one.kind == "both" and one.share in {0, 1}):
            allowed = f"a share that leaves patients in the {one.kind} stratum"
            allowed = "between 0 and 1 for two strata" if one.kind == "both" else allowed
            shown = f"{one.trial}: {one.share:g}"
            out.append(Problem("", where, "share", shown, allowed, ROW_ACTION))
    return out


def central_share(rows: PhenotypeRows) -> float:
    """Information-weighted mean share of the trials that report a stratum; NaN if none does.

    A trial's information is that of all its patients: `1 / v` of its rows together, a single
    stratum's divided by its share. Trials with the whole only have no say, so that adding one
    never moves the population that an answer is about.
    """
    total, mean = 0.0, 0.0
    reporting = [one for one in rows.trials if one.kind != "whole"]
    scale = min((float(rows.v[i]) for one in reporting for i in one.rows), default=1.0)
    for one in reporting:
        part = {"both": 1.0, "positive": one.share, "negative": 1.0 - one.share}[one.kind]
        weight = float((scale / rows.v[list(one.rows)]).sum()) / part
        total, mean = total + weight, mean + weight * one.share
    return mean / total if total > 0.0 else float("nan")
