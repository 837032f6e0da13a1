"""Family-wise error of adaptive enrichment, and bias after the choice: a seeded study.

Usage: python validation/enrichment/error_and_bias.py [--trials 1000000] [--seed 20261128]

Prints the tables of the README. Fails when an error that should be kept is above 0.025 by more
than 3 Monte Carlo errors, when a z or log-rank test at patient level exceeds the same test in a
one-population fixed design by more, or when a corrected estimate is off by more than 4.
"""

from __future__ import annotations

import argparse
import math
import sys

import numpy as np

from equipoise.design.closed import (
    Difference,
    Epsilon,
    KeepAll,
    equal_level_bounds,
    fisher_product,
    inverse_normal,
)
from equipoise.design.engines.chunks import run_chunks
from equipoise.design.engines.tally import Tally
from equipoise.design.enrichment import (
    EnrichmentSimulation,
    SurvivalEnrichment,
    enrichment_plan,
    nested,
    normal_endpoint,
    rate_endpoint,
    survival_endpoint,
    survival_setting,
)

ALPHA = 0.025
Z = 1.959963984540054
STRATA = nested([0.6, 0.4])
LATE = inverse_normal([0.5, 1.0], [np.inf, Z])
EARLY = inverse_normal([0.5, 1.0], [2.9625880427, 1.9685956463])
FISHER = fisher_product(equal_level_bounds(2))
GAIN = 0.4
NULLS = {
    "global": (0.0, 0.0),
    "S null": (0.5, 0.0),
    "F null, S helped": (-GAIN * 0.4 / 0.6, GAIN),
    "F null, S harmed": (GAIN * 0.4 / 0.6, -GAIN),
}
PLANS = {
    "inverse normal, Simes, best": (EARLY, "simes", Difference()),
    "inverse normal, Spiessens-Debois, best": (EARLY, "spiessens-debois", Difference()),
    "inverse normal, Spiessens-Debois, all": (EARLY, "spiessens-debois", KeepAll()),
    "Fisher, Simes, within 0.1": (FISHER, "simes", Difference(-0.1, 0.1)),
}


def error_of(tally: Tally) -> tuple[float, float]:
    """Family-wise error and its Monte Carlo error."""
    rate = tally.rate("error")
    return float(rate.value), float(rate.mcse)


def statistic_level(trials: int, seed: int) -> bool:
    """Canonical statistics under every null; whether all keep the level."""
    print("| statistics | null | error | MCSE |\n| --- | --- | --- | --- |")
    kept = True
    for plan_name, (combination, test, rule) in PLANS.items():
        plan = enrichment_plan(combination, rule, intersection=test)
        for null, effects in NULLS.items():
            ratios = np.exp(-np.array(effects))
            simulation = EnrichmentSimulation(plan, survival_endpoint(STRATA, [120, 120], ratios))
            value, mcse = error_of(run_chunks(simulation, trials, 10_000, seed))
            kept &= value <= ALPHA + 3 * math.sqrt(ALPHA * (1 - ALPHA) / trials)
            print(f"| {plan_name} | {null} | {value:.5f} | {mcse:.5f} |", flush=True)
    three = survival_endpoint(nested([0.5, 0.3, 0.2]), [150, 150], [1.0, 1.0, 1.0])
    plan = enrichment_plan(LATE, Epsilon(0.1), intersection="spiessens-debois")
    value, mcse = error_of(run_chunks(EnrichmentSimulation(plan, three), trials, 10_000, seed))
    kept &= value <= ALPHA + 3 * math.sqrt(ALPHA * (1 - ALPHA) / trials)
    print(f"| three nested, Spiessens-Debois, within 0.1 | global | {value:.5f} | {mcse:.5f} |\n")
    return kept


def patient_level(trials: int, seed: int) -> bool:
    """Counts under the global null: exact tests keep the level, z tests exceed no fixed one."""
    print("| rates, n 200 + 200 | rate | error | MCSE | fixed design | MCSE |")
    print("| --- | --- | --- | --- | --- | --- |")
    kept = True
    one = enrichment_plan(inverse_normal([1.0], [Z]), KeepAll())
    plans = {
        "z, Simes, fixed subset": ("score", "fixed", "simes"),
        "z, Spiessens-Debois, fixed subset": ("score", "fixed", "spiessens-debois"),
        "z, Spiessens-Debois, random subset": ("score", "random", "spiessens-debois"),
        "exact, Simes, fixed subset": ("exact", "fixed", "simes"),
    }
    for name, (test, subset, intersection) in plans.items():
        for rate in (0.1, 0.45):
            rates, n = [[rate] * 2] * 2, trials // 10 if test == "exact" else trials
            options = {"test": test, "subset_size": subset}
            given = {"intersection": intersection, "subset_size": subset, "error_simulated": True}
            plan = enrichment_plan(LATE, Difference(), **given)
            endpoint = rate_endpoint(STRATA, [200, 200], rates, **options)
            value, mcse = error_of(
                run_chunks(EnrichmentSimulation(plan, endpoint), n, 10_000, seed)
            )
            whole = rate_endpoint(nested([1.0]), [400], [[rate] * 2], test=test)
            fixed, fixed_mcse = error_of(
                run_chunks(EnrichmentSimulation(one, whole), n, 10_000, seed)
            )
            limit = ALPHA if test == "exact" else fixed
            kept &= value <= limit + 3 * math.hypot(mcse, fixed_mcse)
            row = f"{value:.5f} | {mcse:.5f} | {fixed:.5f} | {fixed_mcse:.5f}"
            print(f"| {name} | {rate} | {row} |", flush=True)
    print()
    return kept


def survival_patients(trials: int, seed: int) -> bool:
    """Log-rank tests of stage cohorts, patient by patient, beside one fixed cohort."""
    print("| survival by patients, n 160 + 160 | error | MCSE |\n| --- | --- | --- |")
    hazard = math.log(2.0) / 24
    given = {"accrual": 20.0, "interim_events": 40, "longest": 120.0, "dropout": 0.003}

    def error(strata, rule, events, combination=LATE) -> tuple[float, float]:
        hazards = [[hazard, hazard]] * strata.size
        setting = survival_setting(strata, (160, 160), events, hazards, **given)
        plan = enrichment_plan(combination, rule)
        return error_of(run_chunks(SurvivalEnrichment(plan, setting), trials, 5000, seed))

    weight = inverse_normal([1e-12, 1.0], [np.inf, Z])  # the second cohort alone: a fixed trial
    found = {
        "best of S and F": error(STRATA, Difference(), [[30, 80], [30, 80]]),
        "both": error(STRATA, KeepAll(), [[30, 80], [30, 80]]),
        "one population, fixed": error(nested([1.0]), KeepAll(), [[80], [80]], weight),
    }
    for name, (value, mcse) in found.items():
        print(f"| {name} | {value:.5f} | {mcse:.5f} |", flush=True)
    print()
    fixed, spread = found["one population, fixed"]
    return all(value <= fixed + 3 * math.hypot(mcse, spread) for value, mcse in found.values())


def bias(trials: int, seed: int) -> bool:
    """Naive and corrected estimates given that the trial went on with the population."""
    print("| estimate | rule | truth (C, S) | naive: bias | corrected: bias | MCSE |")
    print("| --- | --- | --- | --- | --- | --- |")
    kept = True
    size = [[[0, 100], [60, 40]]] * 2
    for name, rule in (("best", Difference()), ("within 0.1", Difference(-0.1, 0.1))):
        plan = enrichment_plan(LATE, rule)
        for effects in ((0.0, 0.0), (0.1, 0.4)):
            endpoint = normal_endpoint(STRATA, size, effects, 0.25)
            found = run_chunks(EnrichmentSimulation(plan, endpoint), trials, 10_000, seed)
            naive, corrected = found.mean("naive_error"), found.mean("corrected_error")
            for j, population in enumerate("SF"):
                value, mcse = float(corrected.value[j]), float(corrected.mcse[j])
                kept &= abs(value) <= 4 * mcse
                row = f"{float(naive.value[j]):.5f} | {value:.5f} | {mcse:.5f}"
                print(f"| {population} | {name} | {effects} | {row} |", flush=True)
    return kept


def early_stop(trials: int, seed: int) -> None:
    """Show what an efficacy stop, which is not corrected for, leaves in the trials that went on."""
    print("\n| estimate | early bound | truth (C, S) | naive: bias | corrected: bias | MCSE |")
    print("| --- | --- | --- | --- | --- | --- |")
    size = [[[0, 100], [60, 40]]] * 2
    endpoint = normal_endpoint(STRATA, size, (0.1, 0.4), 0.25)
    plan = enrichment_plan(EARLY, Difference())
    found = run_chunks(EnrichmentSimulation(plan, endpoint), trials, 10_000, seed)
    naive, corrected = found.mean("naive_error_selected"), found.mean("corrected_error")
    for j, population in enumerate("SF"):
        numbers = (naive.value[j], corrected.value[j], corrected.mcse[j])
        row = " | ".join(f"{float(number):.5f}" for number in numbers)
        print(f"| {population} | O'Brien-Fleming-like | (0.1, 0.4) | {row} |", flush=True)


def main() -> int:
    """Print the tables; 1 if a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20261128)
    options = parser.parse_args()
    kept = [
        statistic_level(options.trials, options.seed),
        patient_level(options.trials, options.seed),
        survival_patients(options.trials // 10, options.seed),
        bias(options.trials // 2, options.seed),
    ]
    early_stop(options.trials // 2, options.seed)
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
