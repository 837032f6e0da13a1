"""What a dose does to a block."""

from __future__ import annotations

from equipoise.mechanism.solving.records import Array, Events, Integers, Y
from equipoise.synthesis.compiled import part


@part
def amount_of(events: Events, e: int, p: Array) -> float:
    """Amount of an event for one patient; 0 if no longer taken."""
    until, scaling = events.until[e], events.scaling[e]
    if until >= 0 and not events.taken[e] < p[until]:
        return 0.0
    return float(events.amount[e] * (p[scaling] if scaling >= 0 else 1.0))


@part
def switch(flow: Array, running: Integers, place: int, amount: float) -> None:
    """Start or end an infusion; when none runs, the flow is exactly zero."""
    running[place] += 1 if amount > 0.0 else -1
    flow[place] = flow[place] + amount if running[place] > 0 else 0.0


@part
def give(events: Events, e: int, room: Array, p: Array, running: Integers) -> None:
    """Add a dose to the states of a stiff block, or start or end an infusion into it."""
    amount = amount_of(events, e, p)
    if amount != 0.0 and events.state[e] >= 0:
        room[Y, events.state[e]] += amount
    elif amount != 0.0:
        switch(p, running, events.parameter[e], amount)


@part
def cycle_of(events: Events, first: int, last: int, p: Array, t: float) -> int:
    """Return the event that begins the next cycle after the one that begins at t.

    A cycle begins with a dose that is given while no infusion runs; `first` is the first event at t
    or later.
    """
    running = 0
    for e in range(first, last):
        amount = amount_of(events, e, p)
        if amount > 0.0 and running == 0 and events.time[e] > t:
            return e
        if amount != 0.0 and events.state[e] < 0:
            running += 1 if amount > 0.0 else -1
    return last


@part
def same_cycle(events: Events, a: int, b: int, size: int, p: Array, near: float) -> bool:
    """Return whether `size` events from a and from b on do the same at the same distances."""
    for i in range(size):
        apart = (events.time[a + i] - events.time[a]) - (events.time[b + i] - events.time[b])
        if (
            abs(apart) > near
            or events.state[a + i] != events.state[b + i]
            or events.parameter[a + i] != events.parameter[b + i]
            or amount_of(events, a + i, p) != amount_of(events, b + i, p)
        ):
            return False
    return True
