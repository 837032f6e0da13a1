"""The words of a command line: every spelling, and every problem at once."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipoise.biomarkers.patient import (
    Patient,
    PatientOption,
    comparison_of,
    options_of,
    options_text,
    read_patient,
)
from equipoise.case import Case
from equipoise.errors import InputError


def options(case: Case) -> tuple[PatientOption, ...]:
    assert case.patient is not None
    return options_of(case.patient, case.question, comparison_of(case.patient, case.plan))


def told(case: Case, *words: str) -> Patient:
    assert case.patient is not None
    asked = comparison_of(case.patient, case.plan)
    return read_patient(words, options(case), asked, case.baselines)


def refused(case: Case, *words: str) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        told(case, *words)
    assert all(p.allowed and p.action for p in caught.value.problems)
    return [(p.field, p.value) for p in caught.value.problems]


@pytest.mark.parametrize(
    "words",
    [
        ("--marker=+", "--stage=early"),
        ("--marker=positive", "--stage=EARLY"),
        ("--marker", "Positive", "--stage", "i"),
        ("--stage=I", "--marker=+", "--marker=positive"),
    ],
)
def test_every_spelling_is_the_same_patient(case: Case, words: tuple[str, ...]) -> None:
    assert told(case, *words).levels == {"marker": "positive", "stage": "early"}


@pytest.mark.parametrize("minus", ["-", "\u2212", "\u2013", "negative"])
def test_every_minus_is_a_minus(case: Case, minus: str) -> None:
    assert told(case, f"--marker={minus}", "--stage=early").levels["marker"] == "negative"
    assert told(case, "--marker", minus, "--stage=early").levels["marker"] == "negative"


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("5.5", "low"),
        ("5.6", "high"),
        ("2", "low"),
        ("30.", "high"),
        ("1e1", "high"),
        ("Low", "low"),
    ],
)
def test_a_number_goes_through_the_cut(case: Case, value: str, level: str) -> None:
    assert told(case, "--marker=+", "--stage=I", f"--sugar={value}").levels["sugar"] == level


def test_genotypes_go_through_their_spellings(case: Case) -> None:
    for value, level in (("gt", "GG"), ("G/G", "GG"), ("TT", "TT")):
        assert told(case, "--marker=+", "--stage=I", f"--gene={value}").levels["gene"] == level


@pytest.mark.parametrize(
    "value",
    ["5,5", "1.9", "30.1", "-5", "nan", "inf", "1e999", "", "five", "5 5", "\u0665", "0x10", "5_0"],
)
def test_a_number_that_is_none_or_outside_is_refused(case: Case, value: str) -> None:
    assert refused(case, "--marker=+", "--stage=I", f"--sugar={value}") == [("--sugar", value)]


def test_every_problem_is_named_at_once(case: Case) -> None:
    wrong = ("--marker=maybe", "--stage=II", "--sugar=x", "--gene=AC")
    fields = [field for field, _ in refused(case, *wrong, "--stag=I", "loose", "--gene")]
    assert sorted(fields) == ["", "--gene", "--gene", "--marker", "--stag", "--stage", "--sugar"]


def test_contradictory_values_are_refused(case: Case) -> None:
    assert refused(case, "--marker=+", "--marker=-", "--stage=I") == [("--marker", "+ and -")]


def test_the_phenotype_of_the_effect_is_needed(case: Case) -> None:
    assert refused(case, "--stage=I") == [("--marker", "")]


def test_what_to_do_fits_the_option(case: Case) -> None:
    def actions(*words: str) -> list[str]:
        with pytest.raises(InputError) as caught:
            told(case, *words)
        return [problem.action for problem in caught.value.problems]

    needed, optional = actions("--marker=maybe", "--stage=II")
    assert "leave" not in needed
    assert "leave --stage out" in optional
    assert actions("--MARKER=+", "--stage=I")[0] == "Did you mean --marker?"
    assert actions("--zzz=1", "--marker=+", "--stage=I") == ["Leave it out."]


def test_a_marker_studied_in_one_level_is_refused_in_the_other(case: Case) -> None:
    assert refused(case, "--marker=-", "--stage=I", "--gene=GG") == [("--gene", "GG")]


def test_a_patient_without_a_baseline_row_is_refused(case: Case) -> None:
    assert told(case, "--marker=-", "--stage=late").levels["stage"] == "late"  # any stage
    with pytest.raises(InputError, match="Not given: --stage") as caught:
        told(case, "--marker=+")
    (problem,) = caught.value.problems
    assert "--marker=positive --stage=late" in problem.allowed


WORDS = st.one_of(
    st.text(max_size=12),
    st.builds("--{}={}".format, st.sampled_from(["marker", "stage", "sugar", "gene"]), st.text()),
)


@given(st.lists(WORDS, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_are_a_patient_or_an_error_with_its_reasons(case: Case, words: list[str]) -> None:
    reasons: tuple[object, ...] = ()
    levels: dict[str, str] = {}
    try:
        levels = dict(told(case, *words).levels)
    except InputError as error:
        reasons = error.problems
    assert bool(reasons) != (levels.get("marker") in {"positive", "negative"})


def test_help_lists_what_is_allowed(case: Case) -> None:
    text = options_text("teaching", options(case), case.baselines, "OS")
    for words in (
        "--marker: Marker (needed",
        "positive (or +)",
        "late (or IV)",
        "GG (or G/G, GT)",
        "a number from 2 to 30 mmol/L, cut at 5.5",
        "--marker=positive|negative --stage=early: Zeta control arm",
    ):
        assert words in text
    assert text.count("--stage=early: Zeta control arm") == 1  # two rows, one patient
    assert "Iota" not in text
    assert "research use only, not medical advice" in text.casefold()
