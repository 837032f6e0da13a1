"""Many simulations side by side: the cells of a grid, each kept when it is finished."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol, TypeVar

from equipoise.design.engines.chunks import Keep, Progress

C = TypeVar("C")
R = TypeVar("R")
T = TypeVar("T")


class Store(Protocol):
    """A folder of finished results; `equipoise.checkpoints.Checkpoints` is one.

    It writes under a temporary name and moves, so that an interrupted run leaves a result whole
    or not at all.
    """

    def room(self, name: str, kind: type[T], key: str, compute: Callable[[], T]) -> T:
        """Return what is stored under the key, or compute and store it."""
        ...


def kept(store: Store | None, name: str, kind: type[R], key: str) -> Keep[R] | None:
    """Bind a place in the store, in the form `run_chunks` takes; None without a store."""
    return None if store is None else partial(store.room, name, kind, key)


def run_grid(
    cells: Mapping[str, C],
    evaluate: Callable[[C], R],
    kind: type[R],
    *,
    store: Store | None = None,
    key: Callable[[C], str] = repr,
    progress: Progress | None = None,
) -> dict[str, R]:
    """Evaluate every cell in order; those finished before are taken from the store.

    Parameters
    ----------
    cells : mapping of name to cell
        What each cell holds: a design under a truth, say, with its seed.
    evaluate : callable
        Result of a cell; often a call of `run_chunks`.
    kind : type
        Type of a result, so that the store can rebuild it.
    store : Store, optional
        Where finished cells are kept. An interrupt loses the cell at work, no other.
    key : callable
        Text on which the cell's result depends; put the code's version and the seed into it.
    progress : callable, optional
        `progress(done, all)` after each cell.
    """
    results: dict[str, R] = {}
    for done, (name, cell) in enumerate(cells.items(), 1):
        keep = kept(store, name, kind, key(cell))
        compute = partial(evaluate, cell)
        results[name] = compute() if keep is None else keep(compute)
        if progress is not None:
            progress(done, len(cells))
    return results
