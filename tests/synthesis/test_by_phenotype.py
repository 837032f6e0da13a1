"""One outcome in two levels: the published numbers, the missing strata, and no prior unlabelled."""

import math

import pytest

from equipoise.errors import InputError
from equipoise.synthesis import Complement, Plan, derive_complement
from equipoise.synthesis.by_phenotype import synthesise_phenotype
from equipoise.synthesis.phenotype_plan import Comparison
from equipoise.synthesis.phenotype_results import phenotype_results

ASKED = {
    "id": "d", "outcome": "death", "label": "Death", "axis": "m", "level": "positive",
    "reference": "negative",
}  # fmt: skip
SPEC = {
    "id": "c", "trial": "a", "outcome": "death", "axis": "m", "level": "positive",
    "complement_level": "negative", "stratum": "a.pos", "partition": ["yes", "no"],
}  # fmt: skip


@pytest.fixture
def printed(row):
    def make(name, trial, analysed, e, low, high):
        fields = {"measure": "HR", "estimate": e, "ci_low": low, "ci_high": high}
        return row(name, trial, outcome="death", analysed=analysed, **fields)

    return make


@pytest.fixture
def one_trial(printed, evidence, question):
    base = evidence(
        [
            printed("a.pos", "a", "m=positive", 0.64, 0.43, 0.95),
            printed("yes", "a", "r=yes", 1.01, 0.84, 1.21),
            printed("no", "a", "r=no", 1.01, 0.79, 1.3),
        ]
    )
    derived = {"c": derive_complement(base, Complement.model_validate(SPEC), Plan())}
    asked = Comparison.model_validate(ASKED | {"complements": ["c"]})
    return synthesise_phenotype(base, question, asked, Plan(), derived)


def test_one_trial_gives_back_its_own_contrast(one_trial):
    within = one_trial.interaction.within
    assert (within.k, within.ci) == (1, "wald")
    assert math.exp(within.estimate) == pytest.approx(0.589, abs=5e-4)
    assert one_trial.missing.positive.estimate == pytest.approx(math.log(0.64))
    assert one_trial.missing.negative.estimate == pytest.approx(0.0830, abs=5e-5)


def test_the_three_beliefs_are_those_of_the_published_arithmetic(one_trial):
    expected = {
        "sceptic": (0.128, 0.98, 1.00, 0.51),
        "reference": (0.514, 0.85, 0.91, 0.72),
        "enthusiast": (0.695, 0.80, 0.80, 0.81),
    }
    for one in one_trial.belief.named:
        shown = (
            one.probability_difference,
            math.exp(one.positive.mean),
            math.exp(one.positive.median),
            one.positive.probability_below,
        )
        assert shown == pytest.approx(expected[one.name], abs=0.005)
    signal = one_trial.belief.signal
    assert [round(math.exp(x), 3) for x in (signal.mean, signal.low, signal.high)] == [
        0.745, 0.505, 1.044,
    ]  # fmt: skip


def test_every_number_with_a_prior_in_it_is_called_posterior(one_trial, question):
    results = {result.id: result for result in phenotype_results(one_trial, question)}
    assert list(results) == [
        "d.within", "d.all-trials.level", "d.all-trials.reference",
        "d.sceptic", "d.reference", "d.enthusiast", "d.signal",
    ]  # fmt: skip
    standings = [result.standing for result in results.values()]
    assert standings == ["derived"] * 3 + ["posterior"] * 4
    assert results["d.reference"].note.startswith("Prior-driven")
    assert results["d.within"].measure == "ratio of HRs"
    assert results["d.within"].inputs == ("a.pos", "yes", "no")


def test_without_a_trial_of_both_levels_nothing_is_said_of_the_difference(
    printed, evidence, question
):
    rows = [printed("only", "b", "", 0.9, 0.6, 1.35), printed("all", "w", "", 0.95, 0.7, 1.3)]
    base = evidence(rows, trials={"b": {"enrolled": {"m": "positive", "r": "any"}}})
    asked = Comparison.model_validate(ASKED)
    found = synthesise_phenotype(base, question, asked, Plan(), {})
    assert found.belief is None
    assert found.interaction.status == found.missing.status == "undefined"
    results = list(phenotype_results(found, question))
    assert [result.id for result in results] == [
        "d.within", "d.all-trials.level", "d.all-trials.reference",
    ]  # fmt: skip
    assert all(math.isnan(result.estimate) for result in results)


def test_a_single_stratum_of_a_mixed_trial_needs_its_share(printed, evidence, question):
    base = evidence([printed("p", "b", "m=positive", 0.9, 0.6, 1.35)])
    with pytest.raises(InputError, match=r"shares.*'b'|b.*shares"):
        synthesise_phenotype(base, question, Comparison.model_validate(ASKED), Plan(), {})
    share = {"trial": "b", "patients": 0.2, "source": "its flow chart"}
    asked = Comparison.model_validate(ASKED | {"shares": [share]})
    found = synthesise_phenotype(base, question, asked, Plan(), {})
    assert found.missing.k_one == 1
