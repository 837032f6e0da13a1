"""Does one patient's interval hold what it promises: 2,000 worlds, each with trials and a patient.

Prints the table of the README. The standard errors are like those of a trial with 700 events, 100
of them in the smaller stratum, and a marker inside it; the patient has that marker and one of which
nothing is printed. Truth drawn from the stated prior: the benefit must be inside the interval with
95 % within three Monte Carlo errors. No effect anywhere: at least that. A hazard ratio of 0.64 in
the stratum: reported, no gate. "Flat" is the same interval without any prior: the printed effects
added up, at the baseline's median and with no doubt about it.
"""

import sys

import numpy as np
from scipy.special import logit, ndtri

from equipoise.biomarkers.patient.absolute_benefit import AbsoluteBenefit, BaselineRisk, benefit
from equipoise.biomarkers.patient.case_effects import ModifierData, StratumData, modifier_effect
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.posteriors import INTERACTION_PRIORS, SpikeAndSlabPrior

SEED = 20261128
WORLDS = 2000
WHOLE_SE, STRATUM_SE, MARKER_SE = 0.081, 0.202, 0.486
SHARE, OTHER_SHARE = 0.73, 0.32
BASELINE = BaselineRisk(0.12, 0.3)
FIXED = float(np.log(0.64))
Z = float(ndtri(0.975))


def drawn(prior: SpikeAndSlabPrior, rng: np.random.Generator) -> Array:
    """Effect in the other stratum and three differences: stratum, marker, marker not printed."""
    slab = prior.sd * rng.standard_normal(3)
    real = rng.random(3) < prior.probability
    return np.array([prior.mean_sd * rng.standard_normal(), *np.where(real, slab, 0.0)])


def world(
    prior: SpikeAndSlabPrior, truth: Array, rng: np.random.Generator
) -> tuple[bool, float, bool, bool, bool]:
    """Inside, mean less truth, interval above 0; then inside and above 0 of the flat interval."""
    mu, stratum, marker, other = truth
    y = np.array([mu, mu + stratum, marker])
    y += np.array([WHOLE_SE, STRATUM_SE, MARKER_SE]) * rng.standard_normal(3)
    data = StratumData((y[0], WHOLE_SE), (y[1], STRATUM_SE), 0.0, "positive", ())
    pulls = (1.0 - SHARE, 1.0 - OTHER_SHARE)
    modifiers = (
        ModifierData("a", "yes", pulls[0], SHARE, y[2], MARKER_SE, (), ""),
        ModifierData("b", "yes", pulls[1], OTHER_SHARE, None, None, (), ""),
    )
    belief = AbsoluteBenefit(
        BASELINE, data.effect(prior), modifier_effect(modifiers, prior), "HR", "lower"
    )
    theta = mu + stratum + pulls[0] * marker + pulls[1] * other
    x = np.array(logit(BASELINE.median) + BASELINE.sd * rng.standard_normal())
    gain = float(benefit(x, np.array(theta), "HR", "lower"))
    inside = 0.025 <= belief.probability_above(gain) <= 0.975
    flat = y[1] + pulls[0] * y[2]
    reach = Z * float(np.hypot(STRATUM_SE, pulls[0] * MARKER_SE))
    at = np.array(logit(BASELINE.median))
    low, high = benefit(at, flat + np.array([reach, -reach]), "HR", "lower")
    return (
        inside,
        belief.mean - gain,
        belief.probability_above(0.0) > 0.975,
        bool(low <= gain <= high),
        bool(low > 0.0),
    )


def study(prior: SpikeAndSlabPrior, truth_of: str, seed: int) -> tuple[Array, Array]:
    """Means over the worlds of what `world` returns, and their errors."""
    rng = np.random.default_rng(seed)
    fixed = np.array([0.0, FIXED if truth_of == "stratum" else 0.0, 0.0, 0.0])
    rows = np.array(
        [
            world(prior, drawn(prior, rng) if truth_of == "prior" else fixed, rng)
            for _ in range(WORLDS)
        ],
        dtype=float,
    )
    return rows.mean(axis=0), rows.std(axis=0, ddof=1) / np.sqrt(WORLDS)


def main() -> int:
    """Print the table; 1 if a gate is not kept."""
    failed = False
    print("| prior | truth | coverage | MCSE | bias, points | claims | flat: coverage | claims |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    words = {"prior": "drawn from it", "zero": "no effect", "stratum": "0.64 in the stratum"}
    for place, (name, prior) in enumerate(INTERACTION_PRIORS.items()):
        for truth_of, said in words.items():
            mean, error = study(prior, truth_of, SEED + place)
            shown = [f"{mean[0]:.4f}", f"{error[0]:.4f}", f"{100 * mean[1]:.2f}", f"{mean[2]:.3f}"]
            print(f"| {name} | {said} | {' | '.join(shown)} | {mean[3]:.3f} | {mean[4]:.3f} |")
            if truth_of == "prior":
                failed |= abs(mean[0] - 0.95) > 3.0 * error[0]
            if truth_of == "zero":
                failed |= mean[0] < 0.95 - 3.0 * error[0]
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
