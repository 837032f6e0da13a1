"""How far the model can be trusted, item by item after ASME V&V 40, from the results."""

from __future__ import annotations

import math
from collections.abc import Iterator

from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.report.dossier import Dossier
from equipoise.report.mechanism_words import (
    FITTED,
    arm_group,
    arm_name,
    checks_by_target,
    digits,
    held_out,
    parameter_name,
    patients_words,
    printed_text,
    rests_on,
    share,
    span_of,
)
from equipoise.report.number_text import counted, grouped, joined, number, spelled, with_interval
from equipoise.report.tables.table import Column, Table, show

Item = tuple[str, str]


def credibility_table(dossier: Dossier) -> Table:
    """Answer the standard's items for this model and this question."""
    found = dossier.mechanism
    items = tuple(credibility(found)) if found else ()
    columns = (Column("item", "Item"), Column("says", "This model"))
    note = (
        "After ASME V&V 40 (2018): trust is asked for one question and one use, in proportion to "
        "what hangs on it. Nothing here is a score."
    )
    records = tuple({"item": item, "says": says} for item, says in items)
    html = show("mechanism_credibility", columns, [dict(record) for record in records])
    return Table("mechanism_credibility", "How far to trust this model", note, records, html)


def credibility(found: CaseMechanism) -> Iterator[Item]:
    """Yield every item with what the results say on it."""
    yield (
        "Question",
        f"Would {found.drug} added to {found.backbone} change complete response "
        f"({found.definition}) and recurrence, under which mechanism, and by how much?",
    )
    yield (
        "Context of use",
        "To weigh hypotheses and to plan a study. It stands beside the evidence and enters no pool "
        "of it; no decision on a patient may rest on it.",
    )
    yield "Verification", _verification(found)
    yield "Calibration", _calibration(found)
    yield "Validation: arms never fitted", _validation(found)
    if found.recurrence.target:
        yield "Validation: recurrence", _recurrence(found)
    if found.checks:
        yield "Validation: the drug itself", _drug(found)
    yield "What is assumed", _assumed(found)
    yield "What data can place", _placed(found)
    yield "What would overturn it", _overturn(found)


def _verification(found: CaseMechanism) -> str:
    agree = sum(row.inside for row in found.exposures)
    other = [row.label for row in found.exposures if not row.inside]
    differ = f" (not: {'; '.join(other)})" if other else ""
    failed = sum(effect.failed for effect in found.effects) + found.calibration.failed
    return (
        f"{found.summary.states} states and {found.summary.parameters} parameters, the units of "
        f"every equation checked when read (SHA-256 of the model {found.summary.digest[:12]}…). "
        f"{spelled(agree).capitalize()} of {counted(len(found.exposures), 'drug level')} of "
        f"reference patients agree with print{differ}. Simulated courses without a solution: "
        f"{grouped(failed)}."
    )


def _calibration(found: CaseMechanism) -> str:
    fit = found.calibration
    arms = [a for a in fit.arms if arm_group(found.sources.target(a.target)) == FITTED]
    inside = sum(arm.inside for arm in arms)
    learnt = [row.learnt for row in fit.parameters]
    spread = f"; share learnt {span_of([max(0.0, x) for x in learnt])}" if learnt else ""
    message = f" {fit.message}" if fit.message else ""
    return (
        f"{counted(len(fit.parameters), 'parameter').capitalize()} fitted to "
        f"{counted(len(arms), 'arm')}, {spelled(inside)} predicted inside the printed interval; "
        f"log likelihood {number(fit.log_likelihood, 1)} where the best possible is "
        f"{number(fit.saturated, 1)}{spread}. {fit.unique_draws} distinct draws of "
        f"{len(fit.draws)}; {fit.status.replace('_', ' ')}.{message}"
    )


def _validation(found: CaseMechanism) -> str:
    groups: dict[str, list[bool]] = {}
    for arm in held_out(found):
        target = found.sources.target(arm.target)
        groups.setdefault(rests_on(target), []).append(arm.covered)
    if not groups:
        return "No arm was held out."
    parts = [f"{label}: {sum(ok)} of {len(ok)}" for label, ok in groups.items()]
    arms = held_out(found)
    outside = [
        arm_name(found.sources.target(arm.target), arm.target) for arm in arms if not arm.inside
    ]
    missed = (
        f" Median outside the printed interval: {joined(outside)}."
        if outside
        else " Every median lies inside the printed interval."
    )
    return (
        "Printed share inside the posterior predictive interval, by what the prediction rests on: "
        f"{'; '.join(parts)}.{missed} A wide predictive interval covers easily."
    )


def _recurrence(found: CaseMechanism) -> str:
    check = found.recurrence
    printed = with_interval(check.observed, check.low, check.high, "ratio")
    predicted = with_interval(check.predicted, check.predicted_low, check.predicted_high, "ratio")
    verdict = "inside" if check.covered else "outside"
    return (
        f"Hazard ratio of responders against others: printed {printed}, predicted {predicted}; "
        f"the predicted median is {verdict} the printed interval."
    )


def _drug(found: CaseMechanism) -> str:
    return " ".join(
        f"{checks[0].trial}, {printed_text(checks[0])}: its interval holds "
        f"{span_of([c.inside for c in checks if math.isfinite(c.inside)] or [0.0])} of the draws "
        "of a rival."
        for checks in checks_by_target(found).values()
    )


def _assumed(found: CaseMechanism) -> str:
    count = found.summary
    top = [row for row in found.carriers.rank.factors[:3] if math.isfinite(row.total)]
    named = joined(
        [f"{parameter_name(found, row.name)} {share(max(0.0, row.total))}" for row in top]
    )
    carried = (
        f" The order of its effects rests most on {named} (total Sobol indices of the rank)."
        if top
        else ""
    )
    return (
        f"{count.printed} parameters are printed, {count.derived} derived, {count.fitted} fitted "
        f"and {count.assumed} assumed.{carried}"
    )


def _placed(found: CaseMechanism) -> str:
    parts = []
    for one, about in zip(found.profiles, found.sources.profiles, strict=True):
        tied = f" with {joined(about.tied)} in proportion" if about.tied else ""
        parts.append(f"{about.parameter}{tied} under {about.rival}: {one.shape}")
    return (
        f"Profiles over the window trials: {'; '.join(parts)}. The rivals are "
        f"{found.weights.verdict}."
        if parts
        else f"The rivals are {found.weights.verdict}."
    )


def _overturn(found: CaseMechanism) -> str:
    best = found.splits.best
    needed = patients_words(found.splits.harmonic_patients[best]) if best else "no number"
    gain = digits(found.gain.high)
    return (
        "A measured concentration in the tumour outside the band assumed; a gain in patients above "
        f"the model's {gain} per unit of drive; a randomised window trial that brings one rival "
        "above a Bayes factor of 3; a new arm outside its predictive interval; a randomised trial "
        "of the drug whose interval holds no rival's prediction. A marker alone would need "
        f"{needed} patients."
    )
