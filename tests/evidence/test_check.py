"""All rules together: registered, documented, firing, and blind to notes."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from equipoise.evidence.check import RULES, STALE, check
from equipoise.evidence.finding import SEVERITIES
from equipoise.evidence.question import Question
from equipoise.evidence.schema import KnownFinding

ONE = {"measure": "HR", "estimate": 1.09, "ci_low": 0.75, "ci_high": 1.58}
ARMS = {"events_treatment": 12, "n_treatment": 15, "events_control": 9, "n_control": 15}

FIRES = {
    "percent-against-counts": lambda m: (m.result(**ARMS, percent_treatment=70),),
    "percent-without-count": lambda m: (m.result(n_treatment=18, percent_treatment=31),),
    "events-against-patients": lambda m: (m.result(events_total=9, n_total=8),),
    "p-against-interval": lambda m: (m.result(**ONE, p_value="0.382"),),
    "p-against-counts": lambda m: (m.result(**ARMS, p_value="0.089", counts_from="printed"),),
    "estimate-against-centre": lambda m: (m.result(**{**ONE, "estimate": 1.3}),),
    "estimate-against-counts": lambda m: (m.result(**ARMS, measure="OR", estimate=3.5),),
    "same-estimate-two-outcomes": lambda m: (
        m.result(**ONE, outcome="death"),
        m.result(**ONE, outcome="relapse", result_id="r2"),
    ),
    "same-interval-two-estimates": lambda m: (
        m.result(**ONE, outcome="death"),
        m.result(**{**ONE, "estimate": 1.2}, result_id="r2"),
    ),
    "itt-against-randomised": lambda m: (
        m.trial(n_randomised=40),
        m.result(**ARMS, analysis_set="itt"),
    ),
    "patients-against-randomised": lambda m: (m.trial(n_randomised=20), m.result(**ARMS)),
    "analysed-numbers-differ": lambda m: (
        m.result(**ARMS),
        m.result(result_id="r2", n_total=29),
    ),
    "strata-against-whole": lambda m: (
        m.result(**{**ONE, "estimate": 2.09, "ci_low": 1.44, "ci_high": 3.03}),
        m.result(**ONE, analysed="m=positive", result_id="r2"),
        m.result(**ONE, analysed="m=negative", result_id="r3"),
    ),
    "strata-counts-against-whole": lambda m: (
        m.result(**ARMS),
        m.result(n_treatment=8, analysed="m=positive", result_id="r2"),
        m.result(n_treatment=8, analysed="m=negative", result_id="r3"),
    ),
    "dates-out-of-order": lambda m: (m.trial(start_date="2016", end_date="2015"),),
    "dates-after-collection": lambda m: (m.report(year=9999),),
    "trials-may-be-one": lambda m: (
        m.trial(registry_id="R1"),
        m.trial(trial_id="t2", registry_id="r1"),
    ),
}


def test_every_rule_has_a_row_that_makes_it_fire() -> None:
    assert set(FIRES) == {rule.name for rule in RULES}
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_fires_under_its_own_name(make, question: Question, rule) -> None:
    found = list(rule.find(make.base(*FIRES[rule.name](make)), question))
    assert found
    allowed = SEVERITIES[SEVERITIES.index(rule.severity) :]
    for finding in found:
        assert finding.rule == rule.name
        assert finding.severity in allowed
        assert finding.arithmetic
        assert any(row in finding.message for row in (*finding.rows, finding.trial_id))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_is_silent_on_rows_without_numbers(make, question: Question, rule) -> None:
    evidence = make.base(make.result(), make.cohort(), make.report(), make.phenotype())
    assert list(rule.find(evidence, question)) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_rule_reads_a_note(make, question: Question, rule) -> None:
    plain = FIRES[rule.name](make)
    noted = [
        record.model_copy(
            update={
                field: "wrong: 0.089, see ledger"
                for field in ("note", "reason", "derived_from", "direction")
                if field in type(record).model_fields
            }
        )
        for record in plain
    ]
    before = list(rule.find(make.base(*plain), question))
    assert list(rule.find(make.base(*noted), question)) == before


def test_the_source_of_the_rules_names_no_note(root: Path) -> None:
    files = sorted((root / "src" / "equipoise" / "evidence").glob("rules_*.py"))
    assert len(files) >= 6
    for file in files:
        names = {
            node.attr
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Attribute)
        }
        assert not names & {"note", "reason", "ledger"}, file.name


def test_every_rule_is_documented_with_an_example(root: Path) -> None:
    text = (root / "docs" / "rules.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (\w+) \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    documented = {name: (severity, asks.strip(), example) for name, severity, asks, example in rows}
    for rule in RULES:
        assert rule.name in documented, f"docs/rules.md does not describe {rule.name}"
        severity, asks, example = documented[rule.name]
        assert (severity, asks) == (rule.severity, rule.question)
        assert len(example.strip()) > 10
    assert set(documented) == {rule.name for rule in RULES} | {STALE}


def test_findings_are_sorted_and_explained(make, question: Question) -> None:
    evidence = make.base(
        make.result(**ARMS, p_value="0.089", counts_from="printed"),
        make.result(result_id="r0", n_treatment=18, percent_treatment=31),
        make.result(result_id="r2", **ONE, p_value="0.382"),
        make.result(result_id="r3", n_total=12),
    )
    known = [KnownFinding(rule="p-against-interval", rows=" r2 ", explanation="another test")]
    found = check(evidence, question, known)
    assert [(f.severity, f.rule) for f in found] == [
        ("error", "p-against-counts"),
        ("warning", "p-against-interval"),
        ("warning", "percent-without-count"),
        ("note", "analysed-numbers-differ"),
    ]
    assert [f.explanation for f in found] == ["", "another test", "", ""]
    assert check(evidence, question, known) == found


def test_explanations_find_their_rows_in_any_order(make, question: Question) -> None:
    evidence = make.base(*FIRES["same-estimate-two-outcomes"](make))
    known = KnownFinding(rule="same-estimate-two-outcomes", rows="r2; r1", explanation="a copy")
    (found,) = check(evidence, question, (known,))
    assert found.explanation == "a copy"


def test_the_explanations_of_the_evidence_are_used(make, question: Question) -> None:
    known = KnownFinding(rule="same-estimate-two-outcomes", rows="r1;r2", explanation="a copy")
    evidence = make.base(*FIRES["same-estimate-two-outcomes"](make))
    (found,) = check(evidence.model_copy(update={"known_findings": (known,)}), question)
    assert found.explanation == "a copy"


def test_an_explanation_without_its_finding_is_a_finding(make, question: Question) -> None:
    known = KnownFinding(rule="p-against-counts", rows="r9", explanation="one-sided")
    (found,) = check(make.base(), question, (known,))
    assert (found.rule, found.severity, found.rows) == (STALE, "note", ("r9",))
    assert found.explanation == "one-sided"


def test_rows_that_are_not_chosen_are_checked(make, question: Question) -> None:
    row = make.result(**ONE, p_value="0.382", chosen="no", reason="another source is better")
    assert [f.rule for f in check(make.base(row), question)] == ["p-against-interval"]
