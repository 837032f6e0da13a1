"""CPU time and error of a simulated patient, beside libroadrunner in one run.

Usage: python benchmarks/mechanism.py [--patients N] [--accurate N] [--many N] [--workers K]

The worked case's model, 24 weeks: twelve weekly taxane infusions, eighteen weekly antibody
infusions, 336 oral doses. Patients differ in every parameter that has a
spread. Both engines start again at each dose; the error is the worst over patients of the base-ten
logarithm of the tumour burden on the last day, floored at one cell, against libroadrunner at a
relative tolerance of 1e-8. libroadrunner (extra `mechanism`) is then taken at the loosest of its
tolerances that keeps the error below 0.002 in `--patients`; `--accurate` patients measure ours. Its
absolute tolerance is given for each state: one number is scaled by the start of a state, and the
solver then fails on this model. The floor is the number of evaluations times the time of one.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import resource
import time
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from equipoise.case import packaged_cases
from equipoise.mechanism.dosing import (
    Schedule,
    combined,
    read_drugs,
    read_regimens,
    schedule,
)
from equipoise.mechanism.formulas import call_native
from equipoise.mechanism.models import MechanismModel, read_model
from equipoise.mechanism.solving import compile_model, simulate_in_chunks, simulate_patients

(FOLDER,) = (
    folder / "mechanism"
    for folder in packaged_cases().values()
    if (folder / "mechanism" / "model.xml").is_file()
)
BACKBONE, ORAL_STATE = "H-wPH", "Mg"
DAYS = 168.0
ALLOWED = 0.002
ENOUGH = 256  # patients of whom ours is timed, so that what is done once does not count
COVARIATES = {"weight": 0.2, "surface_area": 0.1, "egfr": 0.2, "homa": 0.5}
EITHER = ("hr_positive", "pten_loss", "pik3ca", "oct1", "s_direct", "s_insulin")
TOLERANCES = ((1e-3, 1e-4), (1e-3, 1e-6), (3e-4, 1e-4), (1e-4, 1e-4), (1e-5, 1e-6))
Array = NDArray[np.float64]


def population(model: MechanismModel, n: int) -> Array:
    """Draw log-normal patients."""
    rng = np.random.default_rng(20260101)
    drawn = np.tile(model.values, (n, 1))
    for k, parameter in enumerate(model.parameters):
        spread = np.sqrt(np.log1p(((parameter.cv_percent or 0.0) / 100.0) ** 2))
        drawn[:, k] *= np.exp(spread * rng.standard_normal(n))
    for symbol, spread in COVARIATES.items():
        drawn[:, model.index(symbol)] *= np.exp(spread * rng.standard_normal(n))
    for symbol in EITHER:
        drawn[:, model.index(symbol)] = rng.integers(0, 2, n)
    return drawn


def log_burden(values: Array) -> Array:
    return np.log10(np.maximum(values, 1.0))


class Reference:
    """The full model in libroadrunner."""

    def __init__(self, model: MechanismModel, made: Schedule) -> None:
        roadrunner: Any = importlib.import_module("roadrunner")
        roadrunner.Logger.setLevel(roadrunner.Logger.LOG_CRITICAL)
        self.engine: Any = roadrunner.RoadRunner((FOLDER / "model.xml").read_text())
        self.model, self.made = model, made
        self.known = set(self.engine.model.getGlobalParameterIds())

    def burden(self, p: Array, relative: float, absolute: float) -> float:
        """Burden on the last day."""
        engine = self.engine
        for name, value in zip(self.model.names_of_parameters, p, strict=True):
            if name in self.known:
                engine[name] = value
        engine.reset()
        engine.integrator.relative_tolerance = relative
        engine.integrator.absolute_tolerance = [absolute] * len(self.model.states)
        engine.integrator.maximum_num_steps = 1_000_000
        changes = self.changes(p)
        times = sorted({0.0, DAYS, *(t for t, _, _ in changes if t < DAYS)})
        at = 0
        for t, end in itertools.pairwise(times):
            while at < len(changes) and changes[at][0] <= t:
                _, name, amount = changes[at]
                engine[name] = engine[name] + amount
                at += 1
            engine.simulate(t, end, 2)
        return float(engine["burden"])

    def changes(self, p: Array) -> list[tuple[float, str, float]]:
        """Doses and starts and ends of infusions."""
        made, found = self.made, []
        names = (*self.model.names_of_states, *self.model.names_of_parameters)
        for d in range(made.times.size):
            if made.until[d] >= 0 and not made.taken[d] < p[made.until[d]]:
                continue
            amount = made.amounts[d] * (p[made.scaling[d]] if made.scaling[d] >= 0 else 1.0)
            t, long, name = float(made.times[d]), made.durations[d], names[made.targets[d]]
            found.append((t, name, amount / long if long else amount))
            if long:
                found.append((t + long, name, -amount / long))
        return sorted(found)

    def all(self, patients: Array, relative: float, absolute: float) -> tuple[Array, float]:
        """Burdens, NaN where the engine fails, and milliseconds of CPU a patient."""
        found = np.full(patients.shape[0], np.nan)
        start = time.process_time()
        for i, p in enumerate(patients):
            try:
                found[i] = self.burden(p, relative, absolute)
            except RuntimeError:
                continue
        return found, (time.process_time() - start) / patients.shape[0] * 1e3


@njit(nogil=True)
def repeat(address: int, x: int, p: int, out: int, times: int) -> None:
    """Evaluate a native function many times."""
    for _ in range(times):
        call_native(address, x, p, out)


def nanoseconds(code: Any, name: str) -> float:
    """Time of one evaluation, the best of five."""
    x, p, out = np.full(64, 0.5), np.full(4096, 0.5), np.zeros(64)
    best, address = np.inf, code.address(name)
    for _ in range(6):
        start = time.process_time()
        repeat(address, x.ctypes.data, p.ctypes.data, out.ctypes.data, 100_000)
        best = min(best, time.process_time() - start)
    return best / 100_000 * 1e9


def floor(model: MechanismModel, made: Schedule, steps: Array) -> tuple[float, str]:
    """Milliseconds that the evaluations alone would take, and how it is made up."""
    names = (*model.names_of_states, *model.names_of_parameters)
    dosed = [names[k] for k in np.unique(made.targets)]
    compiled = compile_model(model, dosed, ["burden"])
    last = len(compiled.structure.driven)
    explicit = nanoseconds(compiled.code, f"rates {last}")
    exact, stiff = len(compiled.structure.exact), len(compiled.structure.stiff)
    implicit = max(nanoseconds(compiled.code, f"block {exact + k}") for k in range(stiff))
    parts = np.array([4.0 * explicit * steps[0], 7.0 * implicit * steps[1]]) * 1e-6
    shown = f"{steps[0]:.0f} x 4 x {explicit:.0f} ns + {steps[1]:.0f} x 7 x {implicit:.1f} ns"
    return float(parts.sum()), shown


def ours(model: MechanismModel, made: Schedule, patients: Array) -> tuple[Array, float, Array]:
    """Burdens, milliseconds of CPU a patient (best of five), and mean steps."""
    best = np.inf
    for _ in range(5):
        start = time.process_time()
        found = simulate_patients(model, made, patients, outputs=["burden"], days=[DAYS])
        best = min(best, time.process_time() - start)
    return found.of("burden")[:, 0], best / patients.shape[0] * 1e3, found.steps.mean(axis=0)


def many(model: MechanismModel, arms: list[Schedule], n: int, workers: int) -> tuple[float, float]:
    """Seconds for n patients in every arm, streamed, and the most memory held, in MB."""
    patients, cells = population(model, n), 0.0
    start = time.perf_counter()
    for made in arms:
        for part in simulate_in_chunks(
            model, made, patients, outputs=["burden"], days=[DAYS], workers=workers
        ):
            cells += float(log_burden(part.of("burden")).sum())
    seconds = time.perf_counter() - start
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=24)
    parser.add_argument("--accurate", type=int, default=0, help="0: as many as --patients")
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    model = read_model(FOLDER)
    drugs = read_drugs(FOLDER / "drugs.csv")
    regimens = read_regimens(FOLDER / "regimens.csv", drugs)
    oral = next(name for name, drug in drugs.items() if drug.state == ORAL_STATE)
    arms = [
        schedule(combined(regimens, name), drugs, model, DAYS)
        for name in (BACKBONE, f"{BACKBONE}+{oral}")
    ]
    made = arms[1]
    simulate_patients(model, made, model.values[None], outputs=["burden"], days=[DAYS])
    seconds, memory = many(model, arms, options.many, options.workers)
    print(f"{options.many:,} patients x {len(arms)} arms: {seconds:.1f} s on {options.workers}")
    print(f"workers, {memory:.0f} MB at most")
    accurate = max(options.patients, options.accurate)
    patients = population(model, max(accurate, ENOUGH))
    found, cost, steps = ours(model, made, patients)
    least, shown = floor(model, made, steps)
    print(f"ours: {cost:.3f} ms of CPU a patient; floor {least:.3f} ms ({shown})")
    compare(Reference(model, made), patients[:accurate], options.patients, found[:accurate], cost)


def compare(reference: Reference, patients: Array, timed: int, found: Array, cost: float) -> None:
    """Print errors and times of both engines."""
    exact, slow = reference.all(patients, 1e-8, 1e-10)
    error = np.abs(log_burden(found) - log_burden(exact))
    print(f"{'engine':<34} {'ms':>8} {'worst':>9} {'median':>9} {'failed':>6} {'ratio':>6}")
    print(
        f"{'libroadrunner 1e-8, 1e-10':<34} {slow:8.1f} {'':>9} {'':>9} {'':>6} {slow / cost:6.0f}"
    )
    told = f"equipoise, {patients.shape[0]} patients"
    lost = int(np.isnan(found).sum())
    print(f"{told:<34} {cost:8.3f} {np.nanmax(error):9.2e} {np.nanmedian(error):9.2e} {lost:6d}")
    arms = [float(np.nanmean(np.exp(-burden))) for burden in (found, exact)]
    print(f"complete response of the arm: {arms[0]:.5f}, reference {arms[1]:.5f}")
    for relative, absolute in TOLERANCES:
        values, spent = reference.all(patients[:timed], relative, absolute)
        failed = int(np.isnan(values).sum())
        off = np.abs(log_burden(values) - log_burden(exact[:timed]))
        worst = float(np.nanmax(off, initial=0.0))
        fits = "" if worst <= ALLOWED and not failed else "  (too far off)"
        name = f"libroadrunner {relative:g}, {absolute:g}"
        print(
            f"{name:<34} {spent:8.1f} {worst:9.2e} {np.nanmedian(off):9.2e} {failed:6d}"
            f" {spent / cost:6.0f}{fits}"
        )


if __name__ == "__main__":
    main()
