"""What an effect rests on, read from equations."""

from __future__ import annotations

import pytest

from equipoise.mechanism.sensitivity import assumed_behind, parameters_behind

DIRECT = {"s_direct": 1.0, "s_system": 0.0}
SYSTEM = {"s_direct": 0.0, "s_system": 1.0}


def behind(model, switches, dosed=("G", "C")):
    return assumed_behind(model, switches, dosed, ("G",), "kill")


def test_each_rival_rests_on_its_own_edge(model):
    assert behind(model, DIRECT) == ("k_g", "V", "Kp", "EC50", "gain")
    assert behind(model, SYSTEM) == ("k_g", "V", "C50", "gain")


def test_both_edges_rest_on_both(model):
    assert behind(model, {"s_direct": 1.0, "s_system": 1.0}) == (
        *("k_g", "V", "Kp", "EC50", "C50", "gain"),
    )


def test_without_an_edge_nothing_is_rested_on(model):
    assert behind(model, {"s_direct": 0.0, "s_system": 0.0}) == ()
    assert behind(model, DIRECT, dosed=("C",)) == ()


def test_a_partner_counts_only_where_it_is_given(model):
    assert "w_p" not in behind(model, DIRECT)
    assert "w_p" in behind(model, DIRECT, dosed=("G", "C", "P"))


def test_without_the_drug_no_switch_matters(model):
    alone = parameters_behind(model, ("C",), "kill")
    assert alone == {"k_c", "kappa_c", "kappa_s"}
    with_it = parameters_behind(model, ("C", "G"), "kill")
    assert {"s_direct", "s_system", "k_g", "V"} <= with_it


@pytest.mark.parametrize("outcome", ["Jc", "Jg"])
def test_an_outcome_the_drug_does_not_reach(model, outcome):
    assert assumed_behind(model, DIRECT, ("G", "C"), ("G",), outcome) == ()
