"""Statistics of strata: a plain loop, their correlation, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from equipoise.design.enrichment import nested, normal_endpoint, survival_endpoint
from equipoise.synthesis.arrays import ArrayError

THREE = nested([0.5, 0.3, 0.2])


@pytest.mark.parametrize("average", ["prevalence", "information"])
def test_against_a_plain_loop(average: str) -> None:
    size = np.array([[[0, 0, 50], [0, 40, 20], [50, 40, 20]]])
    endpoint = normal_endpoint(THREE, size, [0.1, 0.2, 0.3], 0.25, average=average)
    breadth = np.array([2, 1, 0, -1])
    draw = endpoint.draw(np.random.default_rng(1), 0, breadth)
    noise = np.random.default_rng(1).standard_normal((4, 3))
    for i, b in enumerate(breadth[:3]):
        for j in range(b + 1):
            top = bottom = 0.0
            for s in range(2 - j, 3):
                information = 0.25 * size[0, b, s]
                x = [0.1, 0.2, 0.3][s] + noise[i, s] / math.sqrt(information)
                w = [0.5, 0.3, 0.2][s] if average == "prevalence" else information
                top += w * x
                bottom += w * w / information
                assert draw.effect[i, s] == pytest.approx(x, abs=1e-14)
            assert draw.z[i, j] == pytest.approx(top / math.sqrt(bottom), abs=1e-13)
            assert draw.information[i, j] == pytest.approx(bottom, rel=1e-13)
    assert np.all(draw.patients[3] == 0.0)
    assert np.all(draw.patients[2] == [0.0, 0.0, 50.0])


@pytest.mark.parametrize("average", ["prevalence", "information"])
def test_correlation_is_the_root_of_the_information_ratio(average: str) -> None:
    size = np.array([[[0, 0, 50], [0, 70, 10], [50, 70, 10]]])
    endpoint = normal_endpoint(THREE, size, [0.0] * 3, 0.25, average=average)
    draw = endpoint.draw(np.random.default_rng(2), 0, np.full(40_000, 2))
    found = np.corrcoef(draw.z.T)
    information = draw.information[0]
    expected = np.sqrt(np.minimum.outer(information, information)) / np.sqrt(
        np.maximum.outer(information, information)
    )
    np.testing.assert_allclose(found, expected, atol=4 / math.sqrt(40_000))
    np.testing.assert_allclose(draw.z.mean(axis=0), 0.0, atol=4 / math.sqrt(40_000))


def test_events_fall_where_the_hazard_is() -> None:
    even = survival_endpoint(nested([0.6, 0.4]), [100], [1.0, 0.5], allocation=2.0)
    weights = np.array([0.6 * 3.0, 0.4 * 2.0])
    assert even.size[0, 1] == pytest.approx(100 * weights / weights.sum())
    risks = survival_endpoint(nested([0.6, 0.4]), [100], [1.0, 1.0], control_risks=[0.2, 0.6])
    assert risks.size[0, 1] == pytest.approx([100 * 0.12 / 0.36, 100 * 0.24 / 0.36])
    assert even.truth.tolist() == pytest.approx([0.0, math.log(2.0)])


def test_refusals() -> None:
    with pytest.raises(ArrayError) as caught:
        normal_endpoint(THREE, np.ones((1, 3, 3)), [0.1, math.nan, 0.2], -1.0, average="mean")
    assert len(caught.value.problems) == 4
    with pytest.raises(ArrayError) as caught:
        survival_endpoint(THREE, [0.0], [1.0, -1.0])
    assert len(caught.value.problems) == 3
