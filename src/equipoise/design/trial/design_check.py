"""Everything that can be wrong with a design, found before anything is computed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from equipoise.design.closed.combination import FisherProduct, InverseNormal
from equipoise.design.closed.intersections import INTERSECTIONS
from equipoise.design.closed.selection import KeepAll
from equipoise.design.trial.design_kinds import COMBINATIONS, KINDS, SELECTIONS
from equipoise.design.trial.refusals import problem, problems_of
from equipoise.design.trial.trial_endpoints import BinaryEndpoint, TimeToEvent
from equipoise.errors import Problem
from equipoise.synthesis.arrays import not_among

if TYPE_CHECKING:
    from equipoise.design.trial.trial_design import Design

NOT_PLANNED_FOR_ENRICHMENT = (
    "A population chosen on the data is another hypothesis than the one whose error the looks "
    "spend: after the choice the level is lost. Combine the stages by weights fixed in advance: "
    "combination = 'inverse-normal' (these bounds stay) or 'fisher'."
)


def design_problems_of(design: Design) -> list[Problem]:
    """List every problem of a design; what depends on sound parts is asked once they are."""
    found = not_among("kind", design.kind, tuple(KINDS))
    found += design.endpoint.problems() + design.looks.problems()
    found += [] if design.marker is None else design.marker.problems()
    found += [] if design.populations is None else design.populations.problems()
    found += _sizes(design) + _arms(design)
    found += not_among("subset_size", design.subset_size, ("fixed", "random"))
    found += not_among("success", design.success, ("all", "any"))
    if found:
        return found
    found = _whole_looks(design) + _populations(design)
    found += _several(design) if design.traits.several else _single(design)
    return found + (_borrowing(design) if design.borrowing is not None else [])


def _sizes(design: Design) -> list[Problem]:
    found = []
    n, d = design.patients, design.events
    if not _whole(n) or n < 2:
        found.append(problem("patients", n, "a whole number, 2 or more", "Correct patients."))
    timed = isinstance(design.analysed, TimeToEvent)
    if not timed and d is not None:
        allowed = "left out for a binary endpoint"
        found.append(problem("events", d, allowed, "Its looks are timed by patients."))
    if timed and d is None:
        allowed = "a whole number: the looks are timed by events"
        found.append(problem("events", d, allowed, "Give the events of the last look."))
    elif timed and d is not None and (not _whole(d) or d < 1):
        found.append(problem("events", d, "a whole number, 1 or more", "Correct events."))
    elif timed and d is not None and _whole(n) and d > n:
        action = "The information is never reached: recruit more, or plan fewer events."
        found.append(problem("events", d, f"at most the {n} patients", action))
    return found


def _arms(design: Design) -> list[Problem]:
    a = design.arms.allocation
    if len(a) == 2 and all(_whole(x) and x >= 1 for x in a):
        return []
    return [problem("allocation", a, "two whole numbers, 1 or more", "Say (control, treatment).")]


def _whole_looks(design: Design) -> list[Problem]:
    """Whole patients or events must still increase from look to look, and fill both arms."""
    steps = np.diff(design.sizes, prepend=0)
    if np.any(steps < 1):
        k = int(np.argmax(steps < 1)) + 1
        action = "Plan fewer looks, or a larger trial."
        value = f"look {k}: {int(design.sizes[k - 1])}"
        return [problem("looks", value, "one patient or event more than the look before", action)]
    if design.events is None and steps[0] < sum(design.arms.allocation):
        allowed = "a patient in each arm at the first look"
        return [problem("looks", f"look 1: {int(steps[0])} patients", allowed, "Look later.")]
    return problems_of(lambda: design.plan)


def _populations(design: Design) -> list[Problem]:
    """Whether the kind has the populations it needs, and the assay is described for them."""
    traits, nests, marker, found = design.traits, design.nests, design.marker, []
    if traits.split and nests.size < 2:
        allowed = "two populations or more"
        action = "Give a marker or populations, or plan all-comers."
        found.append(problem("populations", nests.names, allowed, action))
    if traits.assay and marker is None:
        found.append(problem("marker", None, "the marker that guides treatment", "Give it."))
    if marker is None or design.populations is None:
        return found
    if nests.size > 2 and (marker.sensitivity < 1.0 or marker.specificity < 1.0):
        allowed = "a perfect assay, or two populations"
        action = (
            "Errors of an assay are described for two groups only: plan two, or leave them out."
        )
        found.append(problem("marker", f"{nests.size} populations", allowed, action))
    elif nests.size == 2:
        share = marker.called().called_positive
        if not math.isclose(share, nests.shares[0], abs_tol=1e-6):
            allowed, action = f"{share:.6g}, the share the marker calls positive", "Leave it out."
            found.append(problem("populations", nests.shares[0], allowed, action))
    return found


def _single(design: Design) -> list[Problem]:
    """Refuse what only several hypotheses need: there is nothing to combine or choose."""
    found = []
    for field, unused in (("combination", None), ("selection", "all")):
        if getattr(design, field) != unused:
            allowed = f"left out: {design.kind} tests one hypothesis"
            action = "Leave it out, or plan adaptive-enrichment."
            found.append(problem(field, _shown(getattr(design, field)), allowed, action))
    return found


def _several(design: Design) -> list[Problem]:
    """Ask for a combination that was planned for the choice among hypotheses."""
    found, rule = [], design.combination
    if rule is None:
        names = ", ".join(COMBINATIONS)
        return [problem("combination", None, f"{names}, or a rule", NOT_PLANNED_FOR_ENRICHMENT)]
    if isinstance(rule, str):
        found += not_among("combination", rule, tuple(COMBINATIONS))
    elif not isinstance(rule, InverseNormal | FisherProduct):
        allowed = "a combination test with weights fixed in advance"
        found.append(problem("combination", _shown(rule), allowed, NOT_PLANNED_FOR_ENRICHMENT))
    if isinstance(design.intersection, str):
        found += not_among("intersection", design.intersection, tuple(INTERSECTIONS))
    if isinstance(design.selection, str):
        found += not_among("selection", design.selection, tuple(SELECTIONS))
    elif not callable(design.selection):
        allowed = f"a function, or one of {', '.join(SELECTIONS)}"
        found.append(problem("selection", _shown(design.selection), allowed, "Give a rule."))
    fixed = design.selection == "all" or isinstance(design.selection, KeepAll)
    if design.kind == "stratified" and not fixed:
        allowed, action = "all: it recruits everybody to the end", "Plan adaptive-enrichment."
        found.append(problem("selection", _shown(design.selection), allowed, action))
    found += _bounds_for_combination(design)
    return found or problems_of(lambda: design.enrichment)


def _borrowing(design: Design) -> list[Problem]:
    """Refuse to borrow where the result is not two counts at one look."""
    endpoint = design.analysed
    fits = isinstance(endpoint, BinaryEndpoint) and endpoint.effect == "difference"
    rules = (
        (not design.traits.several, design.kind, "a design with one hypothesis"),
        (fits, type(endpoint).__name__, "a binary endpoint with effect = 'difference'"),
        (design.looks.count == 1, f"{design.looks.count} looks", "one look"),
        (design.looks.sided == 1, f"{design.looks.sided} sides", "a one-sided level"),
    )
    action = "Leave borrowing out, or plan such a trial."
    return [
        problem("borrowing", shown, allowed, action) for good, shown, allowed in rules if not good
    ]


def _bounds_for_combination(design: Design) -> list[Problem]:
    looks, found = design.looks, []
    if looks.sided != 1:
        allowed, action = "1: closed tests are one-sided", "Plan half the level, one-sided."
        found.append(problem("sided", looks.sided, allowed, action))
    if looks.futility is not None and looks.binding:
        allowed, action = "futility that does not bind", "Let futility not be binding."
        found.append(problem("binding", True, allowed, action))
    if looks.futility is not None and design.combination == "fisher":
        allowed, action = "no z bounds for a product of p-values", "Give a FisherProduct."
        found.append(problem("futility", looks.futility, allowed, action))
    return found


def _whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else type(value).__name__
