from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.biomarkers.phenotyping import phenotype, read_assay, shipped_assays
from equipoise.biomarkers.phenotyping.condition import MISSING, read_condition
from equipoise.biomarkers.phenotyping.quality import (
    Agreement,
    Beyond,
    Facts,
    Fewer,
    Fill,
    Implied,
    Ratio,
    Totals,
    fields_of,
    run_check,
)

ASSAY = read_assay(shipped_assays()["ihc_ish_2023"])
NAMES = ("copies", "reference", "cells", "ratio", "probe", "word", "score")
CELLS = {"ratio": (read_condition(">=2.0", None), read_condition("<2.0", None))}
TOTALS = Totals(
    id="t",
    note="",
    kind="totals",
    values=("copies", "reference"),
    reference="reference",
    above=6.0,
    cells="cells",
)
RATIO = Ratio(
    id="r",
    note="",
    kind="ratio",
    ratio="ratio",
    numerator="copies",
    denominator="reference",
    tolerance=0.15,
)


def facts(**given_values):
    values = {**dict.fromkeys(NAMES, MISSING), **given_values}
    exact = frozenset(name for name, v in values.items() if not isinstance(v, str))
    return Facts(values, exact)


def after(check, **given_values):
    return run_check(check, facts(**given_values), CELLS)


@pytest.mark.parametrize(
    ("copies", "reference", "cells", "expected"),
    [
        (120.0, 60.0, 30.0, (4.0, 2.0)),
        (21.0, 2.0, MISSING, (21.0, 2.0)),
        (21.0, 6.0, 30.0, (21.0, 6.0)),
        (120.0, 60.0, MISSING, (MISSING, MISSING)),
        (120.0, 60.0, 5.0, (MISSING, MISSING)),
        (MISSING, 60.0, 30.0, (MISSING, 2.0)),
        (120.0, MISSING, 30.0, (120.0, MISSING)),
    ],
)
def test_totals(copies, reference, cells, expected):
    found = after(TOTALS, copies=copies, reference=reference, cells=cells)
    assert (found.values["copies"], found.values["reference"]) == expected
    changed = (copies, reference) != expected
    assert bool(found.remarks) == changed


@given(n=st.integers(20, 200), mean=st.floats(1.0, 6.0), copies=st.floats(1.0, 30.0))
def test_a_total_over_any_number_of_cells_is_the_mean_again(n, mean, copies):
    found = after(TOTALS, copies=n * copies, reference=n * mean, cells=float(n))
    assert found.values["copies"] == pytest.approx(copies)
    assert found.values["reference"] == pytest.approx(mean)


@pytest.mark.parametrize(
    ("copies", "reference", "recorded", "used", "discordant"),
    [
        (4.0, 2.0, 2.0, 2.0, False),
        (4.0, 2.0, 2.29, 2.29, False),
        (4.0, 2.0, 2.4, 2.4, True),
        (3.0, 2.0, 1.1, 1.1, True),
        (3.2, 2.7, 2.2, MISSING, True),
        (3.0, 2.0, MISSING, 1.5, False),
        (3.0, 0.0, 1.4, 1.4, False),
        (3.0, MISSING, 1.4, 1.4, False),
        (MISSING, 2.0, MISSING, MISSING, False),
    ],
)
def test_ratios(copies, reference, recorded, used, discordant):
    found = after(RATIO, copies=copies, reference=reference, ratio=recorded)
    assert found.values["ratio"] == used
    assert bool(found.discordances) == discordant


def test_a_ratio_that_was_worked_out_may_be_used_by_later_checks():
    found = after(RATIO, copies=3.0, reference=2.0)
    assert found.number("ratio") == 1.5


def test_a_bound_is_no_number_to_calculate_with():
    bound = Facts({**facts(copies=53.0, reference=2.0).values}, frozenset({"reference"}))
    assert run_check(RATIO, bound, CELLS) == bound


PROBE = Implied(id="q", note="", kind="implied", field="probe", value="dual", any_of=("ratio",))
WORD = Fill(id="q", note="", kind="fill", field="score", from_field="word", only=("up",))
FEW = Fewer(id="q", note="", kind="fewer", field="cells", least=20.0)
MANY = Beyond(id="q", note="", kind="beyond", field="copies", most=50.0)


@pytest.mark.parametrize(
    ("check", "before", "used", "remarks"),
    [
        (PROBE, {"ratio": 1.2}, "dual", 1),
        (PROBE, {}, MISSING, 0),
        (PROBE, {"ratio": 1.2, "probe": "single"}, "single", 0),
        (WORD, {"word": "up"}, "up", 1),
        (WORD, {"word": "odd"}, MISSING, 0),
        (WORD, {"word": "up", "score": "1"}, "1", 0),
        (FEW, {"cells": 19.0}, 19.0, 1),
        (FEW, {"cells": 20.0}, 20.0, 0),
        (MANY, {"copies": 50.1}, MISSING, 1),
        (MANY, {"copies": 50.0}, 50.0, 0),
    ],
)
def test_other_checks(check, before, used, remarks):
    found = after(check, **before)
    assert found.values[check.field] == used
    assert len(found.remarks) == remarks
    assert check.field in fields_of(check)


@pytest.mark.parametrize(
    ("score", "word", "discordant"),
    [
        ("1", "down", False),
        ("1", "up", True),
        ("1", MISSING, False),
        (MISSING, "up", False),
        ("2", "up", False),
    ],
)
def test_agreement(score, word, discordant):
    check = Agreement(
        id="a", note="", kind="agreement", first="score", second="word", agree={"1": ("down",)}
    )
    found = after(check, score=score, word=word)
    assert bool(found.discordances) == discordant
    assert dict(found.values) == dict(facts(score=score, word=word).values)


@pytest.mark.parametrize(
    ("report", "rule"),
    [
        ({"ihc": "2+", "copies": 120, "cep17": 60, "cells": 30}, "Q-totals"),
        ({"ihc": "2+", "copies": 172, "probe": "single"}, "Q-copies"),
        ({"ihc": "2+", "ratio": 2.4, "copies": 5.0, "cells": 15}, "Q-cells"),
        ({"ihc": "1+", "ihc_word": "positive"}, "Q-word"),
        ({"ihc_word": "positive", "ish_word": "negative"}, "Q-assays"),
        ({"ratio": 2.4, "copies": 5.0, "ish_word": "negative"}, "Q-group"),
    ],
)
def test_each_check_of_the_shipped_assay_speaks(report, rule):
    found = phenotype(ASSAY, report)
    assert rule in [remark.rule for remark in found.remarks]
