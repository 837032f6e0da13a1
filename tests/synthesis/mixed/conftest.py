"""The mixed model written out plainly, with one dense matrix, for tests only."""

from types import SimpleNamespace

import numpy as np
import pytest


def total(V, random, matrices):
    """`V + sum Z G Z'` by two loops over rows."""
    k = len(V)
    M = np.diag(V).astype(float) if np.ndim(V) == 1 else np.array(V, dtype=float)
    for (inner, outer), G in zip(random, matrices, strict=True):
        for i in range(k):
            for j in range(k):
                if outer[i] == outer[j]:
                    M[i, j] += G[inner[i], inner[j]]
    return M


def fit(y, X, M):
    """Coefficients, covariance, residual quadratic form."""
    W = np.linalg.inv(M)
    cov = np.linalg.inv(X.T @ W @ X)
    b = cov @ X.T @ W @ y
    r = y - X @ b
    return b, cov, r @ W @ r


def loglik(y, X, M, *, restricted):
    k, p = X.shape
    _, cov, rss = fit(y, X, M)
    twice = k * np.log(2 * np.pi) + np.linalg.slogdet(M)[1] + rss
    if restricted:
        twice -= p * np.log(2 * np.pi) + np.linalg.slogdet(X.T @ X)[1]
        twice -= np.linalg.slogdet(cov)[1]
    return -twice / 2


def cr2(y, X, M, cluster):
    """CR2 covariance and Satterthwaite df of each coefficient, by the definitions."""
    W = np.linalg.inv(M)
    B = np.linalg.inv(X.T @ W @ X)
    e = y - X @ B @ X.T @ W @ y
    H = X @ B @ X.T @ W
    hat = np.eye(len(y)) - H
    cluster = np.asarray(cluster)
    rows = [np.flatnonzero(cluster == c) for c in dict.fromkeys(cluster.tolist())]
    meat, pieces = 0, []
    for s in rows:
        D = np.linalg.cholesky(M[np.ix_(s, s)]).T
        inner = D @ hat[s] @ M @ hat[s].T @ D.T
        values, vectors = np.linalg.eigh(inner)
        keep = values > 1e-12 * values.max()
        root = (vectors[:, keep] / np.sqrt(values[keep])) @ vectors[:, keep].T
        A = D.T @ root @ D
        g = X[s].T @ W[np.ix_(s, s)] @ A
        meat = meat + np.outer(g @ e[s], g @ e[s])
        pieces.append(B @ g @ hat[s])
    df = []
    for c in range(X.shape[1]):
        L = np.array([p[c] for p in pieces])
        P = L @ M @ L.T
        df.append(np.trace(P) ** 2 / (P**2).sum())
    return B @ meat @ B, np.array(df)


@pytest.fixture(scope="session")
def plain():
    """Hand the plain versions to a test."""
    return SimpleNamespace(total=total, fit=fit, loglik=loglik, cr2=cr2)
