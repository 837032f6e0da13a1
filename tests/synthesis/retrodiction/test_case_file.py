"""The file at the door: what is read, what is refused, and that all problems are told at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from equipoise.errors import InputError, UsageError
from equipoise.synthesis.retrodiction import case_file, parse_cases, read_cases


def document(**row: Any) -> dict[str, Any]:
    return {"cases": [{"id": "one", "effect_measure": "HR", "earlier": [row], "later": []}]}


def only(**row: Any) -> case_file.CaseRow:
    return parse_cases(document(**row))[0].earlier[0]


def test_nulls_and_unknown_fields_are_no_problem() -> None:
    fields = dict.fromkeys(case_file.CaseRow.model_fields)
    row = only(**fields, quote="x", source_url="y")
    assert row == case_file.CaseRow()
    (case,) = parse_cases(
        {
            "version": 3,
            "cases": [{"id": "a", "question": None, "earlier": None, "later": None, "mine": {}}],
        }
    )
    assert (case.question, case.earlier, case.later) == ("", (), ())


def test_null_ids_rows_and_cases_are_no_problem() -> None:
    rows = [None, {"trial": "A"}, None]
    cases = parse_cases({"cases": [{"id": None, "earlier": rows}, None, {"id": "c"}]})
    assert [case.id for case in cases] == ["case 1", "case 2", "c"]
    assert [row.trial for row in cases[0].earlier] == ["A"]
    assert (cases[1].earlier, cases[1].later) == ((), ())


@pytest.mark.parametrize(
    ("given", "read"),
    [(True, True), ("yes", True), ("False", False), (0, False), (None, None), ("", None)],
)
def test_a_flag_may_be_a_word_or_not_known(given: Any, read: bool | None) -> None:
    assert only(after_cutoff=given).after_cutoff is read


def test_no_case_is_a_file() -> None:
    assert parse_cases({"cases": []}) == ()


@pytest.mark.parametrize(
    ("given", "read"), [(95, 0.95), (0.95, 0.95), ("95%", 0.95), ("90", 0.9), (None, None)]
)
def test_levels_in_per_cent_or_not(given: Any, read: float | None) -> None:
    assert only(ci_level=given).ci_level == pytest.approx(read)


@pytest.mark.parametrize(
    ("given", "read"), [("<0.001", None), ("NS", None), ("0.03", 0.03), (0.03, 0.03), ("", None)]
)
def test_a_p_that_is_no_number_is_not_known(given: Any, read: float | None) -> None:
    assert only(p_value=given).p_value == read


def test_a_year_may_be_a_number() -> None:
    assert only(date=1996, trial=7).date == "1996"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"estimate": "much"}, "estimate"),
        ({"estimate": [1]}, "estimate"),
        ({"estimate": True}, "estimate"),
        ({"estimate": 1e300}, "estimate"),
        ({"estimate": -0.4}, "estimate"),
        ({"ci_low": 1.2, "ci_high": 0.8}, "ci_low"),
        ({"ci_level": 5}, "ci_level"),
        ({"ci_level": "wide"}, "ci_level"),
        ({"p_value": 1.5}, "p_value"),
        ({"n": -3}, "n"),
        ({"events_treatment": 9, "n_treatment": 8}, "events_treatment"),
        ({"trial": {"name": "A"}}, "trial"),
        ({"stratum": "x" * 3000}, "stratum"),
        ({"stratum": "a\u0000b"}, "stratum"),
        ({"after_cutoff": "perhaps"}, "after_cutoff"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(row: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_cases(document(**row), "cases.json")
    (problem,) = caught.value.problems
    assert problem.file == "cases.json"
    assert "one" in problem.row
    assert problem.field.endswith(field)
    assert problem.allowed
    assert problem.action
    assert len(problem.value) <= case_file.SHOWN


def test_all_problems_are_told_at_once() -> None:
    cases = [
        {"id": "a", "later": [{"estimate": "x"}, {"n": "y"}]},
        {"question": "no id"},
        {"id": "c"},
        {"id": "c"},
        "not a case",
    ]
    with pytest.raises(InputError) as caught:
        parse_cases({"cases": cases})
    assert [p.row for p in caught.value.problems] == [
        "case 'a'",
        "case 'a'",
        "case number 2",
        "case 'c'",
        "case number 5",
    ]
    assert [p.field for p in caught.value.problems[:2]] == ["later.0.estimate", "later.1.n"]


@pytest.mark.parametrize("bad", [None, [], {}, {"cases": {}}, {"cases": None}, 7, "x"])
def test_another_document_is_refused(bad: object) -> None:
    with pytest.raises(InputError, match="cases"):
        parse_cases(bad)


def test_limits_on_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="at most 500"):
        parse_cases({"cases": [{"id": "a", "later": [{}] * 501}]})
    with pytest.raises(InputError, match="at most 1,000 cases"):
        parse_cases({"cases": [{}] * 1001})


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"nonsense",
        b'{"cases": [{"id": "a", "later": [{"estimate": NaN}]}]}',
        b'{"cases": [{"id": "a", "later": [{"estimate": -Infinity}]}]}',
        b'{"cases": [{"id": "a", "id": "b"}]}',
        b'{"cases": ' + b"[" * 200_000,
        b'{"cases": ' + b'{"a":' * 200_000,
        b'{"cases": [{"id": "a", "later": [{"n": ' + b"9" * 6000 + b"}]}]}",
        '{"cases": [{"id": "\u00e9"}]}'.encode("latin-1"),
        b"\xff\xfe{\x00}\x00",
    ],
)
def test_hostile_files_get_one_clear_answer(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "cases.json"
    path.write_bytes(text)
    with pytest.raises(InputError) as caught:
        read_cases(path)
    assert {p.file for p in caught.value.problems} == {"cases.json"}
    assert len(str(caught.value)) < 2000


def test_a_number_beyond_doubles_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    path.write_text('{"cases": [{"id": "a", "later": [{"estimate": 1e999}]}]}')
    with pytest.raises(InputError, match="estimate"):
        read_cases(path)


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_file, "MAX_BYTES", 100)
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"cases": [], "filler": "x" * 200}))
    with pytest.raises(InputError, match="at most 100 bytes"):
        read_cases(path)


def test_no_such_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.json", "a\x00b"):
        with pytest.raises(UsageError):
            read_cases(path)


def test_a_file_is_read_with_its_hash_and_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(document(estimate=0.7)).encode())
    read = read_cases(path)
    assert (len(read.cases), read.name, len(read.sha256)) == (1, "cases.json", 64)
