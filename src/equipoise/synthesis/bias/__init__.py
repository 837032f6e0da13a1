"""Small-study effects, selection and influence."""

from equipoise.synthesis.bias.bias_distributions import PoolWithBias, bias_prior, pool_with_bias
from equipoise.synthesis.bias.filled_studies import TrimAndFill, trim_and_fill
from equipoise.synthesis.bias.funnel_contours import ContourFunnel, contour_funnel
from equipoise.synthesis.bias.funnel_tests import FunnelTest, egger
from equipoise.synthesis.bias.influence_measures import Influence, influence
from equipoise.synthesis.bias.partial_pools import PartialPools, cumulative, leave_one_out
from equipoise.synthesis.bias.rank_correlation import RankTest, rank_test
from equipoise.synthesis.bias.risk_strata import StrataByRisk, by_risk_of_bias
from equipoise.synthesis.bias.selection_models import SelectionModel, selection_model
from equipoise.synthesis.bias.subset_heterogeneity import Subsets, gosh
from equipoise.synthesis.bias.table_tests import harbord, peters

__all__ = [
    "ContourFunnel",
    "FunnelTest",
    "Influence",
    "PartialPools",
    "PoolWithBias",
    "RankTest",
    "SelectionModel",
    "StrataByRisk",
    "Subsets",
    "TrimAndFill",
    "bias_prior",
    "by_risk_of_bias",
    "contour_funnel",
    "cumulative",
    "egger",
    "gosh",
    "harbord",
    "influence",
    "leave_one_out",
    "peters",
    "pool_with_bias",
    "rank_test",
    "selection_model",
    "trim_and_fill",
]
