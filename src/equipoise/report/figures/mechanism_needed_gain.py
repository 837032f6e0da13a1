"""What must be true: the drive that patients reach against the gain that an effect would need."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.mechanism.sensitivity import DriveBand, NeededGain
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.mechanism_gain_panel import gain_panels
from equipoise.report.mechanism_words import digits_interval
from equipoise.report.number_text import joined, ratio, sentence_case
from equipoise.report.options import ReportOptions


def needed_gain_figure(found: CaseMechanism, options: ReportOptions) -> Figure:
    """Draw lines of equal effect over the drive, one panel a term, with where patients stand."""
    iso, gain = found.iso, found.gain
    rows = tuple(_rows(found))
    unplaced = ""
    if iso.unplaced:
        systems = joined([e.system for e in found.sources.experiments if e.id in iso.unplaced])
        unplaced = f" Without a concentration, and so not drawn: {systems}."
    return Figure(
        id="needed-gain",
        title="What would have to be true",
        caption=(
            "Each line holds one odds ratio of complete response: to reach it at the drive below, "
            "the log odds must rise by the gain at the left for each unit of drive. The drive is "
            "concentration times the ratio of tumour to blood, over the concentration at half "
            "effect; only this product counts, so none of the three can be told from the others. "
            "All terms together are drawn over the drive of the first. "
            "Band: where patients stand, by the printed blood concentration and the assumed range "
            "of the ratio; its line is the middle. Open diamond: the gain that the model itself "
            f"has where the drug acts through this drive alone, {_own(found)} (median and central "
            f"{100 * gain.level:g} % over {gain.draws} draws; simulated; an arrow where it leaves "
            "the picture). Below: concentrations of experiments on cells, as printed (filled; a "
            f"triangle where one lies far from all others).{unplaced} Simulated and assumed, never "
            "observed in a patient. Research use only."
        ),
        alt="Gain in log odds that an effect needs, at the drive that patients reach. "
        + "; ".join(f"{name}: {said}" for name, said in rows)
        + ".",
        chart=gain_panels(found, options.figure_width),
        section="mechanism",
        rows=rows,
    )


def _own(found: CaseMechanism) -> str:
    gain = found.gain
    return digits_interval(gain.median, gain.low, gain.high)


def _rows(found: CaseMechanism) -> Iterator[tuple[str, str]]:
    for band in found.iso.bands:
        needed = [row for row in found.iso.needed if row.term == band.term]
        told = needed if band is found.iso.bands[-1] else ()
        for one in dict.fromkeys(row.odds_ratio for row in told):
            yield f"{sentence_case(band.term)}, odds ratio {ratio(one)}", needed_text(needed, one)
        yield f"{sentence_case(band.term)}, drive of patients", drive_text(band)
    yield "Gain of the model itself", _own(found)


def drive_text(band: DriveBand) -> str:
    """Write where patients stand: drive in the middle, and at the ends of the band."""
    low, middle, high = band.drive
    return digits_interval(middle, low, high)


def needed_text(needed: list[NeededGain], odds_ratio: float) -> str:
    """Write the gain that an odds ratio needs in the middle, and from the high to the low end."""
    by_end = {row.end: row.gain for row in needed if row.odds_ratio == odds_ratio}
    return f"gain {digits_interval(by_end['middle'], by_end['high'], by_end['low'])}"
