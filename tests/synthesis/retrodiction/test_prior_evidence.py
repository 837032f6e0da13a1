"""What was known before: the target, its stratum, everybody else, and what is left out."""

from __future__ import annotations

import math
from typing import Any

import pytest

from equipoise.synthesis.pooling import pool
from equipoise.synthesis.retrodiction import PastCase
from equipoise.synthesis.retrodiction.prior_evidence import PriorEvidence, prior_evidence


def known(case: PastCase) -> PriorEvidence:
    found = prior_evidence(case)
    assert found is not None
    return found


def test_the_target_is_the_later_row_whose_stratum_was_named(make: Any, row: Any) -> None:
    earlier = [row("A", "Positive", 0.6, 0.4, 0.9)]
    later = [row("B", "all", 1.0, 0.8, 1.25), row("B", "positive", 0.8, 0.6, 1.07)]
    assert known(make(earlier, later)).row.stratum == "positive"
    first = known(make([row("A", "old", 0.6, 0.4, 0.9)], later))
    assert first.row.stratum == "all"
    assert prior_evidence(make(earlier, [])) is None


def test_words_for_the_whole_match(make: Any, row: Any) -> None:
    found = known(make([row("A", "ITT", 0.8, 0.7, 0.91)], [row("B", "overall", 0.9, 0.8, 1.01)]))
    assert found.stratum == found.whole
    assert found.rest is None
    assert found.whole.value == pytest.approx(math.log(0.8))  # type: ignore[union-attr]


def test_rows_after_the_cutoff_are_dropped_and_counted(make: Any, row: Any) -> None:
    earlier = [
        row("A", "positive", 0.6, 0.4, 0.9),
        row("C", "positive", 0.1, 0.05, 0.2, after_cutoff=True),
        row("D", "positive", 0.1, 0.05, 0.2, date="2021"),
    ]
    case = make(earlier, [row("B", "positive", 0.8, 0.6, 1.07)], evidence_cutoff="2020-12-31")
    found = known(case)
    assert (found.dropped, found.stratum.trials) == (2, 1)  # type: ignore[union-attr]


def test_a_flag_goes_before_a_date(make: Any, row: Any) -> None:
    """Shown before the cutoff, printed after it: whoever set the flag knew."""
    early = row("A", "positive", 0.6, 0.4, 0.9, date="2021", after_cutoff=False)
    found = known(make([early], [row("B", "positive", 0.8, 0.6, 1.07)], evidence_cutoff="2020"))
    assert (found.dropped, found.stratum.trials) == (0, 1)  # type: ignore[union-attr]


def test_a_row_without_a_measure_takes_the_only_one_there_is(make: Any, row: Any) -> None:
    bare = row("A", "positive", 0.6, 0.4, 0.9) | {"measure": None}
    later = row("B", "positive", 0.8, 0.6, 1.07)
    found = known(make([bare], [later], effect_measure=None))
    assert found.stratum is not None
    assert found.stratum.value == pytest.approx(math.log(0.6))
    nobody = known(make([bare], [later | {"measure": "other"}], effect_measure=None))
    assert math.isnan(nobody.target.value)
    minus = bare | {"estimate": -2.0, "ci_low": -3.0, "ci_high": -1.0}
    differences = known(make([minus], [later | {"measure": None}], effect_measure="other"))
    assert (differences.target.value, differences.target.is_log) == (0.8, False)
    assert differences.stratum is not None
    assert differences.stratum.value == -2.0


def test_a_printed_complement_is_taken_before_a_derived_one(make: Any, row: Any) -> None:
    strata = [row("A", "positive", 0.56, 0.33, 0.96), row("A", "negative", 0.89, 0.70, 1.14)]
    whole = row("A", "all", 0.89, 0.76, 1.03)
    later = [row("B", "positive", 0.61, 0.34, 1.08)]
    for earlier in (strata, [*strata, whole]):
        rest = known(make(earlier, later)).rest
        assert rest is not None
        assert rest.value == pytest.approx(math.log(0.89))


def test_a_complement_by_subtraction_as_by_hand(make: Any, row: Any) -> None:
    """Stratum 0.77 (0.63-0.96), whole 0.93 with P 0.22: the rest is 1.01, SE 0.071."""
    earlier = [
        row("A", "positive", 0.77, 0.63, 0.96),
        row("A", "all", 0.93, None, None, p_value=0.22),
    ]
    found = known(make(earlier, [row("B", "positive", 0.97, 0.76, 1.24)]))
    whole_se = -math.log(0.93) / 1.226528
    stratum_se = math.log(0.96 / 0.63) / (2 * 1.959964)
    information = whole_se**-2 - stratum_se**-2
    value = (math.log(0.93) / whole_se**2 - math.log(0.77) / stratum_se**2) / information
    assert found.rest is not None
    assert (found.rest.value, found.rest.se) == pytest.approx((value, information**-0.5), rel=1e-5)
    assert any("by subtraction" in note for note in found.notes)


def test_overlapping_strata_are_not_taken_for_a_complement(make: Any, row: Any) -> None:
    """Young, old, and a phenotype: three strata with more information than their whole."""
    earlier = [
        row("A", "positive", 0.6, 0.4, 0.9),
        row("A", "young", 0.9, 0.75, 1.08),
        row("A", "old", 0.9, 0.75, 1.08),
        row("A", "all", 0.9, 0.79, 1.02),
    ]
    found = known(make(earlier, [row("B", "positive", 0.8, 0.6, 1.07)]))
    assert any("by subtraction" in note for note in found.notes)


def test_strata_that_add_up_give_rest_and_whole(make: Any, row: Any) -> None:
    earlier = [row("A", level, 0.8, 0.6, 1.07) for level in ("low", "middle", "high")]
    found = known(make(earlier, [row("B", "high", 0.8, 0.6, 1.07)]))
    one = found.stratum.se  # type: ignore[union-attr]
    assert found.rest.se == pytest.approx(one / math.sqrt(2))  # type: ignore[union-attr]
    assert found.whole.se == pytest.approx(one / math.sqrt(3))  # type: ignore[union-attr]


def test_no_complement_when_the_whole_is_not_more_precise(make: Any, row: Any) -> None:
    earlier = [row("A", "positive", 0.6, 0.5, 0.72), row("A", "all", 0.9, 0.7, 1.16)]
    found = known(make(earlier, [row("B", "positive", 0.8, 0.6, 1.07)]))
    assert found.rest is None
    assert any("not more precise" in note for note in found.notes)


def test_trials_are_pooled_and_three_give_tau(make: Any, row: Any) -> None:
    rows = [
        row("A", "positive", 0.5, 0.35, 0.71),
        row("B", "positive", 0.9, 0.7, 1.16),
        row("C", "positive", 1.1, 0.8, 1.51),
    ]
    later = [row("D", "positive", 0.8, 0.6, 1.07)]
    y = [math.log(x) for x in (0.5, 0.9, 1.1)]
    v = [(math.log(h / l) / 3.9199279691) ** 2 for l, h in ((0.35, 0.71), (0.7, 1.16), (0.8, 1.51))]  # noqa: E741
    three, two = known(make(rows, later)).stratum, known(make(rows[:2], later)).stratum
    reml, common = pool(y, v, ci="wald"), pool(y[:2], v[:2], method="EE", ci="wald")
    assert three is not None
    assert two is not None
    assert (three.value, three.se) == pytest.approx((reml.estimate, reml.se), rel=1e-6)
    assert three.tau == pytest.approx(math.sqrt(reml.tau2), rel=1e-5)
    assert (two.value, two.se) == pytest.approx((common.estimate, common.se), rel=1e-6)
    assert math.isnan(two.tau)


def test_cohorts_are_never_pooled_with_trials(make: Any, row: Any) -> None:
    cohort = row("A", "positive", 0.3, 0.2, 0.45, design="cohort")
    trial = row("B", "positive", 0.9, 0.7, 1.16, design="randomised trial")
    later = [row("C", "positive", 0.8, 0.6, 1.07)]
    both = known(make([cohort, trial], later))
    assert both.stratum == known(make([trial], later)).stratum
    assert any("left out" in note for note in both.notes)
    alone = known(make([cohort], later))
    assert any("observational" in note for note in alone.notes)


def test_a_trial_is_counted_once_a_stratum(make: Any, row: Any) -> None:
    earlier = [
        row("A", "positive", 0.6, 0.4, 0.9, date="2010"),
        row("a", "positive", 0.7, 0.5, 0.98, date="2012"),
    ]
    found = known(make(earlier, [row("B", "positive", 0.8, 0.6, 1.07)]))
    assert found.stratum is not None
    assert found.stratum.value == pytest.approx(math.log(0.7))
    assert any("further row" in note for note in found.notes)


def test_a_later_stratum_under_another_name(make: Any, row: Any) -> None:
    later = [row("B", "positive and old", 0.8, 0.6, 1.07)]
    one = known(make([row("A", "positive", 0.6, 0.4, 0.9)], later))
    assert one.stratum is not None
    two = known(make([row("A", "x", 0.6, 0.4, 0.9), row("A", "y", 0.9, 0.7, 1.16)], later))
    assert two.stratum is None
    assert two.rest is not None


def test_another_scale_is_not_evidence(make: Any, row: Any) -> None:
    earlier = [row("A", "positive", -2.0, -3.0, -1.0) | {"measure": "MD"}]
    found = known(make(earlier, [row("B", "positive", 0.8, 0.6, 1.07)]))
    assert (found.stratum, found.whole) == (None, None)
    assert any("scale" in note for note in found.notes)


def test_counts_bring_a_difference_to_the_one_model(make: Any, row: Any) -> None:
    counts = {"events_treatment": 20, "n_treatment": 100, "events_control": 30, "n_control": 100}
    rows = [{"trial": t, "stratum": "s", "measure": "RD", "estimate": -0.1, **counts} for t in "AB"]
    found = known(make(rows[:1], rows[1:]))
    assert found.target.is_log
    assert found.target.value == pytest.approx(math.log(20 / 80 / (30 / 70)))
