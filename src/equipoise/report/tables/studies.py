"""Tables of the candidate studies: the ranking, the same under each prior, and truth by truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from equipoise.design.choice.study_evaluation import StudyEvaluation
from equipoise.design.next_study import NextStudy
from equipoise.report.dossier import Dossier
from equipoise.report.links import anchor
from equipoise.report.number_text import MISSING, grouped, number, sentence_case
from equipoise.report.study_words import (
    HEADLINE,
    chance,
    millions,
    months,
    prior_names,
    size_words,
    testing,
    under,
)
from equipoise.report.tables.table import Column, Table, show

Cells = dict[str, str | Markup]


def studied(dossier: Dossier) -> NextStudy | None:
    """Return what the design room says, where a case asked it."""
    return dossier.design.studies if dossier.design else None


def evaluations(dossier: Dossier) -> tuple[StudyEvaluation, ...]:
    """Candidates in the order of the ranking; none where no case asked."""
    found = studied(dossier)
    return found.evaluations if found else ()


def studies_table(dossier: Dossier) -> Table:
    """Rank the candidates: size, time, cost, and what the answer is worth."""
    found = studied(dossier)
    ranked = evaluations(dossier)
    money = f"Million {found.currency}" if found else ""
    columns = (
        Column("study", "Study"),
        Column("size", "Size"),
        Column("patients", "Patients", numeric=True),
        Column("months", "Months", numeric=True),
        Column("cost", "Cost", numeric=True, spanner=money),
        Column("evsi", "EVSI (MCSE)", numeric=True, spanner=money),
        Column("enbs", "ENBS", numeric=True, spanner=money),
        Column("per_cost", "EVSI per cost", numeric=True),
        Column("change", "Turns the decision", numeric=True, spanner="Probability"),
        Column("assurance", "Significant", numeric=True, spanner="Probability"),
        Column("predictive", "With spread", numeric=True, spanner="Probability"),
        Column("mind", "To mind"),
    )
    note = (
        "Reference prior. EVSI: expected value of sample information, what the answer is worth to "
        "the patients it reaches before the question dies; MCSE: its Monte Carlo standard error; "
        "ENBS: EVSI less the cost. Each candidate at the size, number of looks and pace of accrual "
        "with the best ENBS within the budget. “Significant” is averaged over what is believed "
        "(assurance); “with spread” lets the new study have an effect of its own. Everything here "
        "is computed from belief and stated inputs, most of them assumed. Research use only."
    )
    records = tuple(_record(rank, one) for rank, one in enumerate(ranked, start=1))
    html = show("studies", columns, [_cells(one) for one in ranked])
    return Table("studies", "Candidate studies, ranked", note, records, html)


def _cells(one: StudyEvaluation) -> Cells:
    item, worth = one.study, one.worth
    beyond = "" if one.within_budget else "Beyond the budget."
    mind = (beyond, sentence_case(item.message), item.note)
    some = item.kind != "nothing"
    return {
        "study": anchor(f"study-{item.id}") + item.label,
        "size": size_words(one),
        "patients": grouped(round(item.patients)) if item.patients else MISSING,
        "months": months(item.months),
        "cost": millions(item.cost),
        "evsi": f"{millions(worth.evsi)} ({millions(one.mcse)})" if some else "0",
        "enbs": millions(worth.enbs),
        "per_cost": number(worth.return_on_cost, 1) if item.cost else MISSING,
        "change": chance(one.value.change),
        "assurance": chance(one.assurance),
        "predictive": chance(one.predictive),
        "mind": " ".join(text for text in mind if text),
    }


def _record(rank: int, one: StudyEvaluation) -> dict[str, Any]:
    item, worth = one.study, one.worth
    return {
        "rank": rank,
        "study": item.id,
        "label": item.label,
        "kind": item.kind,
        "outcome": item.outcome,
        "enrolment": item.enrolment,
        "marker": item.marker,
        "cut": item.cut,
        "size": item.size,
        "unit": item.unit,
        "looks": item.looks,
        "patients": item.patients,
        "screened": item.screened,
        "months": item.months,
        "cost": item.cost,
        "evsi": worth.evsi,
        "mcse": one.mcse,
        "enbs": worth.enbs,
        "evsi_per_cost": worth.return_on_cost,
        "patients_served": worth.patients,
        "probability_of_change": one.value.change,
        "assurance": one.assurance,
        "predictive_assurance": one.predictive,
        "within_budget": one.within_budget,
        "message": item.message,
        "note": item.note,
    }


def study_priors_table(dossier: Dossier) -> Table:
    """Value and assurance of each candidate under each prior."""
    found = studied(dossier)
    names = prior_names(found) if found else ()
    spans = (("enbs", "ENBS, million"), ("assured", "Assurance"), ("cap", "At most"))
    columns = [Column("study", "Study")] + [
        Column(f"{key}-{name}", sentence_case(name), numeric=True, spanner=title)
        for key, title in spans
        for name in names
    ]
    rows: list[Cells] = []
    records: list[dict[str, Any]] = []
    for one in evaluations(dossier):
        cells: Cells = {"study": one.study.label}
        for value in one.priors:
            cells[f"enbs-{value.prior}"] = millions(value.enbs)
            cells[f"assured-{value.prior}"] = chance(value.assurance)
            cells[f"cap-{value.prior}"] = chance(value.cap) if one.conclusions else MISSING
            records.append(_prior_record(one, value.prior))
        rows.append(cells)
    note = (
        "The same studies, at the size that is best under the reference prior, if another prior "
        "is held. “At most” is the probability of a benefit on the outcome that the study reads: "
        "no size can take its assurance above that by more than the error allowed."
    )
    html = show("study_priors", columns, rows)
    return Table("study_priors", "The ranking under other priors", note, tuple(records), html)


def _prior_record(one: StudyEvaluation, prior: str) -> dict[str, Any]:
    value = under(one, prior)
    return {
        "study": one.study.id,
        "label": one.study.label,
        "prior": prior,
        "headline": prior == HEADLINE,
        "evsi": value.evsi,
        "enbs": value.enbs,
        "assurance": value.assurance,
        "cap": value.cap,
    }


def study_conclusions_table(dossier: Dossier) -> Table:
    """Probability of a significant result, if the truth were each of those supposed."""
    found = studied(dossier)
    records = tuple(_conclusions(found)) if found else ()
    truths = list(dict.fromkeys(number(record["truth"]) for record in records))
    columns = [Column("study", "Study")] + [
        Column(truth, truth, numeric=True, spanner="If the truth were") for truth in truths
    ]
    rows: list[Cells] = [
        {"study": one.study.label}
        | {number(c.truth): chance(c.significant) for c in one.conclusions}
        for one in (testing(found) if found else ())
    ]
    note = "The numbers of the figure above: one-sided 2.5 %, in favour of the treatment."
    html = show("study_conclusions", columns, rows)
    title = "What each study would conclude, in numbers"
    return Table("study_conclusions", title, note, records, html, folded=True)


def _conclusions(found: NextStudy) -> Iterator[dict[str, Any]]:
    for one in testing(found):
        for c in one.conclusions:
            yield {
                "study": one.study.id,
                "label": one.study.label,
                "measure": found.utility.measure,
                "truth": c.truth,
                "probability_significant": c.significant,
            }


def study_links_table(dossier: Dossier) -> Table:
    """Value of studies of the early outcome at each strength of the link."""
    rows: list[Cells] = []
    records: list[dict[str, Any]] = []
    swept = [one for one in evaluations(dossier) if one.swept]
    values = list(dict.fromkeys(r for one in swept for r, _ in one.swept))
    for one in swept:
        rows.append(
            {"study": one.study.label} | {f"{r:g}": millions(evsi) for r, evsi in one.swept}
        )
        middle = len(one.swept) // 2
        records += [
            {
                "study": one.study.id,
                "label": one.study.label,
                "r_squared": r,
                "headline": place == middle,
                "evsi": evsi,
            }
            for place, (r, evsi) in enumerate(one.swept)
        ]
    columns = [Column("study", "Study")] + [
        Column(f"{r:g}", f"R² {r:g}", numeric=True, spanner="EVSI, million") for r in values
    ]
    note = (
        "An early outcome speaks of the later one only through the regression of their effects "
        "across trials; R² is its strength, and papers do not agree on it. The middle one is used "
        "in the ranking. The early result is never converted into a later one."
    )
    html = show("study_links", columns, rows)
    return Table(
        "study_links", "Through the link from the early outcome", note, tuple(records), html
    )
