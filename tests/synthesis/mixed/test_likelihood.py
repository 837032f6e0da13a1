"""Likelihood and gradient against the plain dense version and finite differences."""

import numpy as np
import pytest

from equipoise.synthesis.mixed import Correlated, Groups, fit_mixed
from equipoise.synthesis.mixed.covariance_structures import (
    SCALE,
    covariance,
    kinds,
    parameters_of,
)
from equipoise.synthesis.mixed.likelihood import solve
from equipoise.synthesis.mixed.model_input import Options, prepare

K = 17
RNG = np.random.default_rng(11)
STUDY = RNG.integers(0, 5, K).tolist()
OUTCOME = (np.arange(K) % 3).tolist()
Y = RNG.normal(size=K)
V = RNG.uniform(0.1, 1.0, K)
BLOCK = np.diag(V) + 0.3 * np.equal.outer(STUDY, STUDY) * np.sqrt(np.outer(V, V))
BLOCK[np.diag_indices(K)] = V
X = np.column_stack([np.ones(K), RNG.normal(size=K)])

RANDOM = {
    "none": [],
    "groups": [Groups(STUDY)],
    "nested": [Groups(STUDY), Groups(range(K))],
    **{s: [Correlated(OUTCOME, STUDY, s)] for s in ("UN", "CS", "HCS", "DIAG", "ID")},
    "both": [Groups(OUTCOME), Correlated(OUTCOME, STUDY, "UN")],
}


def model(name, V, *, restricted):
    options = Options("REML", "wald", 0.95)
    random = RANDOM[name]
    ready = prepare(Y, V, X, random, None, None, options)
    return ready, ready.model(ready.components, restricted=restricted)


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("sampling", [V, BLOCK], ids=["diagonal", "blocks"])
@pytest.mark.parametrize("name", RANDOM)
def test_log_likelihood_and_gradient(plain, name, sampling, restricted):
    ready, made = model(name, sampling, restricted=restricted)
    theta = np.random.default_rng(3).normal(size=len(made.kinds())) * 0.7
    solved = solve(made, theta, slope=True)
    codes = [(c.inner, c.outer) for c in made.components]
    M = plain.total(sampling, codes, [G * 4.0**ready.unit for G in made.covariances(theta)])
    free = K - X.shape[1] if restricted else K
    expected = plain.loglik(Y, X, M, restricted=restricted) + free * ready.unit * np.log(2)
    assert solved.loglik == pytest.approx(expected, rel=1e-11)
    for j in range(theta.size):
        step = np.zeros(theta.size)
        step[j] = 1e-5
        up, down = (solve(made, theta + s).loglik for s in (step, -step))
        assert solved.gradient[j] == pytest.approx((up - down) / 2e-5, abs=1e-7)


@pytest.mark.parametrize("structure", ["UN", "CS", "HCS", "DIAG", "ID"])
@pytest.mark.parametrize("q", [1, 2, 3, 4])
def test_parameters_and_covariance_are_inverse(structure, q):
    theta = np.random.default_rng(q).uniform(0.2, 1.2, len(kinds(structure, q)))
    G = covariance(structure, q, theta)
    assert np.allclose(covariance(structure, q, parameters_of(structure, G)), G, atol=1e-12)
    assert np.linalg.eigvalsh(G)[0] > -1e-12
    assert kinds(structure, q).count(SCALE) >= 1


@pytest.mark.parametrize("name", ["nested", "CS", "UN"])
@pytest.mark.parametrize("method", ["REML", "ML"])
def test_no_nearby_variances_have_a_higher_likelihood(name, method):
    fit = fit_mixed(Y, BLOCK, X, random=RANDOM[name], method=method)
    made = fit.prepared.model(fit.prepared.components, restricted=method == "REML")
    best = solve(made, fit.theta).loglik
    rng = np.random.default_rng(5)
    for size in (1e-3, 1e-2, 0.1, 1.0):
        for _ in range(30):
            trial = solve(made, fit.theta + size * rng.normal(size=fit.theta.size))
            assert trial.loglik <= best + 1e-9


@pytest.mark.parametrize("name", ["none", "groups", "CS"])
def test_coefficients_and_cr2_against_the_definitions(plain, name):
    fit = fit_mixed(Y, BLOCK, X, random=RANDOM[name], inference="cr2", cluster=STUDY)
    codes = [(c.inner, c.outer) for c in fit.prepared.components]
    M = plain.total(BLOCK, codes, fit.G)
    b, _, _ = plain.fit(Y, X, M)
    covariance, df = plain.cr2(Y, X, M, STUDY)
    assert fit.estimate == pytest.approx(b, abs=1e-12)
    assert fit.covariance == pytest.approx(covariance, rel=1e-8, abs=1e-12)
    assert fit.df == pytest.approx(df, rel=1e-8)
    assert fit.q == pytest.approx(plain.fit(Y, X, BLOCK)[2], rel=1e-11)
