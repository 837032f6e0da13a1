r"""How much more two treatments do together than a null model of no interaction expects.

Shares of response a (first), b (second), ab (both), c (neither). Bliss independence: whoever does
not respond without treatment is spared by each treatment independently,

    1 - expected = (1 - a)(1 - b) / (1 - c),    with c = 0:  expected = 1 - (1 - a)(1 - b)

(Bliss, Ann Appl Biol 1939;26:585, doi 10.1111/j.1744-7348.1939.tb06990.x; a background c > 0 as in
Abbott, J Econ Entomol 1925;18:265, doi 10.1093/jee/18.2.265a). Highest single agent:
expected = max(a, b) (Foucquier and Guedj, Pharmacol Res Perspect 2015;3:e00149, doi
10.1002/prp2.149). The excess is ab - expected: above 0 synergy, below 0 antagonism under that null.
Neither null is a law: a treatment combined with itself has an excess over both, so an excess ranks
combinations and proves nothing about a mechanism.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import InputError, Problem
from equipoise.synthesis.arrays import Array

METHOD_CITES = {
    "bliss_excess": ("bliss1939", "abbott1925"),
    "highest_agent_excess": ("foucquier2015",),
}


def bliss_expected(first: ArrayLike, second: ArrayLike, background: ArrayLike = 0.0) -> Array:
    """Return the share of response expected under Bliss independence.

    Parameters
    ----------
    first, second : array of shares
    background : array of shares
        Response with neither, below 1 or both others are 1 as well; 1 where all respond anyway.

    Raises
    ------
    InputError
        A share outside 0 to 1.

    Examples
    --------
    >>> float(bliss_expected(0.3, 0.4).round(3))
    0.58
    """
    a, b, c = _share(first, "first"), _share(second, "second"), _share(background, "background")
    rest = 1.0 - c
    none = np.zeros(np.broadcast(a, b, c).shape)
    spared = np.divide((1.0 - a) * (1.0 - b), rest, out=none, where=rest > 0.0)
    expected: Array = 1.0 - spared
    return expected


def bliss_excess(
    both: ArrayLike, first: ArrayLike, second: ArrayLike, background: ArrayLike = 0.0
) -> Array:
    """Return the response to both minus that expected under Bliss independence."""
    excess: Array = _share(both, "both") - bliss_expected(first, second, background)
    return excess


def highest_agent_excess(both: ArrayLike, first: ArrayLike, second: ArrayLike) -> Array:
    """Return the response to both minus the higher of the responses to each."""
    highest = np.maximum(_share(first, "first"), _share(second, "second"))
    excess: Array = _share(both, "both") - highest
    return excess


def _share(values: ArrayLike, name: str) -> Array:
    shares = np.asarray(values, dtype=float)
    bad = (shares < 0.0) | (shares > 1.0)
    if bad.any():
        shown = f"{float(shares[bad].flat[0]):g}"
        action = "Give shares of response, not per cent."
        raise InputError([Problem("", "", name, shown, "0 to 1", action)])
    return shares
