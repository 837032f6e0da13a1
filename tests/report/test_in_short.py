"""The first words name outcomes and trials; they never count one trial twice."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from equipoise.evidence.question import PhenotypeLevel
from equipoise.report.dossier import Dossier
from equipoise.report.summary.in_short import short_names, short_sentences
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.pooling import pool

FOCUS = PhenotypeLevel(axis="m", level="positive")


def answer(
    dossier: Dossier, pool_id: str, label: str, value: float, *, trial: str = "delta", k: int = 1
) -> OutcomeSynthesis:
    """An answer on survival in the focus level, from k trials with the same effect."""
    base = next(o for o in dossier.synthesis.outcomes if o.pool.id == "os")
    entry = base.contributions[0]
    estimate = replace(entry.estimate, value=value, se=0.1, printed=None)
    names = [trial, "gamma", "beta", "alpha"][:k]
    return replace(
        base,
        pool=base.pool.model_copy(update={"id": pool_id, "label": label, "phenotype": FOCUS}),
        contributions=tuple(
            replace(
                entry, trial_id=name, label=name.upper(), estimate=estimate, analysed="m=positive"
            )
            for name in names
        ),
        pooled=pool(np.full(k, value), np.full(k, 0.01), ci="wald"),
        alternatives=(),
        standing="printed" if k == 1 else "pooled",
    )


def told(dossier: Dossier, *answers: OutcomeSynthesis) -> list[str]:
    synthesis = replace(dossier.synthesis, outcomes=answers)
    return [s.text for s in short_sentences(replace(dossier, synthesis=synthesis))]


def test_two_outcomes_of_one_subgroup_are_one_trial(dossier: Dossier) -> None:
    text = told(
        dossier,
        answer(dossier, "a", "Overall survival early, marker-positive", -0.5),
        answer(dossier, "b", "Overall survival late, marker-positive", -0.6),
    )[0]
    assert text == (
        "In marker-positive patients, one trial gives a randomised answer on benefit. Overall "
        "survival early and overall survival late favour the treatment; both rest on one subgroup "
        "of one trial (DELTA)."
    )


def test_answers_that_point_apart_are_told_apart(dossier: Dossier) -> None:
    text = told(
        dossier,
        answer(dossier, "a", "Overall survival, marker-positive", -0.5),
        answer(dossier, "b", "Survival at home", 0.6, trial="alpha"),
        answer(dossier, "c", "Survival abroad", 0.0, k=3),
    )[0]
    assert "four trials give" in text, "of five contributions, two are of one trial"
    assert "Overall survival favours the treatment (a subgroup of DELTA)." in text
    assert "Survival at home counts against it (ALPHA)." in text
    assert "Survival abroad shows neither (three trials)." in text


def test_many_that_show_neither_are_counted(dossier: Dossier) -> None:
    nothing = [answer(dossier, f"n{i}", f"Survival {i}", 0.0) for i in range(5)]
    assert "None of the five answers favours the treatment" in told(dossier, *nothing)[0]
    some = answer(dossier, "a", "Survival", -0.5)
    assert "The other five answers show neither." in told(dossier, some, *nothing)[0]


def test_no_answer_is_said(dossier: Dossier) -> None:
    first, *_, last = told(dossier)
    assert first == "In marker-positive patients no trial gives a randomised answer on benefit."
    assert last == "Among all patients no trial gives a randomised answer on benefit."


def test_the_contrast_is_told_with_what_looking_often_does(dossier: Dossier) -> None:
    text = next(s for s in short_sentences(dossier) if "Derived" in s.text)
    p = "P\u00a0=\u00a00.015"
    assert text.text == (
        "Derived, not printed: the ratio of hazard ratios, marker-positive to marker-negative, "
        f"is 0.59 (0.38–0.91; {p}) for overall survival; after allowing for the four subgroup "
        "factors known to be examined, P is 0.059."
    )
    assert text.rests_on == ("delta-os.ratio",)


def test_a_number_of_factors_that_is_only_tried_is_not_called_known(dossier: Dossier) -> None:
    found = replace(
        dossier.synthesis.complements[0],
        sidak=((3, 0.0443), (6, 0.0867)),
        factors_examined=6,
    )
    changed = replace(dossier, synthesis=replace(dossier.synthesis, complements=(found,)))
    text = " ".join(sentence.text for sentence in short_sentences(changed))
    assert "allowing for the six subgroup factors known to be examined, P is 0.087" in text


def test_without_other_factors_nothing_is_allowed_for(dossier: Dossier) -> None:
    single = replace(dossier.synthesis.complements[0], sidak=((1, 0.015),), factors_examined=1)
    synthesis = replace(dossier.synthesis, complements=(single,))
    texts = [s.text for s in short_sentences(replace(dossier, synthesis=synthesis))]
    assert not any("allowing" in text for text in texts)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Overall survival, marker-positive", "Overall survival"),
        ("Overall survival after surgery, everybody", "Overall survival after surgery"),
        ("Deaths, any cause", "Deaths, any cause"),
    ],
)
def test_a_label_loses_its_last_words_only_if_the_outcome_is_left(
    dossier: Dossier, label: str, name: str
) -> None:
    assert short_names([answer(dossier, "a", label, 0.0)]) == {"a": name}


def test_two_pools_never_share_a_short_name(dossier: Dossier) -> None:
    pair = [answer(dossier, i, f"Overall survival, {i}", 0.0) for i in ("one", "two")]
    assert set(short_names(pair).values()) == {"Overall survival, one", "Overall survival, two"}
    assert not math.isnan(pair[0].pooled.estimate)
