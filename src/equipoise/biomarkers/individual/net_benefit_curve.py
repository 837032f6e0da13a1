"""Would a rule for whom to treat do more good than treating everybody or nobody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector, failing, same_length

METHOD_CITES = {"net benefit": ("vickers2007",)}


@dataclass(frozen=True, eq=False)
class NetBenefit:
    """Net benefit a patient by threshold; arrays are (t,), in units of the scores.

    Attributes
    ----------
    threshold : array
        Smallest benefit worth the treatment's harms and costs.
    rule, rule_se : array
        Of treating those whose predicted benefit exceeds it.
    everybody, everybody_se : array
        Of treating all; treating nobody has 0.
    difference, difference_se : array
        Rule less everybody.
    treated : array
        Share of patients the rule treats.
    """

    threshold: Array
    rule: Array
    rule_se: Array
    everybody: Array
    everybody_se: Array
    difference: Array
    difference_se: Array
    treated: Array


def net_benefit(scores: ArrayLike, predicted: ArrayLike, thresholds: ArrayLike) -> NetBenefit:
    """Answer what treating by predicted benefit would bring, harms and costs taken off.

    At threshold T the rule treats if predicted benefit exceeds T. Its net benefit is the mean of
    `d_i (S_i - T)`, `d_i` whether patient i is treated and `S_i` the patient's score: good
    outcomes gained less T for every treatment given (Vickers, Kattan and Sargent 2007,
    10.1186/1745-6215-8-14). Errors are those of means over patients.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Of `benefit_scores`.
    predicted : array_like, shape (n,)
        For patients the prediction was not fitted on (or out of fold), on the scores' scale.
    thresholds : array_like, shape (t,)

    Raises
    ------
    ArrayError

    Examples
    --------
    >>> found = net_benefit([0.4, 0.2, -0.2, 0.0], [0.3, 0.1, -0.1, -0.3], [0.05])
    >>> [round(float(x[0]), 4) for x in (found.rule, found.everybody, found.treated)]
    [0.125, 0.05, 0.5]
    """
    s, x, t = (
        as_vector(v, n)
        for v, n in ((scores, "scores"), (predicted, "predicted"), (thresholds, "thresholds"))
    )
    same_length(scores=s, predicted=x)
    data = {"scores": s, "predicted": x, "thresholds": t}
    problems = failing(data, data, np.isfinite, "a finite number")
    if s.size < 2 or t.size < 1:
        found = f"{s.size} scores, {t.size} thresholds"
        allowed = "2 scores and 1 threshold, or more"
        problems.append(Problem("", "", "scores, thresholds", found, allowed, "Add some."))
    if problems:
        raise ArrayError(problems)
    treat = x[None, :] > t[:, None]
    gain = s[None, :] - t[:, None]
    rule = np.where(treat, gain, 0.0)
    root = np.sqrt(s.size)
    return NetBenefit(
        t,
        rule.mean(axis=1),
        rule.std(axis=1, ddof=1) / root,
        gain.mean(axis=1),
        gain.std(axis=1, ddof=1) / root,
        (rule - gain).mean(axis=1),
        (rule - gain).std(axis=1, ddof=1) / root,
        treat.mean(axis=1),
    )
