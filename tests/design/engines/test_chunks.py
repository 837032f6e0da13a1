"""The same numbers whoever computes the chunks, and nothing lost when one stops early."""

from __future__ import annotations

import importlib.util
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.random import Generator, SeedSequence

from equipoise.checkpoints import Checkpoints
from equipoise.design.engines import Moments, Tally, run_chunks, run_grid
from equipoise.design.engines.chunks import child_seeds, chunk_sizes
from equipoise.design.engines.grid import kept
from equipoise.errors import MissingExtraError
from equipoise.synthesis.arrays import ArrayError

REPLICATES, CHUNK, SEED = 1_050, 100, 20_240


def mean_of_normals(rng: Generator, size: int) -> Tally:
    z = rng.standard_normal((size, 2))
    return Tally(size, {"above": (z > 1.0).sum(axis=0)}, {"z": Moments.of(z)})


def same(a: Tally, b: Tally) -> bool:
    """Equal to the last bit."""
    return (
        a.replicates == b.replicates
        and np.array_equal(a.counts["above"], b.counts["above"])
        and np.array_equal(a.moments["z"].total, b.moments["z"].total)
        and np.array_equal(a.moments["z"].squares, b.moments["z"].squares)
    )


@pytest.fixture(scope="module")
def alone() -> Tally:
    return run_chunks(mean_of_normals, REPLICATES, CHUNK, SEED)


def test_a_plain_loop_over_spawned_children_gives_the_same(alone: Tally) -> None:
    children = SeedSequence(SEED).spawn(11)
    sizes = [100] * 10 + [50]
    parts = [
        mean_of_normals(np.random.default_rng(child), n)
        for child, n in zip(children, sizes, strict=True)
    ]
    total = parts[0]
    for part in parts[1:]:
        total += part
    assert chunk_sizes(REPLICATES, CHUNK) == sizes
    assert same(alone, total)
    assert alone.replicates == REPLICATES


@pytest.mark.parametrize("workers", [2, 4])
def test_threads_give_the_same(alone: Tally, workers: int) -> None:
    assert same(alone, run_chunks(mean_of_normals, REPLICATES, CHUNK, SEED, workers=workers))


@pytest.mark.slow
def test_processes_give_the_same(alone: Tally) -> None:
    job = partial(run_chunks, mean_of_normals, REPLICATES, CHUNK, SEED)
    assert same(alone, job(workers=2, scheduler="processes"))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two local workers on loopback."""
    if importlib.util.find_spec("distributed") is None:
        pytest.skip("no Dask here: pip install 'equipoise[cluster]'")
    distributed = importlib.import_module("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as running:
        yield running


@pytest.mark.slow
def test_a_cluster_of_two_workers_gives_the_same(alone: Tally, cluster: Any) -> None:
    address = cluster.scheduler_address
    assert address.startswith("tcp://127.0.0.1")
    assert same(alone, run_chunks(mean_of_normals, REPLICATES, CHUNK, SEED, scheduler=address))


@pytest.mark.slow
def test_an_error_on_the_cluster_arrives_as_itself(cluster: Any) -> None:
    with pytest.raises(ZeroDivisionError, match="chunk"):
        run_chunks(broken, 30, 10, 1, scheduler=cluster.scheduler_address)


def broken(rng: Generator, size: int) -> Tally:
    raise ZeroDivisionError("chunk")


def test_without_dask_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"equipoise\[cluster\]"):
        run_chunks(mean_of_normals, 10, 5, 1, scheduler="tcp://127.0.0.1:1")


def test_progress_is_told_in_order() -> None:
    told: list[tuple[int, int]] = []
    run_chunks(mean_of_normals, 45, 10, 1, workers=3, progress=lambda *at: told.append(at))
    assert told == [(i, 5) for i in range(1, 6)]


def test_a_seed_sequence_is_left_as_it_was() -> None:
    parent = SeedSequence(7)
    first = run_chunks(mean_of_normals, 30, 10, parent)
    assert same(first, run_chunks(mean_of_normals, 30, 10, parent))
    assert same(first, run_chunks(mean_of_normals, 30, 10, 7))
    assert parent.n_children_spawned == 0
    assert child_seeds(parent, 2)[1].spawn_key == (1,)


@pytest.mark.parametrize("workers", [1, 3])
def test_an_interrupt_cancels_what_has_not_begun(workers: int) -> None:
    begun: list[int] = []

    def slow(rng: Generator, size: int) -> Tally:
        begun.append(size)
        time.sleep(0.01)
        return mean_of_normals(rng, size)

    def stop(done: int, chunks: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        run_chunks(slow, 1000, 10, 1, workers=workers, progress=stop)
    assert len(begun) < 20
    assert threading.active_count() == before


def test_bad_numbers_are_named_all_at_once() -> None:
    with pytest.raises(ArrayError) as caught:
        run_chunks(mean_of_normals, 0, -1, 1, workers=0)
    assert [p.field for p in caught.value.problems] == ["replicates", "chunk_size", "workers"]
    with pytest.raises(ArrayError, match="processes"):
        run_chunks(mean_of_normals, 20, 10, 1, workers=2, scheduler="quantum")


def cell(seed: int, counted: list[int]) -> Tally:
    counted.append(seed)
    if seed == 3 and len(counted) == 3:
        raise KeyboardInterrupt
    return run_chunks(mean_of_normals, 30, 10, seed)


def test_an_interrupted_grid_keeps_its_finished_cells(tmp_path: Path) -> None:
    counted: list[int] = []
    cells = {f"seed-{s}": s for s in (1, 2, 3, 4)}
    evaluate = partial(cell, counted=counted)
    with pytest.raises(KeyboardInterrupt):
        run_grid(cells, evaluate, Tally, store=Checkpoints(tmp_path))
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".room", ".room"]
    told: list[int] = []
    resumed = run_grid(
        cells, evaluate, Tally, store=Checkpoints(tmp_path), progress=lambda d, _: told.append(d)
    )
    assert counted == [1, 2, 3, 3, 4]
    assert told == [1, 2, 3, 4]
    fresh = run_grid(cells, partial(run_chunks, mean_of_normals, 30, 10), Tally)
    assert all(same(resumed[name], fresh[name]) for name in cells)
    assert resumed["seed-1"].counts["above"].dtype == np.int64


def test_a_kept_job_is_not_computed_again(tmp_path: Path) -> None:
    keep = kept(Checkpoints(tmp_path), "job", Tally, "all that it depends on")
    first = run_chunks(mean_of_normals, 30, 10, 5, keep=keep)
    assert same(first, run_chunks(broken, 30, 10, 5, keep=keep))
