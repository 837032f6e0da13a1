"""Synthesis: how large the effect is, how sure, and in whom."""

from equipoise.synthesis.absolute import AbsoluteDifference
from equipoise.synthesis.belief import Belief
from equipoise.synthesis.bias import (
    cumulative,
    egger,
    gosh,
    influence,
    leave_one_out,
    peters,
    rank_test,
    selection_model,
    trim_and_fill,
)
from equipoise.synthesis.by_outcome import OutcomeSynthesis, synthesise_outcome
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis, synthesise_phenotype
from equipoise.synthesis.cohorts import CohortEstimate, CohortGroup, CohortPanel
from equipoise.synthesis.complements import derive_complement
from equipoise.synthesis.contributions import Contribution
from equipoise.synthesis.counts import (
    BinomialNormalResult,
    StratifiedResult,
    binomial_normal,
    mantel_haenszel,
    peto,
)
from equipoise.synthesis.evidence_synthesis import Synthesis, synthesise
from equipoise.synthesis.interactions import ComplementResult
from equipoise.synthesis.mixed import (
    Correlated,
    Groups,
    MixedFit,
    RegressionResult,
    fit_mixed,
    meta_regression,
    multilevel,
    multivariate,
    subgroup_synthesis,
)
from equipoise.synthesis.observational import (
    discount,
    e_value,
    simulate_immortal_time,
    sufficient_delay,
)
from equipoise.synthesis.phenotype_plan import Comparison
from equipoise.synthesis.plan import Complement, NormalPrior, Plan, Pool
from equipoise.synthesis.pooling import PooledEffect, pool
from equipoise.synthesis.posteriors import (
    Posterior,
    interaction_posterior,
    named_prior,
    posterior,
    shrink_signal_to_noise,
)
from equipoise.synthesis.retrodiction import Retrodiction, retrodict
from equipoise.synthesis.row_selection import Exclusion
from equipoise.synthesis.shrinkage import ShrunkenInteraction, shrink
from equipoise.synthesis.subgroups import (
    Interaction,
    MissingPhenotype,
    iceman,
    information_share,
    interaction,
    missing_phenotype,
    one_stage,
    two_stage,
)
from equipoise.synthesis.survival import (
    cox,
    kaplan_meier,
    log_rank,
    reconstruct_individual_data,
    rmst_difference,
)

__all__ = [
    "AbsoluteDifference",
    "Belief",
    "BinomialNormalResult",
    "CohortEstimate",
    "CohortGroup",
    "CohortPanel",
    "Comparison",
    "Complement",
    "ComplementResult",
    "Contribution",
    "Correlated",
    "Exclusion",
    "Groups",
    "Interaction",
    "MissingPhenotype",
    "MixedFit",
    "NormalPrior",
    "OutcomeSynthesis",
    "PhenotypeSynthesis",
    "Plan",
    "Pool",
    "PooledEffect",
    "Posterior",
    "RegressionResult",
    "Retrodiction",
    "ShrunkenInteraction",
    "StratifiedResult",
    "Synthesis",
    "binomial_normal",
    "cox",
    "cumulative",
    "derive_complement",
    "discount",
    "e_value",
    "egger",
    "fit_mixed",
    "gosh",
    "iceman",
    "influence",
    "information_share",
    "interaction",
    "interaction_posterior",
    "kaplan_meier",
    "leave_one_out",
    "log_rank",
    "mantel_haenszel",
    "meta_regression",
    "missing_phenotype",
    "multilevel",
    "multivariate",
    "named_prior",
    "one_stage",
    "peters",
    "peto",
    "pool",
    "posterior",
    "rank_test",
    "reconstruct_individual_data",
    "retrodict",
    "rmst_difference",
    "selection_model",
    "shrink",
    "shrink_signal_to_noise",
    "simulate_immortal_time",
    "subgroup_synthesis",
    "sufficient_delay",
    "synthesise",
    "synthesise_outcome",
    "synthesise_phenotype",
    "trim_and_fill",
    "two_stage",
]
