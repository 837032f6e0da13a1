"""A simulation as chunks that do not know who computes them.

The number of replicates and the chunk size fix the chunks; each has a child seed of its own; the
results are added in chunk order. So one worker, four workers and a cluster give the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Protocol, TypeVar

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence

from equipoise.design.engines.schedulers import results_of
from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError

R = TypeVar("R", bound="Addable")

Progress = Callable[[int, int], None]
"""Called after each chunk, in order, with the number of chunks done and of all chunks."""


class Addable(Protocol):
    """A result of a chunk: `a + b` is that of both."""

    def __add__(self: R, other: R, /) -> R:
        """Add the result of another chunk."""
        ...


Work = Callable[[Generator, int], R]
"""What simulates: takes a generator and a number of replicates."""

T = TypeVar("T")
Keep = Callable[[Callable[[], T]], T]
"""Return what is kept of this job, or compute it, keep it and return it."""


def run_chunks(
    work: Work[R],
    replicates: int,
    chunk_size: int,
    seed: int | SeedSequence,
    *,
    workers: int = 1,
    scheduler: str = "threads",
    progress: Progress | None = None,
    keep: Keep[R] | None = None,
) -> R:
    """Simulate in chunks and add the results in chunk order.

    Parameters
    ----------
    work : callable
        `work(rng, size)` simulates `size` replicates with the generator `rng`. For processes and
        a cluster it must be picklable: a frozen record with `__call__`, or a partial.
    replicates, chunk_size : int
        Simulated trials in all and in a chunk (the last may hold fewer). Part of the job: another
        chunk size gives other draws.
    seed : int or SeedSequence
        Chunk `i` draws from child `i` (`SeedSequence.spawn`); a sequence is not changed.
    workers : int
        Threads or processes.
    scheduler : str
        ``threads``, ``processes`` or ``tcp://host:port`` of a Dask scheduler (extra ``cluster``).
    progress : callable, optional
        `progress(done, all)` after each chunk.
    keep : callable, optional
        `keep(compute)` returns the finished result if it is stored; see `run_grid`.

    Returns
    -------
    result
        The sum over chunks.

    Raises
    ------
    ArrayError
        Numbers below 1, or an unknown scheduler.

    Examples
    --------
    >>> run_chunks(lambda rng, size: size, 25, 10, seed=1)
    25
    """
    wanted = {"replicates": replicates, "chunk_size": chunk_size, "workers": workers}
    problems = [
        Problem("", "", name, repr(value), "a whole number, 1 or more", "Correct it.")
        for name, value in wanted.items()
        if not isinstance(value, int | np.integer) or value < 1
    ]
    if problems:
        raise ArrayError(problems)
    compute = partial(_compute, work, replicates, chunk_size, seed, workers, scheduler, progress)
    return compute() if keep is None else keep(compute)


def chunk_sizes(replicates: int, chunk_size: int) -> list[int]:
    """Replicates of each chunk: all full but the last."""
    full, rest = divmod(replicates, chunk_size)
    return [chunk_size] * full + [rest] * (rest > 0)


def child_seeds(seed: int | SeedSequence, chunks: int) -> list[SeedSequence]:
    """First `chunks` children of the seed, the same at every call."""
    if isinstance(seed, SeedSequence):
        seed = SeedSequence(seed.entropy, spawn_key=seed.spawn_key, pool_size=seed.pool_size)
    else:
        seed = SeedSequence(seed)
    return seed.spawn(chunks)


def _compute(
    work: Work[R],
    replicates: int,
    chunk_size: int,
    seed: int | SeedSequence,
    workers: int,
    scheduler: str,
    progress: Progress | None,
) -> R:
    sizes = chunk_sizes(replicates, chunk_size)
    seeds = child_seeds(seed, len(sizes))
    calls = [partial(_chunk, work, s, size) for s, size in zip(seeds, sizes, strict=True)]
    with closing(results_of(calls, workers, scheduler)) as results:  # cancels what is left
        told = _told(results, len(calls), progress)
        total = next(told)
        for result in told:
            total = total + result
    return total


def _chunk(work: Work[R], seed: SeedSequence, size: int) -> R:
    return work(Generator(PCG64(seed)), size)


def _told(results: Iterator[R], chunks: int, progress: Progress | None) -> Iterator[R]:
    for done, result in enumerate(results, 1):
        if progress is not None:
            progress(done, chunks)
        yield result
