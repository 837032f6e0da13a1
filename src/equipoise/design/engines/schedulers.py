"""Who computes the chunks of a job: threads, processes or a cluster, always in chunk order.

Every scheduler takes a list of calls without arguments and yields their results in the order of
the list. The numbers cannot depend on which one is used: a call carries its own seed. When the
caller stops early (an error, an interrupt), what has not begun is cancelled, what runs in a
thread is waited for, and nothing is left behind.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from joblib import Parallel, delayed

from equipoise.errors import MissingExtraError, Problem
from equipoise.synthesis.arrays import ArrayError

R = TypeVar("R")
Calls = Sequence[Callable[[], R]]

SCHEDULERS = ("threads", "processes", "tcp://host:port")


def results_of(calls: Calls[R], workers: int, scheduler: str) -> Generator[R, None, None]:
    """Yield the results of the calls in their order.

    Parameters
    ----------
    calls : sequence of callables
        For processes and a cluster they must be picklable: a partial of a module's function.
    workers : int
        Threads or processes; a cluster has its own.
    scheduler : str
        ``threads`` (kernels release the interpreter lock), ``processes`` (joblib) or the address
        of a Dask scheduler, ``tcp://host:port``.
    """
    if scheduler.startswith("tcp://"):
        return _on_cluster(calls, scheduler)
    if scheduler not in SCHEDULERS:
        raise ArrayError([_unknown(scheduler)])
    if workers == 1 or len(calls) == 1:
        return (call() for call in calls)
    return (_in_threads if scheduler == "threads" else _in_processes)(calls, workers)


def _in_threads(calls: Calls[R], workers: int) -> Generator[R, None, None]:
    pool = ThreadPoolExecutor(workers)
    try:
        futures = [pool.submit(call) for call in calls]
        while futures:
            yield futures.pop(0).result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _in_processes(calls: Calls[R], workers: int) -> Generator[R, None, None]:
    jobs = (delayed(_call)(call) for call in calls)
    yield from Parallel(n_jobs=workers, return_as="generator")(jobs)


def _on_cluster(calls: Calls[R], address: str) -> Generator[R, None, None]:
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise MissingExtraError("cluster", "a Dask scheduler") from error
    with distributed.Client(address, set_as_default=False) as client:
        futures = [client.submit(call, pure=False) for call in calls]
        try:
            while futures:
                yield futures[0].result()
                futures.pop(0).release()
        finally:
            client.cancel(futures)


def _call(call: Callable[[], R]) -> R:
    return call()


def _unknown(scheduler: str) -> Problem:
    return Problem(
        *("", "", "scheduler", repr(scheduler), ", ".join(SCHEDULERS), "Choose one of these.")
    )
