"""The past questions that ship: every number is in its quote, and the answers are as they stand."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

import pytest

from equipoise.case import packaged_cases
from equipoise.cli import execute
from equipoise.synthesis.retrodiction import PastCase, parse_cases, retrodict

FILES = [folder / "retrodiction.json" for folder in packaged_cases().values()]
FILE = next(file for file in FILES if file.is_file())
DOCUMENT: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
ROWS = [
    pytest.param(row, id=f"{case['id']}-{row['trial']}-{row['stratum']}")
    for case in DOCUMENT["cases"]
    for part in ("earlier", "later")
    for row in case[part]
]
NUMBERS = (
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "events_treatment",
    "events_control",
    "n_treatment",
    "n_control",
    "p_value",
)
WORDS = {"nine": "9"}


@pytest.fixture(scope="module")
def cases() -> tuple[PastCase, ...]:
    return parse_cases(DOCUMENT)


def printed(quote: str) -> set[float]:
    """Numbers of a quote, as numbers."""
    text = quote
    for word, digit in WORDS.items():
        text = re.sub(rf"\b{word}\b", digit, text)
    return {float(n) for n in re.findall(r"\d*\.\d+|\d+", text.replace(",", ""))}


@pytest.mark.parametrize("row", ROWS)
def test_every_number_is_in_its_quote(row: dict[str, Any]) -> None:
    read = printed(row["quote"])
    if "derivation" in row:
        derived = re.findall(r"([\d.]+) = 1 ([-+]) ([\d.]+)", row["derivation"])
        assert derived
        for total, sign, part in derived:
            assert float(total) == pytest.approx(1 + float(f"{sign}{part}"))
            assert any(100 * float(part) == pytest.approx(x) for x in read)
            read.add(float(total))
    for field in NUMBERS:
        if row[field] is not None:
            assert row[field] in read, (field, row[field])


@pytest.mark.parametrize("row", ROWS)
def test_every_row_has_a_source(row: dict[str, Any]) -> None:
    assert row["source_url"].startswith("https://")
    assert row["quote"]
    assert row["confidence"] in {"high", "medium", "low"}


def test_two_or_three_cases_with_what_differs(cases: tuple[PastCase, ...]) -> None:
    assert 2 <= len(cases) <= 3
    assert all(case.comparability and case.question and case.outcome for case in cases)


def test_later_results_came_after_the_cutoff(cases: tuple[PastCase, ...]) -> None:
    for case in cases:
        assert all(row.date[:4] > case.evidence_cutoff[:4] for row in case.later)
        assert all(row.date[:4] <= case.evidence_cutoff[:4] for row in case.earlier)


def test_one_claim_held_and_one_did_not(cases: tuple[PastCase, ...]) -> None:
    result = retrodict(cases)
    usable = {case.case_id: case.usable for case in result.cases}
    assert usable == {
        "cyclooxygenase-pik3ca": "full",
        "bisphosphonate-postmenopausal": "full",
        "amlodipine-nonischaemic": "direction only",
    }
    claims = {p.case_id: p for p in result.predictions if p.rule == "subgroup"}
    assert claims["cyclooxygenase-pik3ca"].sign_right is True
    assert claims["amlodipine-nonischaemic"].sign_right is False


def test_the_scores_as_they_stand(cases: tuple[PastCase, ...]) -> None:
    """Worked out apart: posterior by quadrature, the rest on paper."""
    found = {(p.case_id, p.rule): p for p in retrodict(cases).predictions}
    own = found["bisphosphonate-postmenopausal", "equipoise"]
    assert own.log_score == pytest.approx(0.45, abs=0.01)
    assert found["bisphosphonate-postmenopausal", "subgroup"].log_score == pytest.approx(
        -0.10, abs=0.01
    )
    assert found["cyclooxygenase-pik3ca", "third"].log_score == pytest.approx(0.09, abs=0.01)


def test_the_command_reads_the_shipped_file(capsys: pytest.CaptureFixture[str]) -> None:
    with resources.as_file(FILE) as path:
        assert execute(["retrodict", str(path)]) == 0
    out = capsys.readouterr().out
    assert "2 of 3 cases scored in full" in out
