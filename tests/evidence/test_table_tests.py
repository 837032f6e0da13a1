"""Tests of a two-by-two table against R and against a plain slow version.

Reference: R 4.2.2, ``Rscript validation/rules/two_by_two.R``; columns Fisher, mid-P, one-sided
Fisher, chi-square, chi-square with Yates.
"""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.evidence.table_tests import (
    Table,
    chi_square,
    fisher,
    fisher_one_sided,
    mid_p,
    one_sided_tests,
    two_sided_tests,
    wald_log_odds_ratio,
    wald_risk_difference,
)

R_VALUES = """
12,15,9,15,0.426986506746627,0.347401299350325,0.213493253373314,0.231997723628734,0.425556116419129
31,57,47,65,0.0582938974685573,0.0490156611711098,0.0308029540637311,0.0397108528181347,0.0617904868020505
19,29,17,29,0.787081048919185,0.694629399107779,0.393540524459592,0.58834945672533,0.786687378116319
50,75,44,78,0.244944763349605,0.216427890196127,0.127751498513866,0.192590449453236,0.255610443023788
2,30,0,30,0.491525423728814,0.36864406779661,0.245762711864407,0.150323455478668,0.472020809129022
7,48,5,40,1,0.882046858703344,0.514089309251637,0.776743427973901,1
3,10,10,12,0.027421494913755,0.0194604157452454,0.0170278637770898,0.0112954456937016,0.0359059253514099
120,400,95,410,0.0315942526974177,0.0287654820065844,0.0169100609831982,0.0277572502239677,0.033911590092656
"""


@pytest.mark.parametrize("line", R_VALUES.split())
def test_agrees_with_r(line: str) -> None:
    numbers = line.split(",")
    table = Table(*(int(number) for number in numbers[:4]))
    ours = (
        fisher(table),
        mid_p(table),
        fisher_one_sided(table),
        chi_square(table),
        chi_square(table, yates=True),
    )
    assert ours == pytest.approx([float(number) for number in numbers[4:]], abs=1e-12)


def slow_fisher(table: Table) -> tuple[float, float]:
    """Fisher and mid-P by counting tables with exact integers."""
    a, n1, c, n2 = (
        table.events_treatment,
        table.n_treatment,
        table.events_control,
        table.n_control,
    )
    m = a + c
    ways = {
        x: math.comb(n1, x) * math.comb(n2, m - x) for x in range(max(0, m - n2), min(n1, m) + 1)
    }
    total = sum(ways.values())
    extreme = sum(count for count in ways.values() if count <= ways[a])
    return extreme / total, extreme / total - ways[a] / total / 2


tables = st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
    lambda n: st.builds(
        Table, st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1])
    )
)


@given(tables)
def test_agrees_with_exact_counting(table: Table) -> None:
    assert (fisher(table), mid_p(table)) == pytest.approx(slow_fisher(table), abs=1e-10)


@given(tables)
def test_swapping_the_arms_changes_no_p(table: Table) -> None:
    swapped = Table(
        table.events_control, table.n_control, table.events_treatment, table.n_treatment
    )
    assert two_sided_tests(table) == pytest.approx(two_sided_tests(swapped))
    assert one_sided_tests(table) == pytest.approx(one_sided_tests(swapped))


@given(tables)
def test_every_p_is_a_probability(table: Table) -> None:
    found = (*two_sided_tests(table).values(), *one_sided_tests(table).values())
    assert all(-1e-12 <= p <= 1 + 1e-12 for p in found)


def test_the_uncorrected_chi_square_is_the_pooled_z_test() -> None:
    table = Table(31, 57, 47, 65)
    pooled = 78 / 122
    z = (31 / 57 - 47 / 65) / math.sqrt(pooled * (1 - pooled) * (1 / 57 + 1 / 65))
    assert chi_square(table) == pytest.approx(math.erfc(abs(z) / math.sqrt(2)), abs=1e-12)


def test_wald_by_hand() -> None:
    table = Table(19, 29, 17, 29)
    z = math.log(19 * 12 / (10 * 17)) / math.sqrt(1 / 19 + 1 / 10 + 1 / 17 + 1 / 12)
    assert wald_log_odds_ratio(table) == pytest.approx(math.erfc(abs(z) / math.sqrt(2)))


def test_empty_cells_and_margins() -> None:
    assert wald_log_odds_ratio(Table(0, 10, 3, 10)) is None
    assert wald_risk_difference(Table(0, 10, 0, 10)) is None
    assert chi_square(Table(0, 10, 0, 10)) == 1.0
    assert fisher(Table(0, 10, 0, 10)) == pytest.approx(1.0)
