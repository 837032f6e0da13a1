"""Interaction: is the effect in the subgroup different from that in everybody else."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.estimate import Estimate, Standing
from equipoise.synthesis.plan import Complement, NormalPrior


@dataclass(frozen=True)
class ShrunkenInteraction:
    """An interaction pulled towards a prior; the answer is partly the prior's."""

    prior: NormalPrior
    estimate: Estimate
    ci_low: float
    ci_high: float
    level: float
    data_share: float
    label: str


@dataclass(frozen=True)
class Sensitivity:
    """Complement and ratio under one value of an assumption."""

    value: float
    complement: Estimate
    ratio: Estimate
    p_value: float


@dataclass(frozen=True)
class ComplementResult:
    """A subgroup, its complement by subtraction, and the ratio of the two effects."""

    spec: Complement
    stratum: Estimate
    whole: Estimate
    complement: Estimate
    ratio: Estimate
    p_value: float
    p_low: float
    p_high: float
    level: float
    correlation_sensitivity: tuple[Sensitivity, ...]
    unknown_sensitivity: tuple[Sensitivity, ...]
    sidak: tuple[tuple[int, float], ...]
    shrunken: tuple[ShrunkenInteraction, ...]
    standing: Standing = "derived"
