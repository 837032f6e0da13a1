"""Every row collected for the worked case is kept, merged or set aside with a reason."""

from __future__ import annotations

import csv
from collections import Counter
from importlib import resources
from importlib.resources.abc import Traversable

import pytest

from equipoise.case import load_case, packaged_cases

COLLECTED = {"trials": 41, "results": 132, "reports": 77, "cohorts": 44}
ID_COLUMN = {
    "trials": "trial_id",
    "results": "result_id",
    "reports": "report_id",
    "cohorts": "cohort_id",
}
FATES = {"kept", "merged", "set_aside"}
LEDGERS = {
    name: folder
    for name, folder in packaged_cases().items()
    if (folder / "evidence" / "ledger.csv").is_file()
}
every_case = pytest.mark.parametrize("name", LEDGERS)


def rows(folder: Traversable, file: str) -> list[dict[str, str]]:
    text = (folder / "evidence" / file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def shipped(folder: Traversable, file: str) -> list[str]:
    return [row[ID_COLUMN[file]] for row in rows(folder, f"{file}.csv")]


def targets(row: dict[str, str]) -> list[str]:
    return [name for name in row["into"].split(";") if name]


def test_one_packaged_case_accounts_for_the_whole_collection() -> None:
    counts = [
        Counter(row["file"] for row in rows(folder, "ledger.csv")) for folder in LEDGERS.values()
    ]
    assert COLLECTED in counts


@every_case
def test_each_collected_row_has_one_fate(name: str) -> None:
    ledger = rows(LEDGERS[name], "ledger.csv")
    keys = Counter((row["file"], row["collected_id"]) for row in ledger)
    assert [key for key, count in keys.items() if count > 1] == []
    assert {row["file"] for row in ledger} <= set(ID_COLUMN)
    assert {row["fate"] for row in ledger} <= FATES
    assert all(row["collected_id"] for row in ledger)


@every_case
def test_fates_lead_somewhere(name: str) -> None:
    folder = LEDGERS[name]
    ids = {file: set(shipped(folder, file)) for file in ID_COLUMN}
    for row in rows(folder, "ledger.csv"):
        assert set(targets(row)) <= ids[row["file"]], row
        assert bool(targets(row)) == (row["fate"] != "set_aside"), row
        if row["fate"] != "kept":
            assert row["reason"], row
        if row["fate"] == "kept":
            assert row["collected_id"] in targets(row), row


@every_case
def test_each_shipped_row_was_collected(name: str) -> None:
    folder = LEDGERS[name]
    ledger = rows(folder, "ledger.csv")
    for file in ID_COLUMN:
        origins = Counter(t for row in ledger if row["file"] == file for t in targets(row))
        assert set(shipped(folder, file)) == set(origins)


@every_case
def test_a_row_split_in_two_keeps_both_versions_and_one_choice(name: str) -> None:
    folder = LEDGERS[name]
    results = {row["result_id"]: row for row in rows(folder, "results.csv")}
    for row in rows(folder, "ledger.csv"):
        if row["file"] == "results" and len(targets(row)) > 1:
            versions = [results[target] for target in targets(row)]
            assert len({version["group"] for version in versions}) == 1, row
            assert [version["chosen"] for version in versions].count("yes") == 1, row
            assert all(version["group"] and version["reason"] for version in versions), row


@every_case
def test_files_are_plain(name: str) -> None:
    folder = resources.files("equipoise") / "cases" / name / "evidence"
    for file in folder.iterdir():
        data = file.read_bytes()
        assert b"\r" not in data, file.name
        assert not data.startswith(b"\xef\xbb\xbf"), file.name
        data.decode("utf-8")


@every_case
def test_the_case_loads_and_conflicts_give_reasons(name: str) -> None:
    evidence = load_case(name).evidence
    for row in (*evidence.results, *evidence.cohorts):
        if row.group:
            assert row.reason, row
        assert row.source_url, row
        assert row.quote, row
