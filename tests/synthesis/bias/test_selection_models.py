"""Step-function selection models."""

import math

import numpy as np
import pytest
from scipy.special import ndtr

from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.bias import selection_model
from equipoise.synthesis.bias.selection_likelihood import derivatives, log_likelihood, selected

TOLERANCE = 1e-5


def fitted(pinned, row):
    steps = [float(x) for x in row["steps"].split()]
    return selection_model(*pinned.sets[row["set"]], steps=steps, alternative=row["alternative"])


def gap(pinned, row, result):
    """Largest difference of estimates and, where metafor has them, errors."""
    weights, errors = row["weights"].split(" "), row["weights_se"].split(" ")
    names = ("estimate", "se", "tau2", "tau2_se", "loglik", "lrt", "tau2_lrt")
    named = [pinned.distance(getattr(result, name), row[name]) for name in names]
    more = [pinned.distance(a, b) for a, b in zip(result.weights, weights, strict=True)]
    most = [pinned.distance(a, b) for a, b in zip(result.weights_se[1:], errors, strict=True)]
    return max(named + more + most)


def agrees(pinned, row):
    """Same answer; or a higher likelihood; or no study where metafor's weight runs to its bound."""
    result = fitted(pinned, row)
    if result.status == "undefined":
        return result.counts[0] == 0 and max(map(float, row["weights"].split())) > 99
    if gap(pinned, row, result) < TOLERANCE:
        return True
    higher = result.loglik - float(row["loglik"])
    close = gap(pinned, row, result) < 3 * TOLERANCE and higher > 0.0
    return close or higher > 0.1


def test_agrees_with_metafor(pinned):
    rows = pinned.read("selection.csv")
    assert len(rows) == 297
    assert all(agrees(pinned, row) for row in rows[::50])


@pytest.mark.slow
def test_many_more_rows_agree_with_metafor(pinned):
    rows = [r for r in pinned.read("selection.csv") if len(pinned.sets[r["set"]][0]) < 60]
    assert all(agrees(pinned, row) for row in rows)


@pytest.mark.parametrize("name", ["dat.egger2001", "dat.li2007"])
def test_where_metafor_stops_at_another_optimum_ours_is_higher(pinned, name):
    [row] = [
        row
        for row in pinned.read("selection.csv")
        if (row["set"], row["steps"], row["alternative"]) == (name, "0.025 1", "less")
    ]
    result = fitted(pinned, row)
    assert result.status == "bimodal"
    assert result.loglik > float(row["loglik"]) + 0.5
    y, v = map(np.array, pinned.sets[name])
    theirs = [float(row["estimate"]), float(row["tau2"]), float(row["weights"].split()[1])]
    assert plain(y, v, *theirs) == pytest.approx(float(row["loglik"]), abs=1e-8)
    ours = plain(y, v, result.estimate, result.tau2, result.weights[1])
    assert ours == pytest.approx(result.loglik, abs=1e-8)


def plain(y, v, mu, tau2, delta):
    """Log-likelihood with one step at 0.025 and results below zero favoured, study by study."""
    total = 0.0
    for a, b in zip(y, v, strict=True):
        s = math.sqrt(b + tau2)
        below = float(ndtr((-1.959963984540054 * math.sqrt(b) - mu) / s))
        weight = 1.0 if ndtr(a / math.sqrt(b)) <= 0.025 else delta
        density = math.exp(-0.5 * ((a - mu) / s) ** 2) / (s * math.sqrt(2 * math.pi))
        total += math.log(weight * density / (below + delta * (1 - below)))
    return total


@pytest.mark.parametrize(
    "name",
    [
        "dat.cohen1981",
        pytest.param("dat.hackshaw1998", marks=pytest.mark.slow),
        pytest.param("dat.bcg", marks=pytest.mark.slow),
    ],
)
def test_given_weights_agree_with_metafor(pinned, name):
    """The weight functions of Vevea and Woods 2005, on their own data (student ratings) too."""
    table = pinned.read("selection_weights.csv")
    steps = [float(row["steps"]) for row in table]
    for row in pinned.grouped("selection_given.csv", "set")[(name,)]:
        weights = [float(r[row["weights"]]) for r in table]
        result = selection_model(*pinned.sets[name], steps=steps, weights=weights)
        names = ("estimate", "se", "tau2", "tau2_se", "loglik")
        assert max(pinned.distance(getattr(result, n), row[n]) for n in names) < TOLERANCE
        assert math.isnan(result.lrt_p_value)
        assert "supposed" in result.message


@pytest.mark.parametrize("alternative", ["greater", "less", "two.sided"])
def test_derivatives_are_those_of_the_likelihood(alternative):
    rng = np.random.default_rng(2)
    v = rng.uniform(0.02, 0.3, 12)
    y = rng.normal(0.2, np.sqrt(v + 0.1))
    data = selected(y, v, np.array([0.025, 0.3, 1.0]), alternative)
    x = np.array([0.15, 0.08, 1.0, 0.6, 0.4])

    def gradient(z):
        return derivatives(data, z[0], z[1], z[2:]).gradient

    exact, h = derivatives(data, x[0], x[1], x[2:]), 1e-6
    for i in range(5):
        step = h * np.eye(5)[i]
        up = log_likelihood(data, *(x + step)[:2], (x + step)[2:])
        down = log_likelihood(data, *(x - step)[:2], (x - step)[2:])
        assert (up - down) / (2 * h) == pytest.approx(exact.gradient[i], abs=1e-6)
        slope = (gradient(x + step) - gradient(x - step)) / (2 * h)
        assert slope == pytest.approx(exact.hessian[i], abs=1e-5)


def test_no_point_of_a_fine_grid_is_higher():
    rng = np.random.default_rng(11)
    for alternative in ("greater", "less"):
        v = rng.uniform(0.02, 0.3, 12)
        y = rng.normal(0.3, np.sqrt(v + 0.05)) * (1 if alternative == "greater" else -1)
        result = selection_model(y, v, alternative=alternative)
        data = selected(y, v, np.array([0.025, 1.0]), alternative)
        best = max(
            log_likelihood(data, m, t, np.array([1.0, d]))
            for m in np.linspace(-1.5, 1.5, 25)
            for t in (0.0, 0.01, 0.05, 0.2, 0.6)
            for d in np.geomspace(0.01, 100, 15)
        )
        assert result.loglik >= best


def test_mirror_images_give_mirror_answers(pinned):
    y, v = map(np.array, pinned.sets["dat.hackshaw1998"])
    one = selection_model(y, v, alternative="greater")
    two = selection_model(-y, v, alternative="less")
    assert two.estimate == pytest.approx(-one.estimate, rel=1e-6)
    assert two.weights == pytest.approx(one.weights, rel=1e-6)
    order = np.random.default_rng(0).permutation(y.size)
    again = selection_model(y[order], v[order])
    assert again.loglik == pytest.approx(one.loglik, rel=1e-10)


def test_scale_does_not_matter(pinned):
    y, v = map(np.array, pinned.sets["dat.hackshaw1998"])
    one, two = selection_model(y, v), selection_model(y * 1e100, v * 1e200)
    assert two.estimate == pytest.approx(one.estimate * 1e100, rel=1e-6)
    assert two.lrt == pytest.approx(one.lrt, rel=1e-6)


def test_equal_weights_are_no_selection(pinned):
    result = selection_model(*pinned.sets["dat.bcg"], steps=(0.025, 0.5), weights=[2.0, 2.0, 2.0])
    assert result.steps.tolist() == [0.025, 0.5, 1.0]
    assert result.estimate == pytest.approx(result.unselected_estimate, rel=1e-8)


def test_an_empty_interval_or_too_few_studies_are_undefined_with_a_sentence():
    y, v = [0.5, 0.6, 0.7, 0.8], [0.01, 0.01, 0.02, 0.02]
    assert "No study in interval 2" in selection_model(y, v).message
    assert selection_model(y, v).status == "undefined"
    for k in (0, 1, 2):
        result = selection_model([0.5, 0.01][:k], [0.01, 0.02][:k])
        assert result.status == "undefined"
        assert "parameters" in result.message
    few = selection_model([*y, 0.01, 0.02], [*v, 0.02, 0.03])
    assert "mostly guess" in few.message


def test_bad_options_are_all_named():
    with pytest.raises(ArrayError) as caught:
        selection_model([0.1], [0.1], steps=(0.5, 0.1), alternative="up", weights=[0, -1])
    assert all(w in str(caught.value) for w in ("steps", "alternative", "weights"))
