"""Do the intervals of shrunken subgroups hold what they promise: 2,000 trials of 12 subgroups.

Prints the tables of the README. Truth drawn from the stated prior: coverage must be the stated
probability within three Monte Carlo errors. Truth zero everywhere: at least that. One subgroup
with an effect: reported, no gate. The raw estimates stand beside.
"""

import sys

import numpy as np
from scipy.special import ndtri

from equipoise.biomarkers.markers import Horseshoe, NormalSpread, shrink_subgroups
from equipoise.biomarkers.markers.subgroup_shrinkage import NAMED, ShrunkenSubgroups
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.posteriors import SpikeAndSlabPrior
from equipoise.synthesis.posteriors.scalar_mixture import cumulate

SEED = 20261128
TRIALS = 2000
SES = np.array([0.15, 0.2, 0.2, 0.25, 0.25, 0.3, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6])
"""Standard errors of log ratios of ratios: about 1,400 down to 90 events a subgroup."""
PRIORS = ("normal-normal", "horseshoe", "reference", "sceptic")
Z = float(ndtri(0.975))


def drawn(prior: NormalSpread | Horseshoe | SpikeAndSlabPrior, rng: np.random.Generator) -> Array:
    """Effects of twelve subgroups from the prior."""
    if isinstance(prior, SpikeAndSlabPrior):
        return np.where(rng.random(12) < prior.probability, prior.sd * rng.standard_normal(12), 0.0)
    if isinstance(prior, NormalSpread):
        return abs(prior.spread.scale * rng.standard_normal()) * rng.standard_normal(12)
    tau = abs(prior.spread.scale * rng.standard_cauchy())
    return tau * np.abs(rng.standard_cauchy(12)) * rng.standard_normal(12)


def places(result: ShrunkenSubgroups, truth: Array) -> tuple[Array, Array, Array]:
    """Per subgroup: is the truth inside, the stated probability, and is 0 outside the interval.

    With an atom the central interval holds more than 95 %; what it holds is what it promises.
    """
    inside, stated, claims = np.empty(12), np.empty(12), np.empty(12)
    for i in range(12):
        v, t2 = result.ses[i] ** 2, result.scales**2
        b = t2 / (v + t2)
        w, means, sds = result.weights[i, 0], b * result.estimates[i], np.sqrt(b * v)

        def outside(x: float, w: Array = w, means: Array = means, sds: Array = sds) -> bool:
            below = float(cumulate(w, means, sds, np.nextafter(x, -np.inf)))
            return below > 0.975 or float(cumulate(w, means, sds, x)) < 0.025

        inside[i], claims[i] = not outside(float(truth[i])), outside(0.0)
        stated[i] = 0.95 + _atom_excess(w, means, sds)
    return inside, stated, claims


def _atom_excess(w: Array, means: Array, sds: Array) -> float:
    """Probability beyond 0.95 that an interval holds because an end lies on the atom at 0."""
    atom = float(w[sds == 0.0].sum())
    if atom == 0.0:
        return 0.0
    up_to = float(cumulate(w, means, sds, 0.0))
    below = up_to - atom
    excess = 0.0
    if below < 0.025 <= up_to:
        excess += 0.025 - below
    if below < 0.975 <= up_to:
        excess += up_to - 0.975
    return excess


def study(name: str, truth_of: str, seed: int) -> tuple[float, ...]:
    """Coverage and its error, stated probability, bias and error, false or true claims."""
    rng = np.random.default_rng(seed)
    prior = NAMED[name]
    rows = []
    for _ in range(TRIALS):
        truth = np.zeros(12)
        if truth_of == "prior":
            truth = drawn(prior, rng)
        elif truth_of == "one":
            truth[0 if len(rows) % 2 else 6] = -0.5
        y = truth + SES * rng.standard_normal(12)
        result = shrink_subgroups(y, SES, prior=prior)
        inside, stated, claims = places(result, truth)
        which = truth != 0.0 if truth_of == "one" else np.ones(12, dtype=bool)
        raw = np.abs(y - truth) <= Z * SES
        raw_claims = np.abs(y) > Z * SES
        off = np.where(np.abs(truth) < 5.0, result.means - truth, 0.0)
        rows.append([x[which].mean() for x in (inside, stated, off, claims, raw, raw_claims)])
    table = np.array(rows)
    mean, error = table.mean(axis=0), table.std(axis=0, ddof=1) / np.sqrt(TRIALS)
    gap = (table[:, 0] - table[:, 1]).std(ddof=1) / np.sqrt(TRIALS)
    return (*mean, *error, gap)


def main() -> int:
    """Print the tables; 1 if a gate is not kept."""
    failed = False
    print("| prior | truth | coverage | MCSE | stated | bias | claims | raw: coverage | claims |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for place, name in enumerate(PRIORS):
        for truth_of, words in (("prior", "drawn from it"), ("zero", "0"), ("one", "-0.5 in one")):
            r = study(name, truth_of, SEED + place)
            shown = [f"{r[0]:.4f}", f"{r[12]:.4f}", f"{r[1]:.4f}", f"{r[2]:.3f}", f"{r[3]:.3f}"]
            print(f"| {name} | {words} | {' | '.join(shown)} | {r[4]:.3f} | {r[5]:.3f} |")
            if truth_of == "prior":
                failed |= abs(r[0] - r[1]) > 3.0 * r[12]
            if truth_of == "zero":
                failed |= r[0] < 0.95 - 3.0 * r[12]
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
