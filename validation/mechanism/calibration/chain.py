"""Posterior of the fitted coefficients: sequential Monte Carlo against a long Metropolis chain."""

import numpy as np

from equipoise.case import load_case, packaged_cases
from equipoise.mechanism.calibrating import ArmStore, _arm, _prior, fit_population
from equipoise.mechanism.calibration.response_fit import arms_log_likelihood
from equipoise.mechanism.calibration.tempered_draws import tempered_draws

PATIENTS, DRAWS, STEPS, BURN_IN, SEED = 128, 500, 60_000, 5_000, 20261128

case = next(c for c in map(load_case, packaged_cases()) if c.mechanism is not None)
model, plan = case.model, case.mechanism
kill = plan.kill
store = ArmStore(model, plan, fit_population(model, plan, SEED, PATIENTS), 2)
values = model.model.values
fixed = {name: values[model.model.index(name)].item() for name in kill.parameters}
rows = [t for t in model.targets if t.measure == "pcr" and t.use == "fit"]
arms = [_arm(store, plan, row) for row in rows]
prior = _prior(model, plan.fitted)


def log_likelihood(point):
    with np.errstate(over="ignore", invalid="ignore"):
        value = arms_log_likelihood(kill, arms, {**fixed, **prior.natural(point)})
    return value if np.isfinite(value) else -1e12


drawn = [
    tempered_draws(log_likelihood, prior, np.random.default_rng([SEED, k]), particles=DRAWS)
    for k in (1, 2)
]
rng = np.random.default_rng([SEED, 3])
both = np.vstack([one.points for one in drawn])
root = np.linalg.cholesky(np.cov(both, rowvar=False)) * 1.9 / np.sqrt(len(prior.names))
point = both[0]
density = log_likelihood(point) + prior.log_density(point)
chain = np.empty((STEPS, len(prior.names)))
for i in range(STEPS):
    proposed = point + root @ rng.standard_normal(len(point))
    new = log_likelihood(proposed) + prior.log_density(proposed)
    if np.log(rng.random()) < new - density:
        point, density = proposed, new
    chain[i] = point
chain = chain[BURN_IN:]
halves = chain[: len(chain) // 2], chain[len(chain) // 2 :]
for k, name in enumerate(prior.names):
    sd = chain[:, k].std()
    cells = [
        *(f"{np.median(one.points[:, k]):.2f}" for one in drawn),
        f"{np.median(chain[:, k]):.2f}",
        *(f"{one.points[:, k].std():.2f}" for one in drawn),
        f"{sd:.2f}",
        f"{abs(np.median(halves[0][:, k]) - np.median(halves[1][:, k])) / sd:.2f}",
    ]
    print(f"| {name} | " + " | ".join(cells) + " |")
print("| log marginal | " + " | ".join(f"{one.log_marginal:.1f}" for one in drawn) + " | | | | | |")
