"""Do the intervals of predictive effects hold: 2,000 simulated trials a row, the naive one beside.

Five covariates, half the patients treated, log odds of a good outcome
`b0 + z'b + (a - 1/2) (t + z'd)`. "Drawn": b, t and d come from their stated priors, and the
coverage of d must be 0.95 within three Monte Carlo errors. "0": d is 0, coverage at least
that. "One": d1 is the logarithm of 1.5; bias, coverage and power without a gate. Flat: no prior,
where that has a maximum. Naive: a logistic regression in each arm.
"""

import math
import sys

import numpy as np
from scipy.special import expit

from equipoise.biomarkers.individual import (
    BenefitPlan,
    PatientTable,
    fit_benefit,
    gap_between_halves,
    naive_benefit,
)
from equipoise.synthesis.arrays import Array

SEED = 20261128
TRIALS = 2000
NAMES = ("x1", "x2", "x3", "x4", "x5")
TREATMENT_SD = 0.35
PRIOR = BenefitPlan(NAMES)
Z = 1.959963984540054


def trial(n: int, words: str, rng: np.random.Generator) -> tuple[PatientTable, Array]:
    """One trial and its true predictive effects, for one standard deviation as observed."""
    x = rng.standard_normal((n, 5))
    x = (x - x.mean(axis=0)) / x.std(axis=0)  # the priors speak of observed standard deviations
    d = np.zeros(5)
    if words == "drawn":
        d = PRIOR.predictive_sd * rng.standard_normal(5)
    elif words == "one":
        d[0] = math.log(1.5)
    b = PRIOR.prognostic_sd * rng.standard_normal(5)
    t = TREATMENT_SD * rng.standard_normal()
    arm = rng.permutation(np.arange(n) % 2).astype(float)
    eta = 0.4 + x @ b + (arm - 0.5) * (t + x @ d)
    event = (rng.random(n) < expit(eta)).astype(float)
    return PatientTable(arm, event, np.empty(0), x, NAMES, "benefit", True, "binary"), d


def excess(table: PatientTable, predicted: Array) -> float:
    """Observed less overall benefit in the half with more predicted benefit."""
    good = table.event
    overall = good[table.treatment == 1.0].mean() - good[table.treatment == 0.0].mean()
    return gap_between_halves(table, predicted)[0] - float(overall)


def study(n: int, words: str, seed: int) -> tuple[Array, Array]:
    """Means and Monte Carlo errors of what the table shows."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(TRIALS):
        table, d = trial(n, words, rng)
        frame = fit_benefit(table, PRIOR).to_frame()
        found = frame[frame["kind"] == "predictive"]
        beta, se = found["log_ratio"].to_numpy(), found["se"].to_numpy()
        flat = BenefitPlan(NAMES, math.inf, math.inf)
        raw = fit_benefit(table, flat).to_frame().iloc[-5:]
        raw_beta, raw_se = raw["log_ratio"].to_numpy(), raw["se"].to_numpy()
        which = slice(0, 1) if words == "one" else slice(None)
        exists = math.nan if np.isnan(raw_se).any() else 1.0
        rows.append(
            [
                (np.abs(beta - d) <= Z * se)[which].mean(),
                (beta - d)[which].mean(),
                (np.abs(beta) > Z * se)[which].mean(),
                exists * (np.abs(raw_beta - d) <= Z * raw_se)[which].mean(),
                exists * (np.abs(raw_beta) > Z * raw_se)[which].mean(),
                excess(table, naive_benefit(table)(table.covariates)),
                float(math.isnan(exists)),
            ]
        )
    values = np.array(rows)
    return np.nanmean(values, axis=0), np.nanstd(values, axis=0, ddof=1) / math.sqrt(TRIALS)


def main() -> int:
    """Print the table; 1 if a gate is not kept."""
    failed = False
    print(
        "| n | d | coverage | MCSE | bias | claims | flat: coverage | claims | no maximum "
        "| naive half: excess | MCSE |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for n in (58, 84, 620):
        for words in ("drawn", "0", "one"):
            m, e = study(n, words, SEED + n)
            shown = [f"{m[0]:.4f}", f"{e[0]:.4f}", *(f"{m[i]:.3f}" for i in (1, 2, 3, 4, 6))]
            shown += [f"{100 * m[5]:.1f}", f"{100 * e[5]:.1f}"]
            print(f"| {n} | {words} | {' | '.join(shown)} |", flush=True)
            if words == "drawn":
                failed |= abs(m[0] - 0.95) > 3.0 * e[0]
            if words == "0":
                failed |= m[0] < 0.95 - 3.0 * e[0]
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
