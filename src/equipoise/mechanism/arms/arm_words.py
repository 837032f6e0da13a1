"""Simulated arms in words, for a terminal."""

from __future__ import annotations

import math
import textwrap
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
"""Failed courses that are named; JSON names all."""
WIDTH = 92
TINY = 1e-9
"""A smaller Monte Carlo error is shown as 0."""
Row = tuple[str, Sequence[str]]
"""Label and cells of a line of a table."""


def arms_text(found: SimulatedArms) -> str:
    """Write what was simulated as lines of text."""
    lines = [*_head(found), *_responses(found)]
    if found.effect is not None:
        lines += _effect(found.effect)
    lines += [*_levels(found), *_readouts(found), *_patients(found), *_rests_on(found)]
    return "\n".join([*lines, "", found.statement])


def _head(found: SimulatedArms) -> list[str]:
    share = f"{100 * found.stratum_share:g} % with {found.stratum}"
    plural = "" if found.patients == 1 else "s"
    others = f" (others: {', '.join(found.other_rivals)})" if found.other_rivals else ""
    return [
        f"{found.arms[-1].regimen}, surgery on day {found.surgery_day:g}",
        found.statement,
        f"{found.patients:,} virtual patient{plural}, {share}, seed {found.seed}",
        f"Rival {found.rival}: {found.rival_label}{others}",
    ]


def _responses(found: SimulatedArms) -> list[str]:
    title = "Complete response, %: median (95 % of draws) +- Monte Carlo error"
    rows: list[Row] = [("", [arm.regimen for arm in found.arms])]
    for shares in zip(*(arm.responses for arm in found.arms), strict=True):
        one = shares[0]
        label = one.definition if one.stratum == "all" else f"  {one.stratum}"
        rows.append((label, [_share(share) for share in shares]))
    label = f"no recurrence at {found.years:g} years"
    rows.append((label, [_share(arm.event_free) for arm in found.arms]))
    lines = ["", title, *_table(rows)]
    if not found.link_reached:
        lines.append("  The link to recurrence could not meet both numbers of its trial.")
    return lines


def _share(share: SimulatedShare) -> str:
    middle, low, high = (100 * x for x in (share.median, share.low, share.high))
    return f"{middle:.1f} ({low:.1f}-{high:.1f}) +- {_error(100 * share.monte_carlo_error)}"


def _effect(effect: PairedEffect) -> list[str]:
    title = f"What {effect.drug} adds to {effect.control}, same patients: ratio (95 % of draws)"
    heads = ["its parameters as in the table", f"over the ranges of {len(effect.uncertain)} more"]
    rows: list[Row] = [("", heads)]
    for ratio in effect.ratios:
        name = f"odds ratio, {ratio.definition}" if ratio.definition else "hazard ratio, recurrence"
        over = _spread(ratio.over_ranges) if ratio.over_ranges else ""
        rows.append((name, [_ratio(ratio), over]))
    about = (
        f"Ranges: {effect.draws} draws of {', '.join(effect.uncertain)};"
        f" {effect.patients} patients each, {effect.failed} courses without a solution."
    )
    lines = ["", title, *_table(rows), *_wrapped(about)]
    if not effect.assumed:
        lines.append(f"  Under this rival {effect.drug} does not reach the tumour.")
    return lines


def _ratio(ratio: PairedRatio) -> str:
    limits = Spread(ratio.median, ratio.low, ratio.high)
    return f"{_spread(limits)} +- {_error(ratio.monte_carlo_error)}"


def _levels(found: SimulatedArms) -> list[str]:
    rows: list[Row] = [("", [arm.regimen for arm in found.arms])]
    for output, row in {x.output: x for arm in found.arms for x in arm.levels}.items():
        cells = []
        for arm in found.arms:
            level = next((x for x in arm.levels if x.output == output), None)
            cells.append(_spread(Spread(level.mean, level.low, level.high)) if level else "-")
        rows.append((_labelled(row.label, row.unit), cells))
    title = "Drug levels, mean from the first rise to surgery: mean of patients (central 95 %)"
    return ["", title, *_table(rows)] if len(rows) > 1 else []


def _readouts(found: SimulatedArms) -> list[str]:
    rows: list[Row] = [("", ["before", *(arm.regimen for arm in found.arms)])]
    for same in zip(*(arm.readouts for arm in found.arms), strict=True):
        spreads = [same[0].before, *(row.at_surgery for row in same)]
        rows.append((_labelled(same[0].label, same[0].unit), [_spread(one) for one in spreads]))
    title = "Readouts, before and at surgery, at the mode: median patient (central 95 %)"
    return ["", title, *_table(rows)] if len(rows) > 1 else []


def _patients(found: SimulatedArms) -> Iterator[str]:
    rows: list[Row] = []
    for row in found.population:
        binary = {row.low, row.median, row.high} <= {0.0, 1.0}
        value = _number(row.mean) if binary else _spread(Spread(row.median, row.low, row.high))
        rows.append((_labelled(row.label, row.unit), [f"{value}, {row.standing}"]))
    yield from ("", "Virtual patients: median (central 95 %); share of what is 0 or 1")
    yield from _table(rows)
    failed = found.patients - found.kept
    yield ""
    yield f"Failed patients: {failed:,} of {found.patients:,}, left out of every arm"
    for one in found.failed[:SHOWN_FAILURES]:
        yield f"  patient {one.patient:,}, {one.regimen}: {one.reason}"
    if len(found.failed) > SHOWN_FAILURES:
        yield f"  and {len(found.failed) - SHOWN_FAILURES:,} more courses: --json names all"


def _rests_on(found: SimulatedArms) -> Iterator[str]:
    arm = found.arms[-1]
    yield ""
    yield (
        f"Calibration: {found.draws} draws, seed {found.calibration_seed}, "
        f"{found.calibration_status}; computed in {found.calibration_seconds:.0f} s, not kept."
    )
    yield f"{len(arm.assumed)} assumed constants stand between the doses and the response:"
    yield from _wrapped(", ".join(_named(found, arm)))


def _named(found: SimulatedArms, arm: SimulatedArm) -> list[str]:
    known = {row.symbol: row for row in found.assumed_values}
    return [f"{symbol} {_number(known[symbol].value)}" for symbol in arm.assumed]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        *(text, WIDTH),
        initial_indent="  ",
        subsequent_indent="  ",
        break_on_hyphens=False,
    )


def _table(rows: Sequence[Row]) -> list[str]:
    """Lay out labels and cells in columns as wide as they need."""
    first = max(len(label) for label, _ in rows)
    widths = [
        max(len(cell) for cell in column) for column in zip(*(c for _, c in rows), strict=True)
    ]
    return [
        "  ".join([label.ljust(first), *map(str.ljust, cells, widths)]).rstrip()
        for label, cells in rows
    ]


def _labelled(label: str, unit: str) -> str:
    return label if unit == "1" or not unit else f"{label}, {unit}"


def _spread(spread: Spread) -> str:
    middle, low, high = (_number(x) for x in (spread.median, spread.low, spread.high))
    return middle if low == middle == high else f"{middle} ({low}-{high})"


def _error(value: float) -> str:
    """Show two significant digits; one patient has no Monte Carlo error."""
    if not math.isfinite(value):
        return "not known"
    return f"{value:.2g}" if value >= TINY else "0"


def _number(value: float) -> str:
    """Show three significant digits."""
    if not math.isfinite(value):
        return "not known"
    if 1000 <= abs(value) < 1e5:
        return f"{value:,.0f}"
    return f"{value:.3g}"
