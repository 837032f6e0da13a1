"""The receptor table of a real cohort: what is wrong in it is found, and what is right is kept."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from equipoise.biomarkers.phenotyping import phenotype_table, read_assay, shipped_assays, to_frame
from equipoise.errors import InputError

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "tests" / "data" / "tcga_receptors"


@pytest.fixture(scope="module")
def reports(folder):
    file = folder / "receptors.csv.gz"
    return pd.read_csv(file, dtype=str, keep_default_na=False, index_col=0)


@pytest.fixture(scope="module")
def columns(folder):
    with (folder / "columns.csv").open() as file:
        return {(r["assay"], r["field"]): r["column"] for r in csv.DictReader(file)}


def of(columns, assay):
    return {field: column for (name, field), column in columns.items() if name == assay}


@pytest.fixture(scope="module")
def found(reports, columns):
    assay = read_assay(shipped_assays()["ihc_ish_2023"])
    return phenotype_table(assay, reports, of(columns, "ihc_ish_2023"))


def with_remark(found, rule):
    return {p.sample for p in found if any(r.rule == rule for r in p.remarks)}


def test_the_calls_are_those_of_the_nested_questions_in_r(found, root: Path):
    file = root / "validation" / "biomarkers" / "phenotyping" / "receptor_status.csv"
    with file.open() as lines:
        expected = {row["sample"]: row["call"] for row in csv.DictReader(lines)}
    assert {p.sample: p.call for p in found} == expected


def test_totals_are_divided_by_the_cells_and_true_amplification_stays(found, reports, columns):
    totals = with_remark(found, "Q-totals")
    assert len(totals) == 31
    fields = of(columns, "ihc_ish_2023")
    raw = pd.to_numeric(reports[fields["copies"]], errors="coerce")
    kept = raw[(raw > 15) & ~raw.index.isin(totals)]
    assert kept.tolist() == [21.0, 21.0]
    assert {p.calls["ish"] for p in found if p.sample in kept.index} == {"group1"}
    # Read as means all 31 would have 6 copies or more, and none could be in groups 2, 4 or 5.
    assert raw[sorted(totals)].min() > 6
    numbers = {
        f: pd.to_numeric(reports[fields[f]], errors="coerce") for f in ("copies", "cep17", "cells")
    }
    for p in found:
        copies, cep17, cells = (numbers[f][p.sample] for f in ("copies", "cep17", "cells"))
        if p.sample in totals and cells > 0:
            high, mean = copies / cep17 >= 2, copies / cells
            low = "group5" if mean < 4 else "group4" if mean < 6 else "group3"
            assert p.calls["ish"] == ("group1" if mean >= 4 else "group2") if high else low


def test_ratios_that_do_not_follow_from_their_parts(found, reports, columns):
    fields = of(columns, "ihc_ish_2023")
    numbers = {
        f: pd.to_numeric(reports[fields[f]], errors="coerce") for f in ("copies", "cep17", "ratio")
    }
    assert pd.DataFrame(numbers).notna().all(axis=1).sum() == 101
    wrong = [p for p in found if any("recorded," in d for d in p.discordances)]
    assert len(wrong) == 4
    across = [p for p in wrong if p.calls["ish"] == "incomplete"]
    assert [(p.call, p.probability) for p in across] == [("equivocal", 0.298)]


def test_words_of_the_two_assays_that_disagree(found, reports, columns):
    fields = of(columns, "ihc_ish_2023")
    words = reports[[fields["ihc_word"], fields["ish_word"]]].isin(["Positive", "Negative"])
    assert words.all(axis=1).sum() == 182
    said = pd.Series([d for p in found for d in p.discordances]).value_counts()
    assert said["ihc_word positive, ish_word negative"] == 12
    assert said["ihc_word negative, ish_word positive"] == 3
    assert len(with_remark(found, "Q-assays")) == 15


def test_the_frame_has_a_row_a_sample_and_says_why(found):
    frame = to_frame(found)
    assert frame.index.tolist() == [p.sample for p in found]
    assert frame["call"].value_counts().to_dict() == {
        "negative": 323,
        "positive": 88,
        "equivocal": 10,
    }
    assert frame.loc[sorted(with_remark(found, "Q-totals")), "remarks"].str.contains("cells").all()


def test_the_order_of_the_rows_does_not_matter(found, reports, columns):
    assay = read_assay(shipped_assays()["ihc_ish_2023"])
    turned = phenotype_table(assay, reports.iloc[::-1], of(columns, "ihc_ish_2023"))
    assert turned[::-1] == found


def test_hormone_receptors(reports, columns):
    assay = read_assay(shipped_assays()["hormone_receptor_2020"])
    calls = phenotype_table(assay, reports, of(columns, "hormone_receptor_2020"))
    words = reports[[of(columns, "hormone_receptor_2020")[f] for f in ("er_word", "pr_word")]]
    plain = words.eq("Positive").any(axis=1)
    # One sample has 20-29 % of nuclei stained and the word Indeterminate: no call is made of it.
    assert [p.call for p in calls if "indeterminate" in "".join(p.discordances)] == ["unknown"]
    none = words.eq("Negative").all(axis=1)
    assert [p.call == "negative" for p in calls] == none.tolist()
    assert [p.call == "positive" for p in calls] == plain.tolist()
    # "<10%" and "10-19%" lie on both sides of a cut point and are not used.
    spans = with_remark(calls, "range") | with_remark(calls, "bound")
    assert len(spans) > 50


def test_a_table_with_columns_no_assay_knows_is_refused_once(reports):
    assay = read_assay(shipped_assays()["ihc_ish_2023"])
    with pytest.raises(InputError) as caught:
        phenotype_table(assay, reports.iloc[:3].rename(columns={reports.columns[0]: "ihc"}))
    assert len(caught.value.problems) == len(reports.columns) - 1
    with pytest.raises(InputError, match="Name a column"):
        phenotype_table(assay, reports, {"ihc": "nowhere"})


def test_a_sample_given_twice_is_refused(reports, columns):
    assay = read_assay(shipped_assays()["ihc_ish_2023"])
    twice = pd.concat([reports.iloc[:2], reports.iloc[:1]])
    with pytest.raises(InputError, match="each id once"):
        phenotype_table(assay, twice, of(columns, "ihc_ish_2023"))
