"""A made-up case for the choice of the next study: no drug, no gene."""

import pytest

from equipoise.design.belief.strata_belief import divided, updated_difference
from equipoise.design.choice import Beliefs, DesignPlan
from equipoise.evidence.question import Outcome
from equipoise.synthesis.posteriors import INTERACTION_PRIORS, interaction_posterior


def number(value):
    return {"value": value, "source": "assumed for the test"}


def trial(name, **fields):
    base = {
        "id": name,
        "label": f"Trial {name}",
        "kind": "trial",
        "outcome": "survival",
        "sizes": [158, 631],
        "accrual_per_month": number(100.0),
        "accrual_months": number(48.0),
        "start_up_months": number(12.0),
        "fixed_cost": number(1e6),
        "cost_per_patient": number(8000.0),
    }
    return base | fields


def plan_fields(candidates, **fields):
    base = {
        "comparison": "survival-by-m",
        "between_trial_sd": number(0.16),
        "truths": [0.64, 0.8, 0.9, 1.0],
        "decision": {
            "horizon_years": 6.0,
            "baseline_risk": number(0.12),
            "harms": [number(900.0)],
            "cost": number(1000.0),
        },
        "stake": {
            "patients_a_year": number(40000.0),
            "uptake": number(0.5),
            "horizon_years": number(20.0),
            "discount_rate": number(0.03),
        },
        "link": {
            "early": "response",
            "r_squared": [0.03, 0.24, 0.63],
            "source": "assumed",
            "sd_early": number(0.5),
            "sd_late": number(0.2),
        },
        "markers": [{"axis": "g", "level": "yes", "prevalence": number(0.56)}],
        "candidates": candidates,
    }
    return base | fields


@pytest.fixture
def make_plan():
    def call(*candidates, **fields):
        return DesignPlan.model_validate(plan_fields(list(candidates), **fields))

    return call


@pytest.fixture
def survival():
    return Outcome(
        name="survival", label="Survival", role="benefit", measure="HR", better="lower",
        smallest_worthwhile=0.8, time_to_event=True,
    )  # fmt: skip


@pytest.fixture
def response():
    return Outcome(
        name="response", label="Response", role="benefit", measure="OR", better="higher",
        smallest_worthwhile=1.5,
    )  # fmt: skip


@pytest.fixture
def beliefs():
    named, split = {}, {}
    for name, prior in INTERACTION_PRIORS.items():
        posterior = interaction_posterior(0.0830, 0.0809, -0.4463, 0.2022, prior).posterior
        named[name] = (posterior, "positive")
    whole = Beliefs(named, {})
    for name, prior in INTERACTION_PRIORS.items():
        difference = updated_difference(prior, -0.95, 0.49)
        split[name] = {"g": divided(whole.effect(name), 0.56, difference)}
    return Beliefs(named, split)
