"""Every subset of the studies pooled: is there one body of evidence, or several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.synthesis import batch
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.bias.study_effects import checked, option

METHOD_CITES = {"gosh": ("olkin2012",)}

EVERY = 20
"""Studies up to which all subsets are pooled (1,048,575 of them) unless fewer are asked for."""

SAMPLE = 100_000
"""Subsets drawn where there are too many: a tail of 1 % is then known to 0.03 %."""

CHUNK = 65_536
"""Subsets pooled at a time, so that memory does not grow with their number."""


@dataclass(frozen=True)
class Subsets:
    """Pools of many subsets; arrays are (n,).

    Attributes
    ----------
    estimate, tau2, i2, q : array
        As in `PooledEffect`; for a subset of one study, tau2 and Q are 0 and I2 is NaN.
    size : array of int
        Studies in each subset.
    members : array of uint8, shape (n, ceil(k / 8))
        Bitmask of the studies in each subset: bit `i % 8` of byte `i // 8` is study i.
    exhaustive : bool
        Whether these are all the non-empty subsets.
    seed : int
        Of the draw; meaningless when exhaustive.
    method : str
    k : int
    status : array of int8
        Code of each fit, an index into `equipoise.synthesis.batch.STATUSES`.
    message : str
    """

    estimate: Array
    tau2: Array
    i2: Array
    q: Array
    size: NDArray[np.int64]
    members: NDArray[np.uint8]
    exhaustive: bool
    seed: int
    method: str
    k: int
    status: NDArray[np.int8]
    message: str

    @property
    def included(self) -> NDArray[np.bool_]:
        """Whether each study is in each subset, shape (n, k)."""
        return _unpacked(self.members, self.k)


def gosh(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    method: str = "REML",
    subsets: int | None = None,
    seed: int = 20_120_915,
) -> Subsets:
    """Pool every subset of the studies, or a random sample of subsets.

    A plot of estimate against I2 over all `2^k - 1` non-empty subsets shows clusters when the
    studies are of several kinds, and which study splits them (colour by membership).

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects on the analysis scale and their sampling variances.
    method : str
        Estimator of tau2, as in `pool`.
    subsets : int, optional
        How many. If not said, all of them up to 20 studies and 100,000 beyond; a number below
        `2^k - 1` draws that many, each study being in with chance 1/2, with replacement.
    seed : int
        Of `numpy.random.default_rng`; the same seed gives the same subsets on every machine.

    Returns
    -------
    Subsets
        All subsets come in the order of their bitmask, read as a number.

    Raises
    ------
    ArrayError
        As `pool`; also when `subsets` is not a whole number above 0.

    Notes
    -----
    To look at, not to select by: the subset with the nicest answer is a choice made by the
    answer. Source: Olkin, Dahabreh and Trikalinos 2012, 10.1002/jrsm.1053.

    Examples
    --------
    >>> result = gosh([0.1, 0.2, 0.9], [0.02, 0.03, 0.02], method="EE")
    >>> result.size.tolist(), result.included[2].tolist()
    ([1, 1, 2, 1, 2, 2, 3], [True, True, False])
    """
    problems = []
    if subsets is not None and not (subsets >= 1 and float(subsets).is_integer()):
        allowed = "a whole number, at least 1"
        problems.append(option("subsets", subsets, allowed, "Leave it out for all."))
    y, v = checked(yi, vi, problems=problems)
    k, subsets = y.size, None if subsets is None else int(subsets)
    every = k <= EVERY if subsets is None else k < 63 and subsets >= 2**k - 1
    members = _all(k) if every else _drawn(k, subsets or SAMPLE, seed)
    return _pooled(y, v, members, method=method, exhaustive=every, seed=seed)


def _all(k: int) -> NDArray[np.uint8]:
    """Bitmasks of all non-empty subsets, in numerical order."""
    codes = np.arange(1, 2**k, dtype="<u8")
    return codes.view(np.uint8).reshape(-1, 8)[:, : -(-k // 8)].copy()


def _drawn(k: int, n: int, seed: int) -> NDArray[np.uint8]:
    """Bitmasks of `n` random non-empty subsets."""
    rng = np.random.default_rng(seed)
    included = rng.random((n, k)) < 0.5
    while (empty := ~included.any(axis=1)).any():
        included[empty] = rng.random((int(empty.sum()), k)) < 0.5
    return np.packbits(included, axis=1, bitorder="little")


def _unpacked(members: NDArray[np.uint8], k: int) -> NDArray[np.bool_]:
    """Membership (n, k) of bitmasks."""
    return np.unpackbits(members, axis=1, count=k, bitorder="little").view(np.bool_)


def _pooled(
    y: Array, v: Array, members: NDArray[np.uint8], *, method: str, exhaustive: bool, seed: int
) -> Subsets:
    """Pool the subsets chunk by chunk."""
    n = members.shape[0]
    numbers = {name: np.empty(n) for name in ("estimate", "tau2", "i2", "q")}
    size, status = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int8)
    for first in range(0, n, CHUNK):
        rows = slice(first, first + CHUNK)
        kept = _unpacked(members[rows], y.size)
        done = batch.pool(
            np.where(kept, y, np.nan), np.where(kept, v, np.nan), method=method, ci="wald"
        )
        for name, array in numbers.items():
            array[rows] = getattr(done, name)
        size[rows], status[rows] = done.k, done.status
    return Subsets(
        estimate=numbers["estimate"],
        tau2=numbers["tau2"],
        i2=numbers["i2"],
        q=numbers["q"],
        size=size,
        members=members,
        exhaustive=exhaustive,
        seed=seed,
        method=method,
        k=y.size,
        status=status,
        message="No study." if not n else "" if exhaustive else f"{n} subsets drawn at random.",
    )
