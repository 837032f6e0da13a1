"""Likelihoods of studies: R, scipy's quadrature, a plain sum, and properties."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from equipoise.mechanism.rivals import RivalEvidence, WindowAssumptions, study_log_likelihood
from equipoise.mechanism.rivals.study_likelihood import log_likelihood_by_study, z_of

PINNED = Path(__file__).parents[3] / "validation" / "mechanism" / "rivals" / "likelihoods.csv"


def pinned() -> dict[str, float]:
    with PINNED.open(encoding="utf-8", newline="") as file:
        return {row["case"]: float(row["log_likelihood"]) for row in csv.DictReader(file)}


def row(kind: str, **changes: object) -> RivalEvidence:
    values: dict[str, object] = {
        **{"id": "a", "study": "S", "design": "single arm", "n": 20, "readout": "y"},
        **{"regimen": "r", "kind": kind, "source_url": "", "quote": ""},
    }
    return RivalEvidence.model_validate({**values, **changes})


RATIO = row("ratio", value=0.6, low=0.45, high=0.8)
SIGN = row("sign", value=1, p_value=0.01)
STUDY = [
    row("ratio", value=0.9, low=0.8, high=1.0125),
    SIGN,
    row("sign", value=-1, p_value=0.0001),
    row("no change"),
]
EFFECTS = np.array([-0.2, 0.3, -0.05, -0.2])


def randomised(one: RivalEvidence) -> RivalEvidence:
    return one.model_copy(update={"design": "randomised"})


def found(rows: list[RivalEvidence], effects: list[float], **assumed: float) -> float:
    given = WindowAssumptions(**assumed)
    return float(study_log_likelihood(rows, np.array(effects), given))


def test_likelihoods_are_those_of_numerical_integration_in_r() -> None:
    r = pinned()
    assert found([randomised(RATIO)], [-0.3]) == pytest.approx(r["ratio"], abs=1e-12)
    assert found([RATIO], [-0.3]) == pytest.approx(r["ratio_single"], abs=1e-9)
    assert found([randomised(SIGN)], [0.1]) == pytest.approx(r["sign"], abs=1e-12)
    assert found([SIGN], [0.1]) == pytest.approx(r["sign_single"], abs=1e-9)
    study = EFFECTS.tolist()
    assert found(STUDY, study) == pytest.approx(r["study"], abs=1e-9)
    assert found(STUDY, study, drift_sd=0.5) == pytest.approx(r["study_wide"], abs=1e-9)


def test_a_plain_sum_over_the_drift_gives_the_same() -> None:
    step, total = 1e-3, 0.0
    for b in np.arange(-1.2, 1.2, step):
        p = math.exp(-0.5 * (b / 0.15) ** 2) / (0.15 * math.sqrt(2 * math.pi))
        for one, mu in zip(STUDY, EFFECTS, strict=True):
            if one.kind == "sign":
                p *= float(special.ndtr(z_of(one) * (one.value or 0) * (mu + b) / math.log(1.2)))
                continue
            se = one.log_se if one.kind == "ratio" else 0.6 / math.sqrt(20)
            y = math.log(one.value) if one.kind == "ratio" and one.value else 0.0
            p *= math.exp(-0.5 * ((y - mu - b) / se) ** 2) / (se * math.sqrt(2 * math.pi))
        total += p * step
    assert found(STUDY, EFFECTS.tolist()) == pytest.approx(math.log(total), abs=1e-9)


def test_the_printed_p_is_the_probability_of_the_sign_at_the_assumed_size() -> None:
    assert found([randomised(SIGN)], [math.log(1.2)]) == pytest.approx(math.log(1 - 0.01 / 2))
    assert found([randomised(SIGN)], [0.0]) == pytest.approx(math.log(0.5))
    assert found([SIGN], [0.0]) == pytest.approx(math.log(0.5), abs=1e-12)


def test_a_drift_in_one_direction_is_taken_off() -> None:
    moved = found(STUDY, (EFFECTS - 0.1).tolist(), drift_mean=0.1)
    assert moved == pytest.approx(found(STUDY, EFFECTS.tolist()), abs=1e-12)


def test_without_drift_a_single_arm_is_a_randomised_trial() -> None:
    alone = found(STUDY, EFFECTS.tolist(), drift_sd=0.0)
    apart = [found([randomised(one)], [mu]) for one, mu in zip(STUDY, EFFECTS, strict=True)]
    assert alone == pytest.approx(sum(apart), abs=1e-12)


def test_rows_of_one_single_arm_are_not_independent() -> None:
    """Two falls that a drift explains together are likelier together than one by one."""
    down = row("sign", value=-1, p_value=0.001)
    both = found([down, down], [0.0, 0.0])
    assert both > 2 * found([down], [0.0]) + 0.3
    assert both < found([down], [0.0])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(-0.5, 0.5), min_size=4, max_size=4),
    st.permutations(range(4)),
    st.floats(0.0, 0.5),
)
def test_order_and_direction_do_not_matter(
    effects: list[float], order: list[int], drift: float
) -> None:
    first = found(STUDY, effects, drift_sd=drift)
    mixed = found([STUDY[k] for k in order], [effects[k] for k in order], drift_sd=drift)
    assert mixed == pytest.approx(first, abs=1e-9)
    turned = [
        one.model_copy(update={"value": 1 / one.value, "low": 1 / one.high, "high": 1 / one.low})
        if one.kind == "ratio" and one.value and one.low and one.high
        else one.model_copy(update={"value": -(one.value or 0.0)})
        for one in STUDY
    ]
    other_way = found(turned, [-e for e in effects], drift_sd=drift)
    assert other_way == pytest.approx(first, abs=1e-9)


def test_studies_are_taken_apart() -> None:
    rows = [randomised(RATIO), *STUDY]
    rows[0] = rows[0].model_copy(update={"study": "T"})
    effects = np.array([[-0.3, *EFFECTS], [0.0, *EFFECTS]])
    by_study = log_likelihood_by_study(rows, effects)
    assert by_study.shape == (2, 2)
    assert by_study[0, 0] == pytest.approx(found([rows[0]], [-0.3]))
    assert by_study[:, 1] == pytest.approx([found(STUDY, EFFECTS.tolist())] * 2)
