"""One design by every engine that fits it, and how far they are apart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import SeedSequence

from equipoise.design.engines.chunks import Progress
from equipoise.design.evaluation.evaluation import ENGINES, Run, prepared, with_late_outcome
from equipoise.design.evaluation.operating_characteristics import OperatingCharacteristics
from equipoise.design.trial.scenario import Scenario
from equipoise.design.trial.trial_design import Design
from equipoise.design.trial.truth_in_groups import recruited
from equipoise.synthesis.arrays import ArrayError

if TYPE_CHECKING:
    import pandas as pd

REFERENCES = ("patient", "statistic", "exact")
"""Which engine the others are held against: the one that assumes least."""


@dataclass(frozen=True)
class Gap:
    """A number of one engine less that of the reference.

    Attributes
    ----------
    measure, of, look
        As in `OperatingCharacteristics.to_frame`.
    engine : str
        The other engine.
    gap, mcse : float
        The difference, and the Monte Carlo error of both together.
    """

    measure: str
    of: str
    look: int
    engine: str
    gap: float
    mcse: float

    @property
    def errors(self) -> float:
        """The gap in joint Monte Carlo errors; 0 for no gap."""
        return 0.0 if self.gap == 0.0 else self.gap / self.mcse if self.mcse > 0.0 else math.inf


@dataclass(frozen=True)
class EngineComparison:
    """A design by several engines.

    Attributes
    ----------
    reference : str
        Engine that the others are held against.
    results : mapping of engine to OperatingCharacteristics
        `approximation_error` filled.
    refused : mapping of engine to str
        Why an engine does not fit.
    gaps : tuple of Gap
        Every number that two engines have.
    """

    reference: str
    results: Mapping[str, OperatingCharacteristics]
    refused: Mapping[str, str]
    gaps: tuple[Gap, ...]

    def gap(self, measure: str, engine: str, of: str = "", look: int = 0) -> Gap:
        """Return one gap by name."""
        key = (measure, engine, of, look)
        return next(g for g in self.gaps if (g.measure, g.engine, g.of, g.look) == key)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a gap."""
        import pandas as pd  # noqa: PLC0415  # keeps `check` and `--help` quick

        columns = ["measure", "of", "look", "engine", "gap", "mcse", "errors"]
        rows = [[getattr(g, name) for name in columns] for g in self.gaps]
        return pd.DataFrame(rows, columns=columns).assign(reference=self.reference)

    def __str__(self) -> str:
        """Return the approximation error of each engine as text."""
        lines = []
        for engine in self.results:
            if engine == self.reference:
                continue
            about = self.gap("any_rejection", engine)
            lines.append(
                f"approximation error of {engine} against {self.reference}: P(any rejection) "
                f"{about.gap:+.4f}, Monte Carlo error {about.mcse:.4f}"
            )
        lines += [f"{engine} does not fit: {reason}" for engine, reason in self.refused.items()]
        return "\n".join(lines)


def compare_engines(
    design: Design,
    scenario: Scenario,
    *,
    replicates: int = 10_000,
    seed: int = 1,
    workers: int = 1,
    scheduler: str = "threads",
    progress: Progress | None = None,
) -> EngineComparison:
    """Evaluate a design by every engine that fits, on independent draws, and measure the gaps.

    The reference is the engine that assumes least among those that fit: patients, if they can be
    simulated. A gap beyond some four of its Monte Carlo errors is an error of approximation of the
    other engine; a smaller one was not told from chance with so many replicates.

    Parameters
    ----------
    design, scenario, replicates, seed, workers, scheduler, progress
        As `evaluate`.

    Returns
    -------
    EngineComparison
        Printing it gives the approximation errors.

    Raises
    ------
    ArrayError
        A truth that does not fit the design, or no engine that fits.
    """
    recruited(design, scenario)
    results: dict[str, OperatingCharacteristics] = {}
    refused: dict[str, str] = {}
    for i, name in enumerate(ENGINES):
        try:
            evaluation = prepared(design, scenario, name)
        except ArrayError as error:
            refused[name] = "; ".join(problem.allowed for problem in error.problems)
            last = error
            continue
        own = SeedSequence(seed, spawn_key=(i,))
        found = evaluation(Run(replicates, own, workers, scheduler, progress))
        results[name] = with_late_outcome(found, design, scenario)
    if not results:
        raise last
    reference = next(name for name in REFERENCES if name in results)
    gaps = [
        gap
        for name in results
        if name != reference
        for gap in _gaps(results[name], results[reference])
    ]
    whole = {gap.engine: gap.gap for gap in gaps if gap.measure == "any_rejection"}
    told = {
        name: replace(found, approximation_error=whole.get(name, 0.0))
        for name, found in results.items()
    }
    return EngineComparison(reference, told, refused, tuple(gaps))


def _gaps(one: OperatingCharacteristics, other: OperatingCharacteristics) -> list[Gap]:
    against = {(m, of, look): (value, mcse) for m, of, look, value, mcse in other.rows()}
    found = []
    for measure, of, look, value, mcse in one.rows():
        known, error = against.get((measure, of, look), (math.nan, math.nan))
        if np.isfinite(value) and np.isfinite(known):
            joint = math.hypot(mcse, error)
            found.append(Gap(measure, of, look, one.engine, value - known, joint))
    return found
