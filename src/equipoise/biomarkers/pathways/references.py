"""Stored references: the only thing a score is normalised against.

A score divided by the range of the cohort it stands in changes when a patient is added. Here the
cohort is a reference with a name, written once to a file, and every later sample is held against
the same numbers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from equipoise.atomic import write_bytes
from equipoise.biomarkers.pathways.activity import PathwayActivity
from equipoise.biomarkers.pathways.expression import ExpressionMatrix
from equipoise.biomarkers.pathways.expression_scale import on_log_scale
from equipoise.errors import InputError, Problem

LEAST_SAMPLES = 10
"""Below ten samples a standard deviation is known to no better than a quarter of itself."""


@dataclass(frozen=True)
class GeneReference:
    """Mean and standard deviation of each gene in a reference cohort, on a log scale."""

    name: str
    scale: str
    samples: int
    genes: tuple[str, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]

    def of(self, genes: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return means and deviations of `genes`; refuse those it lacks or that do not vary."""
        place = {gene: i for i, gene in enumerate(self.genes)}
        missing = [gene for gene in genes if gene not in place]
        still = [gene for gene in genes if gene in place and not self.deviations[place[gene]] > 0]
        problems = []
        for bad, allowed in ((missing, "genes of the reference"), (still, "genes that vary in it")):
            if bad:
                shown = f"{len(bad)} genes: {', '.join(bad[:5])}"
                action = "Take a reference of the same platform, or leave these genes out."
                problems.append(Problem(self.name, "", "genes", shown, allowed, action))
        if problems:
            raise InputError(problems)
        at = [place[gene] for gene in genes]
        return np.array(self.means)[at], np.array(self.deviations)[at]


@dataclass(frozen=True)
class ScoreReference:
    """Scores of one method for one version of the sets, in a reference cohort."""

    name: str
    method: str
    parameters: tuple[tuple[str, float | str], ...]
    sets_sha256: str
    genes: int
    samples: int
    sets: tuple[str, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]


def gene_reference(matrix: ExpressionMatrix, name: str) -> GeneReference:
    """Make a reference of the genes of a cohort (at least ten samples)."""
    _refuse_few(len(matrix.samples), name)
    values, _ = on_log_scale(matrix.values, matrix.scale, "a reference of genes", matrix.name)
    means, deviations = values.mean(axis=0), values.std(axis=0, ddof=1)
    return GeneReference(
        name,
        matrix.scale,
        len(matrix.samples),
        matrix.genes,
        tuple(means.tolist()),
        tuple(deviations.tolist()),
    )


def score_reference(activity: PathwayActivity, name: str) -> ScoreReference:
    """Make a reference of the raw scores of a cohort (at least ten samples)."""
    _refuse_few(len(activity.samples), name)
    _refuse_normalised(activity)
    scores = activity.scores
    return ScoreReference(
        name,
        activity.method,
        activity.parameters,
        activity.sets_sha256,
        activity.genes,
        len(activity.samples),
        activity.sets,
        tuple(scores.mean(axis=0).tolist()),
        tuple(scores.std(axis=0, ddof=1).tolist()),
        tuple(scores.min(axis=0).tolist()),
        tuple(scores.max(axis=0).tolist()),
    )


def normalise(
    activity: PathwayActivity, reference: ScoreReference, by: Literal["z", "range"] = "z"
) -> PathwayActivity:
    """Hold raw scores against a stored reference.

    Parameters
    ----------
    by : {"z", "range"}
        Distance from the reference's mean of the set in its standard deviations; or the score
        divided by the range of all scores of the reference, sets together. The second is what
        GSVA does with the cohort at hand: it keeps the sets' differences.

    Raises
    ------
    InputError
        If the reference is of another method, other sets or another number of genes, or a set
        does not vary in it.
    """
    problems = _misfits(activity, reference)
    if by not in ("z", "range"):
        problems.append(Problem("", "", "by", repr(by), "z, range", "Choose one of these."))
    if problems:
        raise InputError(problems)
    at = [reference.sets.index(name) for name in activity.sets]
    if by == "range":
        scores = activity.scores / (max(reference.highest) - min(reference.lowest))
    else:
        means, spread = np.array(reference.means)[at], np.array(reference.deviations)[at]
        scores = (activity.scores - means) / spread
    return replace(activity, scores=scores, normalised=f"{reference.name} ({by})")


def write_reference(reference: GeneReference | ScoreReference, path: Path) -> None:
    """Write a reference to a JSON file."""
    kind = type(reference).__name__
    text = json.dumps({"kind": kind, **asdict(reference)}, indent=1) + "\n"
    write_bytes(path, text.encode())


def read_reference(path: Path) -> GeneReference | ScoreReference:
    """Read a reference that `write_reference` wrote.

    Raises
    ------
    InputError
        If the file is not such a reference.
    """
    kinds = {"GeneReference": GeneReference, "ScoreReference": ScoreReference}
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        made: GeneReference | ScoreReference = kinds[fields.pop("kind")](
            **{key: _frozen(value) for key, value in fields.items()}
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        allowed = "a reference written by write_reference"
        problem = Problem(str(path), "", "", type(error).__name__, allowed, "Make it again.")
        raise InputError([problem]) from error
    return made


def _frozen(value: Any) -> Any:
    return tuple(_frozen(entry) for entry in value) if isinstance(value, list) else value


def _misfits(activity: PathwayActivity, reference: ScoreReference) -> list[Problem]:
    _refuse_normalised(activity)
    pairs = [
        ("method", activity.method, reference.method),
        ("parameters", activity.parameters, reference.parameters),
        ("genes", activity.genes, reference.genes),
        ("sets_sha256", activity.sets_sha256, reference.sets_sha256),
    ]
    action = "Score the samples as the reference was scored, or make a reference of your own."
    found = [
        Problem(reference.name, "", field, str(ours), str(theirs), action)
        for field, ours, theirs in pairs
        if ours != theirs
    ]
    found += [
        Problem(reference.name, name, "scores", "one value", "scores that vary", action)
        for name, spread in zip(reference.sets, reference.deviations, strict=True)
        if not spread > 0
    ]
    return found


def _refuse_few(samples: int, name: str) -> None:
    if samples < LEAST_SAMPLES:
        allowed = f"{LEAST_SAMPLES} at least"
        action = "Use raw scores, or a stored reference of a larger cohort."
        raise InputError([Problem(name, "", "samples", str(samples), allowed, action)])


def _refuse_normalised(activity: PathwayActivity) -> None:
    if activity.normalised:
        action = "Pass the scores as the method returned them."
        raise InputError([Problem("", "", "scores", activity.normalised, "raw scores", action)])
