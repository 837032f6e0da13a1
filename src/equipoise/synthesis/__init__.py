"""Synthesis: how large the effect is, how sure, and in whom."""

from equipoise.synthesis.absolute import AbsoluteDifference
from equipoise.synthesis.by_outcome import OutcomeSynthesis, synthesise_outcome
from equipoise.synthesis.cohorts import CohortEstimate, CohortGroup, CohortPanel
from equipoise.synthesis.complements import derive_complement
from equipoise.synthesis.contributions import Contribution
from equipoise.synthesis.evidence_synthesis import Synthesis, synthesise
from equipoise.synthesis.interactions import ComplementResult
from equipoise.synthesis.plan import Complement, NormalPrior, Plan, Pool
from equipoise.synthesis.pooling import PooledEffect, pool
from equipoise.synthesis.row_selection import Exclusion
from equipoise.synthesis.shrinkage import ShrunkenInteraction, shrink

__all__ = [
    "AbsoluteDifference",
    "CohortEstimate",
    "CohortGroup",
    "CohortPanel",
    "Complement",
    "ComplementResult",
    "Contribution",
    "Exclusion",
    "NormalPrior",
    "OutcomeSynthesis",
    "Plan",
    "Pool",
    "PooledEffect",
    "ShrunkenInteraction",
    "Synthesis",
    "derive_complement",
    "pool",
    "shrink",
    "synthesise",
    "synthesise_outcome",
]
