"""Rows of covariates.csv and correlations.csv are refused with every reason at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.errors import InputError
from equipoise.mechanism.population import read_correlations, read_covariates

PAIRS = "first,second,covariance,standing,source_url,quote,note\n"


def problems_in(tmp_path: Path, model, rows: str, header: str):
    file = tmp_path / "covariates.csv"
    file.write_text(header + rows)
    with pytest.raises(InputError) as caught:
        read_covariates(file, model)
    return caught.value.problems


def test_good_rows_are_read(covariates):
    assert [row.symbol for row in covariates][:3] == ["weight", "height", "surface_area"]
    assert covariates[4].parameter == ""
    assert covariates[4].symbol == "completes"


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ("a,weight,gamma,1,1,,,,assumed,,,", "distribution", "lognormal"),
        ("a,weigth,normal,1,1,,,,assumed,,,", "parameter", "Did you mean weight"),
        ("a,weight,normal,1,1,2,3,,assumed,,,", "centre", "within the limits"),
        ("a,weight,lognormal,4,1,,3,,assumed,,,", "centre", "within the limits"),
        ("a,weight,uniform,5,,1,3,,assumed,,,", "centre", "within the limits"),
        ("a,weight,bernoulli,1.2,,,,,assumed,,,", "centre", "from 0 to 1"),
        ("a,weight,bernoulli,,,,,,assumed,,,", "centre", "from 0 to 1"),
        ("a,weight,bernoulli,0.5,,0,2,,assumed,,,", "low, high", "0 and 1"),
        ("a,weight,bernoulli,0.5,1,,,,assumed,,,", "spread", "blank"),
        ("a,weight,lognormal,0,1,,,,assumed,,,", "centre", "above 0"),
        ("a,weight,lognormal,2,0,,,,assumed,,,", "spread", "above 0"),
        ("a,weight,normal,,1,,,,assumed,,,", "centre", "a number"),
        ("a,weight,normal,2,,,,,assumed,,,", "spread", "above 0"),
        ("a,weight,normal,2,1,3,1,,assumed,,,", "low, high", "low below high"),
        ("a,weight,uniform,,,1,,,assumed,,,", "high", "from low to high"),
        ("a,weight,normal,2,1,,,height,assumed,,,", "formula", "blank"),
        ("a,weight,formula,,,,,height +,assumed,,,", "formula", "a formula"),
        ("a,weight,formula,,,,,heigth,assumed,,,", "formula", "Did you mean height"),
        ("a,weight,formula,,,,,weight + 1,assumed,,,", "formula", "above"),
        ("a,weight,formula,1,,,,height,assumed,,,", "centre", "blank"),
        ("a,weight,normal,2,1,,,,printed,,,", "source_url", "printed"),
        ("CL,weight,normal,2,1,,,,assumed,,,", "name", "its own"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, model, header, row, field, words):
    (problem,) = problems_in(tmp_path, model, row + "\n", header)
    assert problem.field == field
    assert words in str(problem)
    assert problem.file == "mechanism/covariates.csv"


def test_all_problems_come_at_once(tmp_path, model, header):
    rows = (
        "a,weight,bernoulli,2,,,,,printed,,,\n"
        "a,weight,normal,2,1,,,,assumed,,,\n"
        "b,height,gamma,2,1,,,,assumed,,,\n"
    )
    fields = sorted(problem.field for problem in problems_in(tmp_path, model, rows, header))
    assert fields == ["centre", "distribution", "name", "parameter", "source_url"]


def test_a_column_nobody_knows_is_refused(tmp_path, model, header):
    (problem,) = problems_in(tmp_path, model, "", header.replace("note", "noted"))
    assert problem.value == "noted"


def test_formulas_stand_below_what_they_use(tmp_path, model, header, good_rows):
    twisted = "x,,formula,,,,,surface_area*2,assumed,,,\n"
    (problem,) = problems_in(tmp_path, model, twisted + good_rows, header)
    assert problem.row == "x"
    assert "row above" in problem.allowed


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ("CL,V,0.01,printed,,,", "source_url", "printed"),
        ("CL,W,0.01,assumed,,,", "second", "drawn"),
        ("CL,constant,0.01,assumed,,,", "second", "drawn"),
        ("CL,weight,0.01,assumed,,,", "second", "without limits"),
        ("CL,positive,0.01,assumed,,,", "second", "log-normal or normal"),
        ("CL,V,0.06,assumed,,,", "covariance", "product of the spreads"),
        ("CL,V,0.01,assumed,,,\nV,CL,0.01,assumed,,,", "second", "once"),
        (
            "CL,V,0.05,assumed,,,\nCL,sensitivity,0.14,assumed,,,\nV,sensitivity,-0.09,assumed,,,",
            "covariance",
            "together",
        ),
    ],
)
def test_a_wrong_covariance_is_named(tmp_path, model, covariates, row, field, words):
    file = tmp_path / "correlations.csv"
    file.write_text(PAIRS + row + "\n")
    with pytest.raises(InputError) as caught:
        read_correlations(file, model, covariates)
    (problem,) = caught.value.problems
    assert problem.field == field
    assert words in str(problem)
