"""The claims of the packaged cases come out of their own rows (tests/data/markers/claims.csv)."""

import csv
import math
from functools import cache
from pathlib import Path

import pytest

from equipoise.biomarkers.markers import assess_claims, read_markers
from equipoise.case import load_case, packaged_cases

FILE = Path(__file__).parents[2] / "data" / "markers" / "claims.csv"
ROWS = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))


@cache
def claims(name):
    case = load_case(name)
    file = packaged_cases()[name] / "biomarkers" / "markers.toml"
    markers = read_markers(file, case.evidence)
    return case, assess_claims(markers, case.evidence, case.plan.priors)


def value_of(result, statistic):
    if statistic == "p":
        return result.p_value
    if statistic == "ratio":
        return math.exp(result.ratio.value)
    name, _, end = statistic.partition(" ")
    for one in result.shrunken:
        if one.prior.name == name:
            return math.exp({"low": one.ci_low, "high": one.ci_high}.get(end, one.estimate.value))
    return math.exp(dict(result.beliefs)[name].mean("difference"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['claim']}-{row['statistic']}")
def test_a_claim_is_what_it_must_be(row):
    result = {r.claim.id: r for r in claims(row["case"])[1]}[row["claim"]]
    found = value_of(result, row["statistic"])
    assert found == pytest.approx(float(row["value"]), abs=float(row["half_unit"]))


def test_no_claim_is_surer_than_its_rows_and_none_is_more_than_very_low():
    order = ("low", "medium", "high")
    for name in {row["case"] for row in ROWS}:
        case, results = claims(name)
        for result in results:
            rows = [case.evidence.result(i).confidence for i in result.claim.rows]
            assert all(order.index(result.confidence) <= order.index(c) for c in rows)
            assert result.confidence in rows
            assert result.credibility.at_most == "very low"


def test_the_printed_p_and_the_one_from_the_rows_agree():
    """As far as a P printed with two or three decimals and rounded limits can tell."""
    checked = 0
    for name in {row["case"] for row in ROWS}:
        for result in claims(name)[1]:
            if result.claim.printed_p is not None:
                checked += 1
                assert result.p_value == pytest.approx(result.claim.printed_p, abs=0.002)
    assert checked == 3


def test_a_blank_stays_blank():
    for name in {row["case"] for row in ROWS}:
        for result in claims(name)[1]:
            assert result.marker.assay.sensitivity is None
            assert result.marker.assay.specificity is None
            assert math.isnan(result.sidak_p) == (result.claim.factors is None)
