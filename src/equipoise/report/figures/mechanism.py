"""The figures of the part on the mechanism."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.mechanism_arms import arms_figure
from equipoise.report.figures.mechanism_needed_gain import needed_gain_figure
from equipoise.report.figures.mechanism_rivals import recurrence_figure, rivals_figure
from equipoise.report.options import ReportOptions


def mechanism_figures(found: CaseMechanism, options: ReportOptions) -> Iterator[Figure]:
    """Yield what must be true, the rivals, then what was fitted and predicted."""
    if found.iso.bands:
        yield needed_gain_figure(found, options)
    if found.effects:
        yield rivals_figure(found, options)
        yield recurrence_figure(found, options)
    if found.calibration.arms:
        yield arms_figure(found, options)
