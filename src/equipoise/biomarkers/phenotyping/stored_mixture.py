"""Mixtures kept as data: P(positive) of new samples against a stored reference."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from equipoise.biomarkers.phenotyping.normal_mixture import NormalMixture, probability_positive
from equipoise.errors import InputError, Problem
from equipoise.evidence.csv_text import decode, read_bytes
from equipoise.evidence.fields import Id, Name
from equipoise.evidence.read import problems_of

MOST_OUTSIDE = 0.1
"""Share of samples that may lie outside what the reference spans; more mean another platform or
scale. A reference of some hundred tumours leaves far less than this outside by chance."""

Deviation = Annotated[float, Field(gt=0.0)]


class MixtureReference(BaseModel):
    """A fitted mixture with what it was fitted on.

    `lowest` and `highest` are the ends of the reference's values; `scale` says in words what the
    numbers are.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Id
    gene: Id
    platform: Name
    scale: Name
    n: Annotated[int, Field(ge=30)]
    means: tuple[float, float]
    sds: tuple[Deviation, Deviation]
    weight: Annotated[float, Field(gt=0.0, lt=1.0)]
    lowest: float
    highest: float
    source: Name

    @property
    def mixture(self) -> NormalMixture:
        """Return the parameters as a mixture."""
        return NormalMixture(self.means, self.sds, self.weight, n=self.n)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    references: tuple[MixtureReference, ...]


@dataclass(frozen=True)
class ExpressionStatus:
    """P(positive) of samples by the expression of one gene.

    Attributes
    ----------
    probability : Series
        By sample.
    reference : MixtureReference
    prevalence : float
        Share positive that the probabilities rest on.
    flags : tuple of str
        What is doubtful.
    """

    probability: pd.Series
    reference: MixtureReference
    prevalence: float
    flags: tuple[str, ...]


def read_mixtures(file: Traversable) -> Mapping[str, MixtureReference]:
    """Read stored references, by name.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    problems: list[Problem] = []
    data = read_bytes(file.name, file, problems)
    text = decode(file.name, data, problems) if data is not None else None
    if text is None:
        raise InputError(problems)
    try:
        found = _File.model_validate(tomllib.loads(text)).references
    except ValidationError as error:
        raise InputError(problems_of(file.name, "", error)) from error
    except (ValueError, RecursionError) as error:
        problem = Problem(file.name, "", "", str(error), "valid TOML", "Mend it.")
        raise InputError([problem]) from error
    for one in found:
        if not one.means[0] < one.means[1]:
            shown, allowed = str(one.means), "the lower mean first"
            problems.append(Problem(file.name, one.name, "means", shown, allowed, "Swap them."))
        if not one.lowest <= one.means[0] < one.means[1] <= one.highest:
            shown, allowed = f"{one.lowest} to {one.highest}", "a range around both means"
            problems.append(Problem(file.name, one.name, "lowest", shown, allowed, "Correct it."))
    names = [one.name for one in found]
    for name in sorted({n for n in names if names.count(n) > 1}):
        problems.append(Problem(file.name, name, "name", name, "each name once", "Rename one."))
    if problems:
        raise InputError(problems)
    return {one.name: one for one in found}


def expression_status(
    reference: MixtureReference, values: pd.Series, prevalence: float | None = None
) -> ExpressionStatus:
    """Return P(positive) of samples against a stored reference.

    Because the reference and not the cohort sets the components, a cohort of positives only is
    called as it should be; `prevalence` then says how many are expected.

    Parameters
    ----------
    reference : MixtureReference
    values : Series
        Expression of the reference's gene by sample, on its scale and platform.
    prevalence : float, optional
        Share positive expected; without it that of the reference.

    Raises
    ------
    InputError
        Values that are no numbers, infinite, all missing, or mostly outside what the reference
        spans; a prevalence outside (0, 1); a sample named twice.
    """
    x = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64)
    problems = [
        Problem("", str(sample), reference.gene, str(value), "a number, or blank", "Correct it.")
        for sample, value, number in zip(values.index, values, x, strict=True)
        if (np.isnan(number) and not pd.isna(value)) or np.isinf(number)
    ]
    for sample in values.index[values.index.duplicated()].unique():
        problems.append(Problem("", str(sample), "sample", "", "each sample once", "Rename."))
    there = x[~np.isnan(x)]
    margin = max(reference.sds)
    span = f"{reference.lowest - margin:.3g} to {reference.highest + margin:.3g}"
    outside = (x < reference.lowest - margin) | (x > reference.highest + margin)
    if not there.size and not problems:
        action = "Pass the expression of the gene."
        problems.append(Problem("", "", reference.gene, "nothing", "a value", action))
    elif not problems and outside.sum() > MOST_OUTSIDE * there.size:
        shown = f"{outside.sum()} of {there.size} outside"
        allowed = f"{span} ({reference.scale}, {reference.platform})"
        action = "Bring the values to this scale, or use a reference of their platform."
        problems.append(Problem("", "", reference.gene, shown, allowed, action))
    if problems:
        raise InputError(problems)
    probability = probability_positive(x, reference.mixture, prevalence)
    flags = []
    if outside.any():
        names = ", ".join(map(str, values.index[outside][:5]))
        flags.append(f"{int(outside.sum())} samples lie outside {span}: {names}.")
    if there.size < x.size:
        flags.append(f"{x.size - there.size} samples have no value and no probability.")
    used = reference.weight if prevalence is None else prevalence
    return ExpressionStatus(pd.Series(probability, values.index), reference, used, tuple(flags))
