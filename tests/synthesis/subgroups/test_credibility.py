"""The ICEMAN items: cut-offs, who answers, and the bound."""

import pytest

from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.subgroups import iceman, interaction
from equipoise.synthesis.subgroups.credibility import CHANCE, _chance

CALM = ([0.0, -0.5, 0.1, -0.45, 0.0, -0.6], [0.02] * 6, list("AABBCC"), ["no", "yes"] * 3)


def answers(found):
    return {item.id: item.answer for item in found.items}


def best():
    return {"direction": "protocol", "protocol": True, "factors": 2, "cut_point": "not continuous"}


@pytest.mark.parametrize(
    ("p_value", "answer"),
    [
        (0.2, "definitely reduced"),
        (0.0501, "definitely reduced"),
        (0.05, "probably reduced or unclear"),
        (0.011, "probably reduced or unclear"),
        (0.01, "probably increased"),
        (0.0051, "probably increased"),
        (0.005, "definitely increased"),
        (1e-9, "definitely increased"),
        (float("nan"), "probably reduced or unclear"),
    ],
)
def test_chance(p_value, answer):
    assert _chance(p_value).answer == answer
    assert [p for p, _ in CHANCE] == [0.005, 0.01, 0.05]


def test_meta_analysis_has_eight_items_and_one_trial_five():
    several = iceman(interaction(*CALM))
    one = iceman(interaction(*[c[:2] for c in CALM]))
    assert [i.id for i in several.items] == [
        "within-trials", "similar-between-trials", "number-of-trials", "direction-foretold",
        "chance", "factors-examined", "random-effects", "cut-point",
    ]  # fmt: skip
    assert [i.id for i in one.items] == [
        "direction-foretold", "earlier-evidence", "chance", "factors-examined", "cut-point",
    ]  # fmt: skip


def test_what_nobody_answered_is_said_and_caps_at_moderate():
    found = iceman(interaction(*CALM, method="REML", ci="wald"))
    assert found.unanswered == ("direction-foretold", "factors-examined", "cut-point")
    assert found.at_most == "moderate"
    assert "At most moderate" in found.message
    assert "direction-foretold" in found.message


def test_everything_declared():
    found = iceman(interaction(*CALM, ci="wald"), **best())
    assert found.at_most == "high"
    assert found.unanswered == ()
    assert {i.answered_by for i in found.items} == {"data", "declaration"}


@pytest.mark.parametrize(
    "worse",
    [{"direction": "post hoc"}, {"direction": "opposite"}, {"factors": 11, "protocol": True}],
)
def test_one_definite_minus_caps_at_low(worse):
    assert iceman(interaction(*CALM, ci="wald"), **best() | worse).at_most == "low"


def test_common_effect_and_exploratory_cut_point():
    found = iceman(
        interaction(*CALM, method="EE", ci="wald"), **best() | {"cut_point": "exploratory"}
    )
    assert answers(found)["random-effects"] == "definitely reduced"
    assert answers(found)["cut-point"] == "definitely reduced"


@pytest.mark.parametrize(
    ("factors", "options", "answer"),
    [
        (None, {}, "probably reduced or unclear"),
        (3, {"protocol": True}, "definitely increased"),
        (3, {}, "probably increased"),
        (4, {}, "probably reduced or unclear"),
        (10, {}, "probably reduced or unclear"),
        (11, {}, "definitely reduced"),
        (11, {"multiplicity_considered": True}, "probably increased"),
        (11, {"multiplicity_considered": True, "protocol": True}, "definitely increased"),
        (None, {"multiplicity_considered": True}, "probably reduced or unclear"),
    ],
)
def test_factors(factors, options, answer):
    found = iceman(interaction(*CALM), factors=factors, **options)
    assert answers(found)["factors-examined"] == answer


def test_trials_that_disagree():
    y = [0.0, -0.9, 0.0, 0.8, 0.0, -0.6]
    found = answers(iceman(interaction(y, *CALM[1:])))
    assert found["similar-between-trials"] == "definitely reduced"
    weak = answers(iceman(interaction([0.0, -0.9, 0.0, 0.1, 0.0, -0.6], *CALM[1:])))
    assert weak["similar-between-trials"] == "probably increased"


def test_nothing_within_trials():
    found = iceman(interaction([0.1, 0.2], [0.1, 0.1], ["A", "B"], ["no", "yes"]))
    assert answers(found)["within-trials"] == "definitely reduced"
    assert answers(found)["chance"] == "probably reduced or unclear"
    assert "P below 0.1" in found.message


def test_all_minus_is_very_low():
    found = iceman(
        interaction(*[c[:2] for c in CALM], ci="hksj"),
        direction="post hoc",
        prior_evidence="inconsistent",
        factors=20,
        cut_point="exploratory",
    )
    assert found.at_most == "very low"


@pytest.mark.parametrize(
    "change", [{"direction": "x"}, {"prior_evidence": "x"}, {"cut_point": "x"}, {"factors": 0}]
)
def test_bad_declarations(change):
    with pytest.raises(ArrayError):
        iceman(interaction(*CALM), **change)
