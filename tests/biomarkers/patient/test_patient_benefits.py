"""The whole answer of a case: by hand, against draws from the prior, in words and as data."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from importlib import resources
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from equipoise.ask_patient import ask_patient
from equipoise.biomarkers.markers.marker_file import read_markers
from equipoise.biomarkers.markers.subgroup_shrinkage import shrink_subgroups
from equipoise.biomarkers.patient import (
    Patient,
    PatientBenefit,
    options_of,
    patient_answer,
    patient_benefit,
    patient_text,
    prior_share,
)
from equipoise.biomarkers.patient.case_effects import StratumData, comparison_of, modifier_effect
from equipoise.case import Case, load_case, packaged_cases
from equipoise.synthesis.posteriors import INTERACTION_PRIORS

DRAWS, SEED = 500_000, 5
Z = 1.959963984540054
RESEARCH = "research use only, not medical advice"
PATIENT = {"marker": "positive", "stage": "early", "gene": "GG", "sugar": "low"}


def answer(case: Case, levels: dict[str, str]) -> PatientBenefit:
    assert case.patient is not None
    return patient_benefit(
        Patient(levels), case.patient, case.question, case.plan, case.evidence, case.baselines
    )


def in_words(case: Case, found: PatientBenefit) -> str:
    assert case.patient is not None
    asked = comparison_of(case.patient, case.plan)
    known = options_of(case.patient, case.question, asked)
    return patient_text(found, case.patient, case.question, known)


def test_the_flat_estimate_and_the_share_of_information_by_hand(case: Case) -> None:
    found = answer(case, PATIENT)
    gg, tt = ((math.log(h) - math.log(lo)) / (2 * Z) for h, lo in ((1.01, 0.30), (1.45, 0.50)))
    share = (1 / gg**2) / (1 / gg**2 + 1 / tt**2)
    gene, sugar = found.modifiers
    assert gene.share == pytest.approx(share, abs=1e-12)
    assert gene.se == pytest.approx(math.hypot(gg, tt), abs=1e-12)
    flat = math.log(0.70) + (1 - share) * math.log(0.55 / 0.85)
    assert found.flat == pytest.approx(flat, abs=1e-12)
    assert (sugar.pull, sugar.estimate, sugar.flat) == (-0.25, None, 0.0)
    assert found.row.row_id == "early_6"
    logits = logit([0.15, 0.26])
    assert found.baseline.sd == pytest.approx(
        math.hypot((logits[1] - logits[0]) / (2 * Z), 0.2), abs=1e-12
    )


def test_the_parts_of_the_stratum_average_to_it(case: Case) -> None:
    good, bad = (answer(case, PATIENT | {"gene": level}) for level in ("GG", "TT"))
    share = good.modifiers[0].share
    for prior in INTERACTION_PRIORS.values():
        a, b = (modifier_effect(f.modifiers[:1], prior).mean for f in (good, bad))
        assert share * a + (1 - share) * b == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize("name", sorted(INTERACTION_PRIORS))
def test_every_number_by_draws_from_the_prior(case: Case, name: str) -> None:
    """Draw all unknowns from the prior and weigh each draw by the likelihood of the data."""
    found, prior = answer(case, PATIENT), INTERACTION_PRIORS[name]
    stratum, (gene, sugar) = found.stratum, found.modifiers
    rng = np.random.default_rng(SEED)
    mu = prior.mean_sd * rng.standard_normal(DRAWS)
    d, g, h = (
        np.where(rng.random(DRAWS) < prior.probability, prior.sd, 0.0) * rng.standard_normal(DRAWS)
        for _ in range(3)
    )
    assert stratum.covariance == 0.0
    data = ((stratum.negative, mu), (stratum.positive, mu + d), ((gene.estimate, gene.se), g))
    log_weight = sum(-0.5 * ((y - value) / s) ** 2 for (y, s), value in data)
    w = np.exp(log_weight - log_weight.max())
    w /= w.sum()
    theta = mu + d + (1 - gene.share) * g - sugar.share * h
    x = logit(found.baseline.median) + found.baseline.sd * rng.standard_normal(DRAWS)
    gains = expit(x) - 1.0 + (1.0 - expit(x)) ** np.exp(theta)
    one = next(b for b in found.named if b.prior == name)

    def close(ours: float, values: np.ndarray) -> None:
        mean = w @ values
        error = math.sqrt(np.sum((w * (values - mean)) ** 2))
        assert ours == pytest.approx(mean, abs=4.5 * error)

    close(one.mean_gain, gains)
    close(one.any_benefit, gains > 0.0)
    close(one.worthwhile, gains > 0.03)
    close(0.5, theta <= math.log(one.ratio.median))
    close(0.025, gains <= one.gain.low)
    close(0.975, gains <= one.gain.high)
    close(one.variance.total, (gains - one.mean_gain) ** 2)
    assert one.prior_share is not None
    close((1.0 - one.prior_share) * found.flat, theta)
    assert one.relative is None  # the outcome declares no smallest worthwhile ratio


@pytest.mark.parametrize(
    ("mean", "flat", "share"),
    [(-0.1, -0.4, 0.75), (0.0, 0.2, 1.0), (0.1, -0.1, 2.0), (-0.3, 0.05, None), (0.1, 0.0, None)],
)
def test_the_prior_share_by_hand(mean: float, flat: float, share: float | None) -> None:
    assert prior_share(mean, flat) == (None if share is None else pytest.approx(share))


@given(
    st.floats(-1, 1),
    st.floats(0.05, 0.8),
    st.floats(-1, 1),
    st.floats(0.05, 0.8),
    st.sampled_from(sorted(INTERACTION_PRIORS)),
)
def test_the_belief_lies_between_nothing_and_the_two_strata(
    bn: float, sn: float, bp: float, sp: float, name: str
) -> None:
    """So the prior share is between 0 and 1 wherever the other stratum does not pull beyond."""
    stratum = StratumData((bn, sn), (bp, sp), 0.0, "positive", ())
    mean = stratum.effect(INTERACTION_PRIORS[name]).mean
    assert min(0.0, bn, bp) - 1e-9 <= mean <= max(0.0, bn, bp) + 1e-9
    share = prior_share(mean, bp)
    if share is not None and bn * bp >= 0.0 and abs(bn) <= abs(bp):
        assert -1e-9 <= share <= 1.0 + 1e-9


def test_more_belief_in_a_difference_leaves_more_of_it(case: Case) -> None:
    shares = [one.prior_share for one in answer(case, PATIENT).named]
    assert shares == sorted(shares, reverse=True)
    assert all(0.0 < share < 1.0 for share in shares)


def test_a_higher_risk_has_the_larger_difference(case: Case) -> None:
    early, late = (answer(case, {"marker": "positive", "stage": s}) for s in ("early", "late"))
    assert late.baseline.mean > early.baseline.mean
    assert late.headline.ratio == early.headline.ratio
    assert late.headline.mean_gain > early.headline.mean_gain > 0.0
    assert early.headline.variance.modifier == 0.0


def test_the_other_level_of_the_phenotype_has_its_own_effect(case: Case) -> None:
    found = answer(case, {"marker": "negative", "stage": "early"})
    assert found.flat == pytest.approx(found.stratum.negative[0])
    assert found.stratum.name == "negative"


def test_the_text_tells_what_the_answer_rests_on(case: Case) -> None:
    found = answer(case, PATIENT)
    text = " ".join(in_words(case, found).split())
    one = found.headline
    for words in (
        "an event (overall survival) within 6 years",
        f"{100 * found.baseline.mean:.1f} are expected",
        f"{100 * one.mean_gain:.1f} fewer",
        "Prior share",
        "Zeta control arm: 20.0 % (15.0 to 26.0 %) within 6 years, printed.",
        "https://example.org/zeta (confidence: high)",
        "Also read, not used: OS at 3 years",
        "Also read, not used: response, 40.0 %",
        "ratio of ratios of 0.65",
        "Adverse events of grade 3 or worse",
        "law of total variance",
        "with 100 events: a hazard ratio of",
        "Everything here is invented.",
    ):
        assert words in text, words
    assert text.casefold().count(RESEARCH) >= 4
    assert "responder" not in text.casefold()


def test_the_text_says_when_the_risk_reaches_beyond_the_effect(case: Case) -> None:
    told = "It is counted to 6 years; the effect is assumed to hold beyond 5"
    assert told in " ".join(in_words(case, answer(case, PATIENT)).split())
    late = answer(case, {"marker": "positive", "stage": "late"})
    assert "It is counted" not in in_words(case, late)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.74, "Prior share 74 %: taken alone the data give a hazard ratio of"),
        (0.74, "'reference' prior takes 74 % of that effect"),
        (1.38, "Prior share 138 %"),
        (1.38, "turn its direction"),
        (-0.2, "make the effect larger"),
        (None, "Prior share: \u2013."),
    ],
)
def test_the_prior_share_in_words(case: Case, share: float | None, said: str) -> None:
    found = answer(case, PATIENT)
    one = replace(found.headline, prior_share=share)
    assert said in " ".join(in_words(case, replace(found, headline=one)).split())


def test_a_share_that_cannot_be_told_is_a_dash(case: Case) -> None:
    found = answer(case, {"marker": "positive", "stage": "early", "gene": "TT"})
    assert found.headline.prior_share is not None
    near = StratumData((0.0, 0.1), (0.04, 0.1), 0.0, "positive", ())
    assert prior_share(near.effect(INTERACTION_PRIORS["reference"]).mean, near.flat) is None


def test_the_data_fit_their_schema_and_say_research_use(case: Case) -> None:
    assert case.patient is not None
    found = answer(case, PATIENT)
    document = {"schema_version": 1, "command": "patient"}
    document |= patient_answer(found, case.patient, case.name)
    schema = json.loads(
        (resources.files("equipoise") / "report" / "schemas" / "answer.schema.json").read_text()
    )
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(json.dumps(document, allow_nan=False)), schema)
    holders = (document, document["icon_array"], *document["answers"])
    assert all(RESEARCH in holder["research_use"].casefold() for holder in holders)
    assert "responder" not in json.dumps(document).casefold()


def test_a_single_modifier_is_shrunken_as_the_markers_room_does(case: Case) -> None:
    gene = answer(case, PATIENT).modifiers[0]
    assert gene.estimate is not None
    for name, prior in INTERACTION_PRIORS.items():
        theirs = shrink_subgroups([gene.estimate], [gene.se], prior=name)
        assert gene.difference(prior).mean == pytest.approx(float(theirs.means[0]), abs=1e-12)


def test_the_packaged_cases_tell_of_a_marker_what_its_record_tells() -> None:
    compared = 0
    for name in packaged_cases():
        case = load_case(name)
        file = resources.files("equipoise") / "cases" / name / "biomarkers" / "markers.toml"
        if case.patient is None or not file.is_file():
            continue
        records = {marker.id: marker for marker in read_markers(file, case.evidence)}
        for told in case.patient.markers:
            record = records[told.axis]
            assert (told.level, told.rest) == (record.level, record.against)
            assert told.prevalence.value == record.prevalence.value
            rows = [(claim.level_row, claim.against_row) for claim in record.claims]
            assert not told.row or (told.row, told.rest_row) in rows
            assert told.measured is None or f"{told.measured.cut:g}" in record.cut
            compared += 1
    assert compared >= 2


def test_a_patient_outside_the_table_is_a_mistake_of_the_caller(case: Case) -> None:
    with pytest.raises(ValueError, match="read_patient"):
        answer(case, {"marker": "positive"})


def test_asking_gives_data_and_words_or_the_options(teaching: Path) -> None:
    document, text = ask_patient(str(teaching), ["--marker=+", "--stage=early"])
    assert document is not None
    assert document["headline"] == "reference"
    assert "In short" in text
    nothing, options = ask_patient(str(teaching), ["--stage=nonsense", "--help"])
    assert nothing is None
    assert "--stage: Stage" in options
