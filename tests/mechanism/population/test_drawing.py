"""Virtual patients: the distributions asked for, the same bits, paired strata."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from equipoise.errors import InputError
from equipoise.mechanism.population import (
    Correlation,
    Covariate,
    between_patients,
    draw_population,
    independent,
    log_sd,
)
from equipoise.mechanism.population.quasi_random import sobol
from equipoise.mechanism.population.score_values import covariate_values, scores


def covariate(distribution, **numbers):
    return Covariate(
        name="weight",
        parameter="weight",
        distribution=distribution,
        standing="assumed",
        **numbers,
    )


def test_log_sd_gives_back_the_coefficient_of_variation():
    sd = log_sd(30.0)
    mean, variance = math.exp(sd**2 / 2), (math.exp(sd**2) - 1) * math.exp(sd**2)
    assert math.sqrt(variance) / mean == pytest.approx(0.3, rel=1e-14)


def test_quantiles_are_those_of_r(pinned):
    table = pd.read_csv(pinned / "quantiles.csv").astype(object)
    table = table.where(table.notna(), None)
    for row in table.itertuples():
        limits = {"low": row.low, "high": row.high}
        one = covariate(row.distribution, centre=row.centre, spread=row.spread, **limits)
        value = covariate_values(one, scores(one, np.array([row.u])))[0]
        assert value == pytest.approx(row.value, rel=1e-12)


def test_truncation_is_what_rejection_leaves():
    """Slow version: draw again until a patient is inside the limits."""
    one = covariate("lognormal", centre=68.0, spread=0.4, low=60.0, high=90.0)
    rng = np.random.default_rng(1)
    kept = 68.0 * np.exp(0.4 * rng.standard_normal(40_000))
    kept = np.sort(kept[(kept >= 60.0) & (kept <= 90.0)])
    made = covariate_values(one, scores(one, (np.arange(kept.size) + 0.5) / kept.size))
    assert np.abs(made - kept).max() < 1.0
    assert np.abs(made - kept).mean() < 0.15


@settings(max_examples=30)
@given(
    st.floats(0.1, 100.0),
    st.floats(0.01, 2.0),
    st.floats(0.01, 0.999),
    st.floats(1.001, 100.0),
    st.lists(st.floats(1e-12, 1.0 - 1e-12), min_size=1, max_size=20),
)
def test_values_rise_with_the_uniform_number_and_stay_inside(centre, spread, below, above, uniform):
    limits = {"low": centre * below, "high": centre * above}
    one = covariate("lognormal", centre=centre, spread=spread, **limits)
    values = covariate_values(one, scores(one, np.sort(uniform)))
    assert (np.diff(values) >= 0.0).all()
    assert one.low <= values.min() <= values.max() <= one.high


def test_bernoulli_and_uniform_follow_the_score():
    z = np.array([-3.0, ndtri(0.3) - 1e-9, ndtri(0.3) + 1e-9, 3.0])
    assert covariate_values(covariate("bernoulli", centre=0.7), z).tolist() == [0.0, 0.0, 1.0, 1.0]
    assert covariate_values(covariate("bernoulli", centre=0.0), z).sum() == 0.0
    assert covariate_values(covariate("bernoulli", centre=1.0), z).sum() == 4.0
    even = covariate_values(covariate("uniform", low=10.0, high=20.0), np.array([-9.0, 0.0, 9.0]))
    assert even == pytest.approx([10.0, 15.0, 20.0])


def test_variability_covers_what_no_covariate_does(model, covariates, model_of):
    assert [row.symbol for row in between_patients(model, covariates)] == ["CL", "V"]
    assert [row.symbol for row in between_patients(model)] == ["sensitivity", "CL", "V"]
    with pytest.raises(InputError, match=r"a0.*above 0 where cv_percent is"):
        between_patients(model_of(("a0", 0.0, 10.0)))


def test_columns_hold_what_the_rows_say(model, covariates):
    population = draw_population(model, covariates, 4000, 7)
    weight, height = population.column("weight"), population.column("height")
    assert 45.0 <= weight.min() < weight.max() <= 120.0
    assert np.median(weight) == pytest.approx(68.0, rel=0.02)
    assert population.column("surface_area") == pytest.approx(np.sqrt(height * weight / 3600.0))
    assert population.column("constant").tolist() == [3.0] * 4000
    assert np.median(population.column("CL")) == pytest.approx(5.0, rel=0.02)
    assert np.log(population.column("CL")).std() == pytest.approx(log_sd(30.0), rel=0.05)
    assert population.column("positive").mean() == pytest.approx(0.47, abs=0.03)
    stop, completes = population.column("stop_day"), population.column("completes")
    assert (stop[completes == 1.0] == 168.0).all()
    assert stop[completes == 0.0] == pytest.approx(
        168.0 * population.column("stop_share")[completes == 0.0]
    )
    z = population.score("sensitivity")
    assert population.column("sensitivity") == pytest.approx(np.exp(0.55 * z))
    assert np.abs(np.corrcoef(population.scores.T) - np.eye(len(population.names))).max() < 0.07


@pytest.mark.parametrize("stream_name", ["independent", "sobol"])
@settings(max_examples=10)
@given(st.integers(1, 60), st.integers(0, 40), st.integers(0, 2**40))
def test_a_patient_depends_on_seed_and_number_alone(model, covariates, stream_name, n, first, seed):
    options = {} if stream_name == "independent" else {"stream": sobol}
    whole = draw_population(model, covariates, first + n, seed, **options)
    block = draw_population(model, covariates, n, seed, first=first, **options)
    assert block.parameters.tobytes() == whole.parameters[first:].tobytes()
    assert block.scores.tobytes() == whole.scores[first:].tobytes()
    assert block.patients.tolist() == whole.patients[first:].tolist()
    assert block.method == stream_name


STATE = [639773371410473104, 5186266341593823520, 13472597200439017178, 5779879247882159432]
UNIFORM = [0.8799562831171048, 0.18409820851294934, 0.8614194547923048]


def test_the_bits_of_a_seed_are_these():
    """Recipe: PCG64 of SeedSequence(2024, spawn_key=(67, 76)), the characters of CL."""
    numbers = np.random.SeedSequence(2024, spawn_key=(67, 76)).generate_state(4, np.uint64)
    assert numbers.tolist() == STATE
    assert independent(2024, ["V", "CL"], 3)[:, 1].tolist() == UNIFORM
    assert independent(2024, ["CL"], 1, first=2)[0].tolist() == UNIFORM[2:]


def test_a_stratum_holds_the_same_patients(model, covariates):
    free = draw_population(model, covariates, 50, 3)
    for stream in ({}, {"stream": sobol}):
        negative = draw_population(model, covariates, 50, 3, fixed={"positive": 0.0}, **stream)
        positive = draw_population(model, covariates, 50, 3, fixed={"positive": 1.0}, **stream)
        assert "positive" not in positive.names
        assert positive.column("positive").tolist() == [1.0] * 50
        assert positive.scores.tobytes() == negative.scores.tobytes()
    assert (
        free.score("CL").tolist()
        == draw_population(model, covariates, 50, 3, fixed={"positive": 1.0}).score("CL").tolist()
    )


def test_formulas_follow_what_is_fixed_or_changed(model, covariates):
    stays = draw_population(model, covariates, 20, 3, fixed={"completes": 1.0})
    assert stays.column("stop_day").tolist() == [168.0] * 20
    assert stays.column("completes").tolist() == [1.0] * 20
    given_day = draw_population(model, covariates, 20, 3, fixed={"stop_day": 84.0})
    assert given_day.column("stop_day").tolist() == [84.0] * 20
    heavy = stays.with_values({"weight": 100.0, "height": np.full(20, 180.0)})
    assert heavy.column("surface_area") == pytest.approx([math.sqrt(5.0)] * 20)
    assert stays.with_values({"surface_area": 2.0}).column("surface_area").tolist() == [2.0] * 20
    assert stays.column("weight").max() < 120.0


def test_correlated_parameters(model, covariates):
    pair = [Correlation(first="CL", second="V", covariance=0.03, standing="assumed")]
    made = draw_population(model, covariates, 4000, 5, correlations=pair)
    plain = draw_population(model, covariates, 4000, 5)
    logs = np.log([made.column("CL"), made.column("V")])
    assert np.cov(logs)[0, 1] == pytest.approx(0.03, rel=0.1)
    assert logs.std(axis=1) == pytest.approx([log_sd(30.0), log_sd(20.0)], rel=0.05)
    assert made.score("CL").tobytes() == plain.score("CL").tobytes()
    r = 0.03 / (log_sd(30.0) * log_sd(20.0))
    by_hand = r * plain.score("CL") + math.sqrt(1.0 - r * r) * plain.score("V")
    assert made.score("V") == pytest.approx(by_hand, rel=1e-12)
    assert made.column("weight").tobytes() == plain.column("weight").tobytes()
    block = draw_population(model, covariates, 7, 5, correlations=pair, first=100)
    assert block.parameters.tobytes() == made.parameters[100:107].tobytes()


def test_sobol_means_have_less_noise(model, covariates):
    """Mean of a sum of scores over 256 patients; its true value is 0."""
    errors = {}
    for name, options in (("independent", {}), ("sobol", {"stream": sobol})):
        means = [
            draw_population(model, covariates, 256, seed, **options).scores[:, 2:].mean()
            for seed in range(10)
        ]
        errors[name] = np.std(means)
    assert errors["sobol"] < errors["independent"] / 5.0


def test_taking_patients_keeps_their_numbers(model, covariates):
    population = draw_population(model, covariates, 10, 1, first=5)
    taken = population.take([3, 0])
    assert taken.patients.tolist() == [8, 5]
    assert len(taken) == 2
    assert taken.parameters.tolist() == population.parameters[[3, 0]].tolist()
    assert taken.column("completes").tolist() == population.column("completes")[[3, 0]].tolist()


def test_a_population_travels_and_does_not_change(model, covariates):
    population = draw_population(model, covariates, 5, 1, fixed={"positive": 1.0})
    again = pickle.loads(pickle.dumps(population))
    assert again.parameters.tobytes() == population.parameters.tobytes()
    with pytest.raises(ValueError, match="read-only"):
        population.parameters[0, 0] = 1.0


def test_the_table_says_what_differs(model, covariates):
    table = draw_population(model, covariates, 500, 1).to_frame().set_index("symbol")
    assert table.index.tolist() == [
        *("weight", "height", "positive", "completes", "stop_share", "sensitivity", "CL", "V"),
        *("surface_area", "stop_day"),
    ]
    assert (table.percentile_2_5 <= table["median"]).all()
    assert (table["median"] <= table.percentile_97_5).all()
    assert table.loc["stop_day", "percentile_97_5"] == 168.0
    assert table.loc["stop_share", "label"] == "stop share"


def test_what_cannot_be_drawn_is_named(model, covariates):
    with pytest.raises(InputError) as caught:
        draw_population(model, covariates, 0, -1, fixed={"postive": 1.0, "CL": math.nan}, first=-1)
    assert len(caught.value.problems) == 5
    population = draw_population(model, covariates, 1, 0)
    for call in (population.column, population.score, lambda s: population.with_values({s: 1.0})):
        with pytest.raises(InputError, match=r"weigt.*Did you mean weight"):
            call("weigt")
