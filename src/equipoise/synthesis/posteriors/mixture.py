"""A posterior as a finite mixture of multivariate normals: everything follows in closed form.

Given the variance parameters a normal model has a normal posterior; integrated over them on a
grid it is a mixture of as many normals as the grid has nodes. A component may have variance 0 in
some direction (an atom: "the difference is exactly 0").
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, overload

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, not_among
from equipoise.synthesis.posteriors.scalar_mixture import (
    atoms_of,
    cumulate,
    quantile_of,
    strictly_below,
)

Scale = Literal["log", "identity"]
SUM_TOLERANCE = 1e-9
"""How far the weights may be from summing to 1 before they are refused."""


@dataclass(frozen=True)
class PriorDescription:
    """A prior as the reader meets it: its name, what it believes in words, where it is from."""

    name: str
    words: str
    source: str

    def __str__(self) -> str:
        return f"{self.name}: {self.words} ({self.source})"


@dataclass(frozen=True, eq=False)
class Posterior:
    r"""What is believed about some effects after the data, as a mixture of normals.

    `x ~ sum_j w_j N(m_j, C_j)`: `w_j` the weight of component j, `m_j` its mean (p,) and `C_j`
    its covariance (p, p). Any mean, variance, probability and linear combination is a sum over
    components; only quantiles need a root. Numbers are on the analysis scale (`scale` ``log``
    for ratio measures).

    Parameters
    ----------
    names : tuple of str, length p
        The effects.
    weights : (m,) array
        Not negative, summing to 1.
    means : (m, p) array
    covariances : (m, p, p) array
        Symmetric, positive semi-definite; a zero variance is an atom at the mean.
    scale : {"log", "identity"}
    prior : tuple of PriorDescription
        The beliefs that went in.
    grid_error : float
        Largest difference of the distribution functions of the named effects from those of a
        grid four times finer; 0 for an exact mixture.
    message : str
        What the reader must know, as a sentence; may be empty.
    status : {"converged", "not_converged"}
        Whether `grid_error` is what was asked for.

    Raises
    ------
    ArrayError
        If shapes do not fit, a number is not finite, a weight is negative or the weights do not
        sum to 1.

    Examples
    --------
    >>> import numpy as np
    >>> spike = Posterior(("d",), np.array([0.5, 0.5]), np.zeros((2, 1)),
    ...                   np.array([[[0.0]], [[1.0]]]))
    >>> spike.probability("d", below=0.0), spike.quantile("d", 0.5)
    (0.25, 0.0)
    """

    names: tuple[str, ...]
    weights: Array
    means: Array
    covariances: Array
    scale: Scale = "log"
    prior: tuple[PriorDescription, ...] = ()
    grid_error: float = 0.0
    message: str = ""
    status: Literal["converged", "not_converged"] = "converged"

    def __post_init__(self) -> None:
        """Refuse what is not a mixture."""
        problems = _problems(self)
        if problems:
            raise ArrayError(problems)

    def _index(self, name: str) -> int:
        problems = not_among("name", name, self.names)
        if problems:
            raise ArrayError(problems)
        return self.names.index(name)

    def _column(self, name: str) -> tuple[Array, Array]:
        """Return means and standard deviations (m,) of the components for one effect."""
        i = self._index(name)
        return self.means[:, i], np.sqrt(np.maximum(self.covariances[:, i, i], 0.0))

    @overload
    def mean(self, name: None = None) -> Array: ...
    @overload
    def mean(self, name: str) -> float: ...
    def mean(self, name: str | None = None) -> float | Array:
        """Posterior mean of one effect; without a name that of all, as an array (p,)."""
        if name is None:
            return np.asarray(self.weights @ self.means)
        return float(self.weights @ self._column(name)[0])

    def covariance(self) -> Array:
        """Posterior covariance (p, p): within components plus between their means."""
        apart = self.means - self.mean()
        between = np.einsum("j,ja,jb->ab", self.weights, apart, apart)
        return np.asarray(np.tensordot(self.weights, self.covariances, 1) + between)

    def sd(self, name: str) -> float:
        """Posterior standard deviation of one effect."""
        means, sds = self._column(name)
        apart = means - self.weights @ means
        return math.sqrt(float(self.weights @ (sds * sds + apart * apart)))

    @overload
    def cdf(self, name: str, x: float) -> float: ...
    @overload
    def cdf(self, name: str, x: ArrayLike) -> Array | float: ...
    def cdf(self, name: str, x: ArrayLike) -> Array | float:
        """Probability of an effect of `x` or less; an array for an array."""
        return cumulate(self.weights, *self._column(name), x)

    def probability(
        self, name: str, below: float | None = None, above: float | None = None
    ) -> float:
        """Probability of an effect below, above, or (both given) strictly between two numbers.

        An atom at a limit does not count: with an atom at 0, `below=0` and `above=0` sum to
        less than 1.
        """
        means, sds = self._column(name)
        inside = self.weights.copy()
        if below is not None:
            inside *= strictly_below(means, sds, below)
        if above is None:
            return min(1.0, float(inside.sum()))
        if below is None:
            return min(1.0, float(self.weights @ strictly_below(-means, sds, -above)))
        both = strictly_below(means, sds, below) + strictly_below(-means, sds, -above) - 1.0
        return max(0.0, float(self.weights @ both)) if above < below else 0.0

    def density(self, name: str, x: ArrayLike) -> Array:
        """Density of the continuous part at `x`; atoms are in `atoms`, not here."""
        means, sds = self._column(name)
        smooth = sds > 0.0
        points = np.asarray(x, dtype=np.float64)
        z = (points[..., None] - means[smooth]) / sds[smooth]
        height = self.weights[smooth] / (math.sqrt(2.0 * math.pi) * sds[smooth])
        return np.asarray(np.exp(-0.5 * z * z) @ height)

    def atoms(self, name: str) -> tuple[tuple[float, float], ...]:
        """Values that have a probability of their own, each with that probability."""
        means, sds = self._column(name)
        return atoms_of(self.weights, means, sds)

    def quantile(self, name: str, prob: float) -> float:
        """Smallest value with at least the probability `prob` at or below it.

        The root of the distribution function between the smallest and the largest quantile of
        the components, to 1e-10 of the narrowest component or better; an atom is met exactly.
        """
        if not 0.0 < prob < 1.0:
            problem = Problem("", "", "prob", repr(prob), "above 0, below 1", "Choose one there.")
            raise ArrayError([problem])
        return quantile_of(self.weights, *self._column(name), prob)

    def median(self, name: str) -> float:
        """Posterior median of one effect."""
        return self.quantile(name, 0.5)

    def interval(self, name: str, level: float = 0.95) -> tuple[float, float]:
        """Central credible interval: equal probability below and above it."""
        tail = 0.5 * (1.0 - level)
        return self.quantile(name, tail), self.quantile(name, 1.0 - tail)

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        """Draw from the joint posterior; shape (n, p), in the order of `names`."""
        component = rng.choice(self.weights.size, size=n, p=self.weights / self.weights.sum())
        values, vectors = np.linalg.eigh(self.covariances)
        roots = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
        noise = rng.standard_normal((n, len(self.names)))
        drawn = np.empty_like(noise)
        for j in np.unique(component):
            rows = component == j
            drawn[rows] = self.means[j] + noise[rows] @ roots[j].T
        return drawn

    def contrast(self, weights: Mapping[str, float], name: str) -> Posterior:
        """Posterior of one linear combination, `sum_i weights[i] x_i`, under a name."""
        a = np.zeros(len(self.names))
        for key, weight in weights.items():
            a[self._index(key)] = weight
        variances = np.maximum(np.einsum("a,jab,b->j", a, self.covariances, a), 0.0)
        means = (self.means @ a)[:, None]
        return replace(self, names=(name,), means=means, covariances=variances[:, None, None])

    def marginal(self, *names: str) -> Posterior:
        """Posterior of some of the effects, in the order given."""
        keep = [self._index(name) for name in names]
        return replace(
            self,
            names=names,
            means=self.means[:, keep],
            covariances=self.covariances[:, keep][:, :, keep],
        )


def _problems(posterior: Posterior) -> list[Problem]:
    p, m = len(posterior.names), np.size(posterior.weights)
    shapes = {"weights": (m,), "means": (m, p), "covariances": (m, p, p)}
    problems = not_among("scale", posterior.scale, ("log", "identity"))
    for field, shape in shapes.items():
        array = np.asarray(getattr(posterior, field))
        if array.shape != shape:
            found = f"shape {array.shape}"
            problems.append(Problem("", "", field, found, f"shape {shape}", "Reshape it."))
        elif not np.isfinite(array).all():
            problems.append(Problem("", "", field, "", "finite numbers", "Check the data."))
    if len(set(posterior.names)) < p:
        problems.append(
            Problem("", "", "names", str(posterior.names), "each once", "Rename one of them.")
        )
    total = float(np.sum(posterior.weights))
    if np.min(posterior.weights, initial=math.inf) < 0.0 or abs(total - 1.0) > SUM_TOLERANCE:
        allowed = "not negative, summing to 1"
        problems.append(Problem("", "", "weights", f"sum {total}", allowed, "Divide by the sum."))
    return problems
