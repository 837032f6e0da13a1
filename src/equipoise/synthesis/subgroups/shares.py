"""How much of a trial's information lies in the positive stratum."""

from __future__ import annotations

import math
from typing import NamedTuple

from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError


class InformationShare(NamedTuple):
    """Share of a trial's information in the positive stratum, its standard error, its source."""

    value: float
    se: float
    source: str


def information_share(
    patient_share: float | None = None,
    *,
    patients: float | None = None,
    patient_share_se: float | None = None,
    events: tuple[float, float] | None = None,
    risks: tuple[float, float] | None = None,
    event_ratio: float | None = None,
    log_event_ratio_se: float = 0.0,
) -> InformationShare:
    """Share q of the statistical information that the positive stratum holds.

    A whole-trial effect is close to the mean of its strata weighted by information, not by
    patients. Information is the number of events for a log hazard ratio, `n p (1 - p)` for a log
    odds ratio, patients for a mean difference. With `s` the share of patients and `rho` the
    information of a positive patient in units of that of a negative one,

    `logit q = logit s + log rho`, `se(q) = q (1 - q) sqrt(se(logit s)^2 + se(log rho)^2)`.

    Parameters
    ----------
    patient_share : float, optional
        `s`, between 0 and 1; not needed when the events are known.
    patients : float, optional
        Patients in whom the phenotype is known: `se(logit s) = 1 / sqrt(n s (1 - s))`. Leave it
        out when it is known for everybody.
    patient_share_se : float, optional
        Standard error of `s`, when it comes from elsewhere (another trial, a registry).
    events : tuple of float, optional
        Events in the positive stratum and in both: q is their ratio, without error.
    risks : tuple of float, optional
        Risk of the outcome in the positive and negative stratum, for a log odds ratio:
        `rho = p1 (1 - p1) / (p0 (1 - p0))`.
    event_ratio, log_event_ratio_se : float
        `rho` itself for a log hazard ratio (proportion with an event, positive over negative),
        and the standard error of its logarithm.

    Examples
    --------
    A trial with 17.0 % of its patients in the stratum and 99 of its 712 events:

    >>> round(information_share(events=(99, 712)).value, 3)
    0.139
    >>> share = information_share(0.17, patients=3000, event_ratio=0.788)
    >>> round(share.value, 3), round(share.se, 4)
    (0.139, 0.0058)
    """
    ratios = (risks, event_ratio)
    problems = _problems(patient_share, patients, patient_share_se, events, ratios)
    if not log_event_ratio_se >= 0.0 or math.isinf(log_event_ratio_se):
        problems.append(_problem("log_event_ratio_se", log_event_ratio_se, "a number, 0 or above"))
    if problems:
        raise ArrayError(problems)
    if events is not None:
        return InformationShare(events[0] / events[1], 0.0, "events by stratum")
    rho, source = 1.0, "share of patients"
    if risks is not None:
        (p1, p0), source = risks, "share of patients and risk by stratum"
        rho = p1 * (1.0 - p1) / (p0 * (1.0 - p0))
    elif event_ratio is not None:
        rho, source = event_ratio, "share of patients and ratio of event proportions"
    s = math.nan if patient_share is None else float(patient_share)
    q = s * rho / (s * rho + 1.0 - s)
    if s in {0.0, 1.0}:
        return InformationShare(q, 0.0, source)
    logit_se = 0.0
    if patient_share_se is not None:
        logit_se = patient_share_se / (s * (1.0 - s))
    elif patients is not None:
        logit_se = (patients * s * (1.0 - s)) ** -0.5
    return InformationShare(q, q * (1.0 - q) * math.hypot(logit_se, log_event_ratio_se), source)


def _problems(
    share: float | None,
    patients: float | None,
    share_se: float | None,
    events: tuple[float, float] | None,
    ratios: tuple[tuple[float, float] | None, float | None],
) -> list[Problem]:
    """Return every argument that cannot be."""
    out: list[Problem] = []
    risks, ratio = ratios
    if events is not None:
        if len(events) != 2 or not (0.0 <= events[0] <= events[1] and 0.0 < events[1] < math.inf):
            out.append(_problem("events", events, "events in the stratum, at most those in both"))
        return out
    if share is None or not 0.0 <= share <= 1.0:
        out.append(_problem("patient_share", share, "0 to 1, or events"))
    if patients is not None and not 0.0 < patients < math.inf:
        out.append(_problem("patients", patients, "above 0"))
    if share_se is not None and not 0.0 <= share_se < math.inf:
        out.append(_problem("patient_share_se", share_se, "a number, 0 or above"))
    if risks is not None and (len(risks) != 2 or not all(0.0 < p < 1.0 for p in risks)):
        out.append(_problem("risks", risks, "two risks between 0 and 1"))
    if ratio is not None and not 0.0 < ratio < math.inf:
        out.append(_problem("event_ratio", ratio, "above 0"))
    if risks is not None and ratio is not None:
        out.append(_problem("risks, event_ratio", "both", "one of the two"))
    return out


def _problem(field: str, value: object, allowed: str) -> Problem:
    return Problem("", "", field, repr(value), allowed, "Correct it or leave it out.")
