"""Absolute benefit: by hand, against R, against draws, against a plain loop, and properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import expit, logit, ndtr
from tests.biomarkers.patient.conftest import CASES, PINNED, mixture, patient_of

from equipoise.biomarkers.patient import AbsoluteBenefit, BaselineRisk
from equipoise.biomarkers.patient.absolute_benefit import benefit, effect_that_gives, treated_risk
from equipoise.biomarkers.patient.effect_mixture import NOTHING, EffectMixture
from equipoise.biomarkers.patient.further_trial import flipping_effect
from equipoise.errors import InputError

DRAWS = 500_000
SEED = 20261128


def normal(mean: float, sd: float) -> EffectMixture:
    return mixture([1.0], [mean], [sd])


def test_a_known_ratio_and_risk_by_hand() -> None:
    # risk 19 %: survival 0.81; hazard ratio 0.5: survival sqrt(0.81) = 0.9, so 9 points fewer
    known = AbsoluteBenefit(
        BaselineRisk(0.19, 0.0), normal(math.log(0.5), 0.0), NOTHING, "HR", "lower"
    )
    assert known.mean == pytest.approx(0.09, abs=1e-15)
    assert known.interval() == pytest.approx((0.09, 0.09), abs=1e-11)
    assert known.probability_above(0.0899) == 1.0
    assert known.probability_above(0.0901) == 0.0
    # odds 1 against 1, odds ratio 3: 3 of 4, 25 points more responses
    response = AbsoluteBenefit(
        BaselineRisk(0.5, 0.0), normal(math.log(3.0), 0.0), NOTHING, "OR", "higher"
    )
    assert response.mean == pytest.approx(0.25, abs=1e-15)


def test_a_median_interval_and_spread_by_hand() -> None:
    # logit 0.2 = -ln 4, logit 0.5 = 0, logit 0.05 = -ln 19; half the width over z
    found = BaselineRisk.from_interval(0.2, 0.05, 0.5, 0.95, 0.3)
    sampling = math.log(19.0) / (2.0 * 1.959963984540054)
    assert found.sd == pytest.approx(math.hypot(sampling, 0.3), rel=1e-12)
    assert found.quantile(0.5) == pytest.approx(0.2, abs=1e-15)
    assert BaselineRisk.from_interval(0.2, None, None, 0.95, 0.3).sd == 0.3


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_number_of_the_recipe(name: str) -> None:
    patient, case, pinned = patient_of(CASES[name]), CASES[name], PINNED[name]
    split, (low, high) = patient.variance_split(), patient.interval()
    worthwhile = float(case["worthwhile"])
    found = {
        "mean": patient.mean,
        "any": patient.probability_above(0.0),
        "worthwhile": patient.probability_above(worthwhile),
        "low": low,
        "median": patient.quantile(0.5),
        "high": high,
        "flip": flipping_effect(patient, worthwhile, float(case["further_se"])),
    }
    for key, value in found.items():
        assert value == pytest.approx(float(pinned[key]), abs=1e-10), key
    for key in ("baseline", "effect", "modifier"):
        assert getattr(split, key) == pytest.approx(float(pinned[key]), abs=1e-13), key


def test_the_same_by_half_a_million_draws(stratum: AbsoluteBenefit) -> None:
    rng = np.random.default_rng(SEED)

    def drawn(m: EffectMixture) -> np.ndarray:
        part = rng.choice(m.weights.size, DRAWS, p=m.weights)
        return m.means[part] + m.sds[part] * rng.standard_normal(DRAWS)

    x = logit(stratum.baseline.median) + stratum.baseline.sd * rng.standard_normal(DRAWS)
    theta = drawn(stratum.effect) + drawn(stratum.modifier)
    gains = expit(x) - 1.0 + (1.0 - expit(x)) ** np.exp(theta)
    error = gains.std() / math.sqrt(DRAWS)
    assert stratum.mean == pytest.approx(gains.mean(), abs=4.0 * error)
    variance_error = np.sqrt(((gains - gains.mean()) ** 2).var() / DRAWS)
    assert stratum.variance_split().total == pytest.approx(gains.var(), abs=4.0 * variance_error)
    for limit in (0.0, 0.02, 0.05):
        p = stratum.probability_above(limit)
        assert p == pytest.approx((gains > limit).mean(), abs=4.0 * math.sqrt(p * (1 - p) / DRAWS))
    for prob in (0.025, 0.5, 0.975):
        share = (gains <= stratum.quantile(prob)).mean()
        assert share == pytest.approx(prob, abs=4.0 * math.sqrt(prob * (1 - prob) / DRAWS))


def test_the_same_by_a_plain_loop(stratum: AbsoluteBenefit) -> None:
    centre, sd, limit = logit(stratum.baseline.median), stratum.baseline.sd, 0.01
    whole = stratum.whole

    def height(x: float) -> float:
        p0 = 1.0 / (1.0 + math.exp(-x))
        if p0 <= limit:
            return 0.0
        t = math.log(math.log(1.0 - p0 + limit) / math.log(1.0 - p0))
        below = 0.0
        for w, m, s in zip(whole.weights, whole.means, whole.sds, strict=True):
            below += w * ndtr((t - m) / s)
        z = (x - centre) / sd
        return below * math.exp(-0.5 * z * z) / (sd * math.sqrt(2.0 * math.pi))

    slow = quad(height, centre - 8 * sd, centre + 8 * sd, epsabs=1e-12, limit=200)[0]
    assert stratum.probability_above(limit) == pytest.approx(slow, abs=1e-10)


RISKS = st.floats(0.01, 0.95)
EFFECTS = st.floats(-1.5, 1.5)
SDS = st.floats(0.05, 0.8)


@given(RISKS, EFFECTS, st.sampled_from(["HR", "OR"]), st.sampled_from(["lower", "higher"]))
def test_the_effect_that_gives_a_benefit_gives_it(
    risk: float, theta: float, measure: str, better: str
) -> None:
    x = np.array([logit(risk)])
    gain = float(benefit(x, np.array([theta]), measure, better)[0])
    assert effect_that_gives(x, gain, measure, better)[0] == pytest.approx(theta, abs=1e-9)


@given(RISKS, SDS, EFFECTS, SDS, st.floats(-0.3, 0.3))
@settings(max_examples=20)
def test_a_mirrored_outcome_has_the_same_benefit(
    risk: float, spread: float, mean: float, sd: float, limit: float
) -> None:
    """Fewer failures by an odds ratio are as many successes more by its inverse."""
    fail = AbsoluteBenefit(BaselineRisk(risk, spread), normal(mean, sd), NOTHING, "OR", "lower")
    cure = AbsoluteBenefit(
        BaselineRisk(1.0 - risk, spread), normal(-mean, sd), NOTHING, "OR", "higher"
    )
    assert fail.mean == pytest.approx(cure.mean, abs=1e-12)
    assert fail.probability_above(limit) == pytest.approx(cure.probability_above(limit), abs=1e-9)
    ours, theirs = fail.variance_split(), cure.variance_split()
    assert (ours.baseline, ours.effect) == pytest.approx(
        (theirs.baseline, theirs.effect), abs=1e-12
    )


@given(RISKS, EFFECTS, SDS)
@settings(max_examples=20)
def test_a_harmful_effect_is_a_benefit_seen_from_the_other_side(
    risk: float, mean: float, sd: float
) -> None:
    base, effect = BaselineRisk(risk, 0.3), normal(mean, sd)
    good = AbsoluteBenefit(base, effect, NOTHING, "HR", "lower")
    bad = AbsoluteBenefit(base, effect, NOTHING, "HR", "higher")
    assert good.mean == pytest.approx(-bad.mean, abs=1e-14)
    assert good.quantile(0.1) == pytest.approx(-bad.quantile(0.9), abs=1e-9)


@given(st.floats(0.01, 0.3), st.floats(1.05, 1.6), st.floats(-1.2, -0.1))
def test_more_baseline_risk_gives_more_absolute_difference(
    risk: float, more: float, theta: float
) -> None:
    """Up to the risk at which the difference is widest; 0.48 is below it for these ratios."""
    gains = benefit(logit(np.array([risk, risk * more])), np.array([theta]), "HR", "lower")
    assert gains[1] > gains[0] > 0.0


@given(RISKS, SDS, EFFECTS, SDS, SDS)
@settings(max_examples=20)
def test_the_parts_of_the_variance_are_the_whole(
    risk: float, spread: float, mean: float, sd: float, other: float
) -> None:
    modifier = mixture([0.8, 0.2], [0.0, 0.1], [0.0, other])
    patient = AbsoluteBenefit(BaselineRisk(risk, spread), normal(mean, sd), modifier, "HR", "lower")
    split = patient.variance_split()
    assert min(split.baseline, split.effect, split.modifier) >= 0.0
    together = patient.with_effect(patient.whole).variance_split()
    assert together.modifier == 0.0
    assert together.total == pytest.approx(split.total, rel=1e-9)
    assert sum(split.shares() or ()) == pytest.approx(1.0)


def test_nothing_that_varies_has_no_shares() -> None:
    known = AbsoluteBenefit(BaselineRisk(0.2, 0.0), normal(-0.2, 0.0), NOTHING, "HR", "lower")
    assert known.variance_split().shares() is None


def test_extremes_stay_finite() -> None:
    x = logit(np.array([1e-12, 0.5, 1.0 - 1e-12]))
    for measure in ("HR", "OR"):
        risks = treated_risk(x, np.array([-40.0, 0.0, 40.0])[:, None], measure)
        assert np.isfinite(risks).all()
        assert ((risks >= 0.0) & (risks <= 1.0)).all()


@pytest.mark.parametrize(
    ("median", "sd"), [(0.0, 0.1), (1.0, 0.1), (0.2, -0.1), (0.2, math.inf), (math.nan, 0.1)]
)
def test_a_baseline_that_is_none_is_refused(median: float, sd: float) -> None:
    with pytest.raises(InputError, match="median above 0"):
        BaselineRisk(median, sd)
