"""The summary's words on the next study: what is best today, which study pays, and how surely."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from equipoise.design.case_design import CaseDesign
from equipoise.design.choice.study_evaluation import StudyEvaluation
from equipoise.design.next_study import NextStudy
from equipoise.report.dossier import Dossier
from equipoise.report.number_text import (
    counted,
    grouped,
    joined,
    number,
    sentence_case,
    spelled,
)
from equipoise.report.study_words import (
    HEADLINE,
    NOTHING,
    chance,
    millions,
    months,
    outcome_words,
    prior_names,
    released_words,
    size_words,
    under,
    why_nothing,
)
from equipoise.report.summary.sentences import Item, Sentence

APART = 2.0
"""Monte Carlo errors of a difference from which two studies are told apart."""


def study_sentences(dossier: Dossier) -> Iterator[Sentence]:
    """Tell which study to do next, from the numbers of the design room; nothing without them."""
    case = dossier.design
    if case is None:
        return
    found = case.studies
    yield _today(found)
    best = found.evaluations[0]
    if best.study.kind == NOTHING or best.worth.enbs <= 0.0:
        yield Sentence("No study returns what it costs under these assumptions.")
    else:
        yield _best(best, found)
        yield from _lead(found.evaluations)
    yield _over_priors(found)
    yield from _significance(best)
    yield from _sizes(found)
    if found.stored:
        yield _stored(found, dossier)
    yield _inputs(case)


def _today(found: NextStudy) -> Sentence:
    choice = "to use the treatment" if found.use_now else "not to use the treatment"
    return Sentence(
        f"On what is believed now (reference prior; probability of benefit {chance(found.cap)}), "
        f"the better choice today is {choice}. Knowing the effect exactly would be worth "
        f"{millions(found.evpi)} million {found.currency} to the patients concerned; as long as "
        "they are not divided further, no study can be worth more."
    )


def _best(best: StudyEvaluation, found: NextStudy) -> Sentence:
    item = best.study
    people = f" in {grouped(round(item.patients))} patients" if item.patients else ""
    beyond = "" if best.within_budget else ", beyond the budget"
    return Sentence(
        f"Of {counted(len(found.evaluations), 'candidate')}, one returns most after its cost: "
        f"{item.label} ({size_words(best)}{people}, about {months(item.months)} months). Its "
        f"answer is worth {millions(best.worth.evsi)} million (Monte Carlo error "
        f"{millions(best.mcse)}) and costs {millions(item.cost)} million{beyond}: "
        f"{millions(best.worth.enbs)} million {found.currency} net.",
        (f"study-{item.id}",),
    )


def _lead(ranked: Sequence[StudyEvaluation]) -> Iterator[Sentence]:
    """Hold the lead against the Monte Carlo error, and count who cannot be told from the best."""
    if len(ranked) < 2:
        return
    best, second = ranked[0], ranked[1]
    lead = best.worth.enbs - second.worth.enbs
    error = math.hypot(best.mcse, second.mcse)
    text = f"It leads {second.study.label} by {millions(lead)} million"
    if error > 0.0:
        text += f", {lead / error:.1f} times the Monte Carlo error of the two"
    near = [one for one in ranked[1:] if _near(best, one)]
    if near == [second]:
        text += "; so many draws cannot tell the two apart"
    elif near:
        text += f"; so many draws cannot tell {spelled(len(near))} others from it"
    yield Sentence(f"{text}.", (f"study-{second.study.id}",))


def _near(best: StudyEvaluation, one: StudyEvaluation) -> bool:
    error = math.hypot(best.mcse, one.mcse)
    return best.worth.enbs - one.worth.enbs < APART * error


def _over_priors(found: NextStudy) -> Sentence:
    """Name the best candidate under each prior, and what the leader returns there."""
    leader = found.evaluations[0]
    tops = {prior: _best_under(found, prior) for prior in prior_names(found)}
    alone = {one.study.id for one in tops.values()} == {leader.study.id}
    text = (
        "It stays the best under every prior:"
        if alone
        else "The best study moves with the prior (at the sizes that are best under the reference):"
    )
    items = tuple(
        Item(sentence_case(prior), f"study-{top.study.id}", _top(top, leader, prior))
        for prior, top in tops.items()
    )
    return Sentence(text, items=items)


def _best_under(found: NextStudy, prior: str) -> StudyEvaluation:
    return max(found.evaluations, key=lambda one: under(one, prior).enbs)


def _top(top: StudyEvaluation, leader: StudyEvaluation, prior: str) -> str:
    said = f"{top.study.label}, {millions(under(top, prior).enbs)} million net"
    if top.study.kind == NOTHING:
        said = "no study returns its cost"
    if top.study.id == leader.study.id:
        return said
    return f"{said}; {leader.study.label} {millions(under(leader, prior).enbs)} million"


def _significance(best: StudyEvaluation) -> Iterator[Sentence]:
    """Keep apart what a study is worth and whether it will be significant."""
    if math.isnan(best.assurance):
        return
    yield Sentence(
        "Value and significance answer different questions. That study would end significant "
        f"with a probability of {chance(best.assurance)} on what is believed, at any size "
        f"with at most {chance(under(best, HEADLINE).cap)}; but with a probability of "
        f"{chance(best.value.change)} its result would turn the decision, which need not wait for "
        "significance.",
        (f"study-{best.study.id}",),
    )


def _sizes(found: NextStudy) -> Iterator[Sentence]:
    """Say what a trial sized on the most striking ratio would miss."""
    curve = next((c for c in found.assurance_curve if c.prior == HEADLINE), None)
    if curve is None or len(found.sizing) < 2:
        return
    first, *others = found.sizing
    ratio = number(first.hazard_ratio)
    needed = joined(
        [
            f"{number(row.hazard_ratio)} needs {grouped(row.schoenfeld)} ({grouped(row.freedman)})"
            for row in others
        ]
    )
    yield Sentence(
        f"A trial sized on a hazard ratio of {ratio} would stop at {grouped(first.schoenfeld)} "
        f"events for 80 % power (Schoenfeld; Freedman {grouped(first.freedman)}). To show a weaker "
        f"effect that is far too small: {needed}. Averaged over what is believed, it would end "
        f"significant with a probability of {chance(curve.at(first.schoenfeld))}, not 80 %. An "
        f"interaction of that size, a ratio of hazard ratios of {ratio}, needs "
        f"{grouped(first.interaction)} events with the marker in half of the patients."
    )


def _stored(found: NextStudy, dossier: Dossier) -> Sentence:
    items = tuple(
        Item(
            outcome_words(one, dossier.question),
            "",
            released_words(one) + why_nothing(one),
        )
        for one in found.stored
    )
    return Sentence(
        "Going back to the stored samples of finished trials could release, by outcome:",
        items=items,
    )


def _inputs(case: CaseDesign) -> Sentence:
    total = len(case.inputs)
    assumed = sum(one.assumed for one in case.inputs)
    return Sentence(
        f"{sentence_case(spelled(assumed))} of the {spelled(total)} inputs behind this are "
        "assumed, and the ranking moves with them. Research use only."
    )
