"""Simulated arms in words, for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from equipoise.mechanism.arms.arm_records import (
    PairedEffect,
    PairedRatio,
    SimulatedArm,
    SimulatedArms,
    SimulatedShare,
    Spread,
)

SHOWN_FAILURES = 10
"""Failed patients that are named; JSON names all."""
WIDTH = 92
SHORT = 34
"""Columns of a label."""


def arms_text(found: SimulatedArms) -> str:
    """Write what was simulated as lines of text.

    Parameters
    ----------
    found : SimulatedArms
    """
    lines = [*_head(found), *_responses(found)]
    if found.effect is not None:
        lines += _effect(found.effect)
    for title, rows in (("Drug levels", _levels(found)), ("Readouts", _readouts(found))):
        lines += ["", *title_of(title, found), *rows]
    return "\n".join([*lines, *_patients(found), *_rests_on(found), "", found.statement])


def title_of(title: str, found: SimulatedArms) -> list[str]:
    """Return the title of a table and the names of its columns."""
    about = {
        "Drug levels": "mean from the first rise to surgery; mean over patients (central 95 %)",
        "Readouts": "median patient (central 95 %), at the mode of the calibration",
    }[title]
    names = [arm.regimen for arm in found.arms]
    columns = names if title == "Drug levels" else ["before", *names]
    return [f"{title}: {about}", _row("", columns)]


def _head(found: SimulatedArms) -> list[str]:
    share = f"{100 * found.stratum_share:g} % with {found.stratum}"
    return [
        f"{found.arms[-1].regimen}, surgery on day {found.surgery_day:g}",
        found.statement,
        f"{found.patients:,} virtual patients, {share}, seed {found.seed}; "
        f"rival {found.rival}: {found.rival_label}",
    ]


def _responses(found: SimulatedArms) -> Iterator[str]:
    yield ""
    yield "Complete response: median (95 % of draws); +- Monte Carlo error"
    yield _row("", [arm.regimen for arm in found.arms])
    for shares in zip(*(arm.responses for arm in found.arms), strict=True):
        one = shares[0]
        label = one.definition if one.stratum == "all" else f"  {one.stratum}"
        yield _row(label, [_share(share) for share in shares])
    label = f"no recurrence at {found.years:g} years"
    yield _row(label, [_share(arm.event_free) for arm in found.arms])
    if not found.link_reached:
        yield "  The link to recurrence could not meet both numbers of its trial."


def _share(share: SimulatedShare) -> str:
    """Show a share as a percentage."""
    middle, low, high = (100 * x for x in (share.median, share.low, share.high))
    return f"{middle:.1f} ({low:.1f}-{high:.1f}) +- {100 * share.monte_carlo_error:.1f} %"


def _effect(effect: PairedEffect) -> Iterator[str]:
    yield ""
    yield f"What {effect.drug} adds to {effect.control}, same patients: ratio (95 % of draws)"
    ranges = f"over the ranges of {len(effect.uncertain)} more"
    yield _row("", ["its parameters as in the table", ranges])
    for ratio in effect.ratios:
        name = f"odds ratio, {ratio.definition}" if ratio.definition else "hazard ratio, recurrence"
        yield _row(name, [_ratio(ratio), _spread(ratio.over_ranges) if ratio.over_ranges else ""])
    yield (
        f"  Ranges: {effect.draws} draws of {', '.join(effect.uncertain)};"
        f" {effect.patients} patients each, {effect.failed} courses without a solution."
    )
    if not effect.assumed:
        yield f"  Under this rival {effect.drug} does not reach the tumour."


def _ratio(ratio: PairedRatio) -> str:
    limits = Spread(ratio.median, ratio.low, ratio.high)
    return f"{_spread(limits)} +- {_number(ratio.monte_carlo_error)}"


def _levels(found: SimulatedArms) -> Iterator[str]:
    rows = {row.output: row for arm in found.arms for row in arm.levels}
    for output, row in rows.items():
        cells = []
        for arm in found.arms:
            level = next((x for x in arm.levels if x.output == output), None)
            spread = level and Spread(level.mean, level.low, level.high)
            cells.append(_spread(spread) if spread else "-")
        yield _row(_labelled(row.label, row.unit), cells)


def _readouts(found: SimulatedArms) -> Iterator[str]:
    for rows in zip(*(arm.readouts for arm in found.arms), strict=True):
        spreads = [rows[0].before, *(row.at_surgery for row in rows)]
        yield _row(_labelled(rows[0].label, rows[0].unit), [_spread(one) for one in spreads])


def _patients(found: SimulatedArms) -> Iterator[str]:
    yield ""
    yield "Virtual patients: median (central 95 %); the mean of what is 0 or 1"
    for row in found.population:
        binary = {row.low, row.median, row.high} <= {0.0, 1.0}
        value = _number(row.mean) if binary else _spread(Spread(row.median, row.low, row.high))
        yield _row(_labelled(row.label, row.unit), [f"{value}  [{row.standing}]"])
    yield ""
    failed = found.patients - found.kept
    yield f"Failed patients: {failed:,} of {found.patients:,}, left out of every arm"
    for one in found.failed[:SHOWN_FAILURES]:
        yield f"  patient {one.patient:,}, {one.regimen}: {one.reason}"
    if len(found.failed) > SHOWN_FAILURES:
        yield f"  and {len(found.failed) - SHOWN_FAILURES:,} more courses, all in --json"


def _rests_on(found: SimulatedArms) -> Iterator[str]:
    yield ""
    yield (
        f"Calibration: {found.draws} draws, seed {found.calibration_seed}, "
        f"{found.calibration_status}; computed in {found.calibration_seconds:.0f} s, not kept."
    )
    arm = found.arms[-1]
    yield f"{len(arm.assumed)} assumed values stand between the doses and the response:"
    yield from _wrapped(_named(found, arm))


def _named(found: SimulatedArms, arm: SimulatedArm) -> list[str]:
    known = {row.symbol: row for row in found.assumed_values}
    return [f"{symbol} {_number(known[symbol].value)}" for symbol in arm.assumed]


def _wrapped(words: Sequence[str]) -> Iterator[str]:
    line = " "
    for position, word in enumerate(words):
        part = f" {word}" + ("" if position == len(words) - 1 else ",")
        if len(line) + len(part) > WIDTH:
            yield line
            line = " "
        line += part
    yield line


def _row(label: str, cells: Sequence[str]) -> str:
    width = max(28, *(len(cell) + 2 for cell in cells))
    return (label[:SHORT].ljust(SHORT) + "".join(f"  {cell:<{width}}" for cell in cells)).rstrip()


def _labelled(label: str, unit: str) -> str:
    return label if unit in ("", "1") else f"{label}, {unit}"


def _spread(spread: Spread) -> str:
    return f"{_number(spread.median)} ({_number(spread.low)}-{_number(spread.high)})"


def _number(value: float) -> str:
    """Show three significant digits."""
    if not math.isfinite(value):
        return "not known"
    if value == 0.0 or 1e-3 <= abs(value) < 1e5:
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:.2g}"
