"""How far fast states stand behind their quasi-steady levels, to first order.

A fast state q with rate `r = s (q - L)`, s its slope (below 0) and L its level, follows L with a
lag: `q = L + (dq/dt)/s`. Along a chain of fast states the lags add:

    z_q = D_q/s_q + sum_u (dL_q/du) z_u,      D_q = dL_q/dt = sum_v (dL_q/dv) dv/dt,

u the fast states in L_q, v everything in it. A rate f of what is integrated becomes
`f + sum_q (df/dq) z_q`. The correction is linear in z. Where a level jumps within a lag, its
integral is that over the path of the levels: with a constant s, and an f linear in q, it is exact.
Where s changes with what makes the level jump (a receptor that a drug binds the faster the more
there is of it), the lag of a jump is not that of a slow change, and far shorter; so there the
distance `w` of the state from its level is held below `FAR`, as `w/sqrt(1 + (w/FAR)^2)`.
(The first correction of singular perturbation theory: F. C. Hoppensteadt, *Trans Am Math Soc*
1966;123:521-535, doi:10.1090/S0002-9947-1966-0194693-9.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from equipoise.mechanism.formulas.tree import Name, Node, Number
from equipoise.mechanism.solving.algebra import (
    ONE,
    called,
    derivative,
    divided,
    names_in,
    plus,
    times,
    total,
)

CHANGE = "change of "
"""Begins the name of a rate of change: of a level, of a state that is read or is being solved."""

LAG = "lag of "
"""Begins the name of the distance of a fast state from its level."""


UNBOUND = "unbound lag of "
"""Begins the name of that distance before it is held below `FAR`."""

FAR = 0.03
"""Share of a level's usual size of 1 that a state lags at most, where the lag varies."""


def lagging(
    rates: Sequence[Node],
    levels: Mapping[str, Node],
    slopes: Mapping[str, Node],
    changes: Mapping[str, Node],
    constant: Callable[[Node], bool],
) -> tuple[dict[str, Node], list[Node]]:
    """Correct rates for the lag of fast states.

    Parameters
    ----------
    rates : sequence of Node
        Rates of what is integrated.
    levels, slopes : mapping of str to Node
        Level of each fast state, in the order in which they are worked out, and slope of its rate.
    changes : mapping of str to Node
        Rate of change of every other name that changes.
    constant : callable
        Whether a tree does not change during a simulation.

    Returns
    -------
    lets : dict of str to Node
        Named parts that the new rates use, in order; they come after the levels.
    rates : list of Node
    """
    lets = {CHANGE + name: tree for name, tree in changes.items()}
    for name, level in levels.items():
        lets[CHANGE + name] = _along(level, CHANGE, lambda n: CHANGE + n in lets)
        own = divided(Name(CHANGE + name), slopes[name])
        if not constant(slopes[name]):
            lets[UNBOUND + name] = own
            own = _bounded(Name(UNBOUND + name))
        lets[LAG + name] = plus(own, _along(level, LAG, lambda n: n in levels))
    made = [plus(rate, _along(rate, LAG, lambda n: n in levels)) for rate in rates]
    return _used(lets, made), made


def _along(tree: Node, prefix: str, moves: Callable[[str], bool]) -> Node:
    """Return the derivative of a tree along a direction: the part of each name is kept by name."""
    return total(
        times(derivative(tree, name), Name(prefix + name))
        for name in sorted(names_in(tree))
        if moves(name)
    )


def _bounded(w: Node) -> Node:
    share = divided(w, Number(FAR))
    return divided(w, called("sqrt", plus(ONE, times(share, share))))


def _used(lets: dict[str, Node], trees: Iterable[Node]) -> dict[str, Node]:
    """Return the lets that some trees use, straight or through later ones."""
    found = {name for tree in trees for name in names_in(tree)}
    for name in reversed(lets):
        if name in found:
            found |= names_in(lets[name])
    return {name: tree for name, tree in lets.items() if name in found}
