"""Closed testing of nested populations over the stages of an adaptive trial."""

from equipoise.design.closed.closure import (
    ClosedTest,
    closed_test,
    intersection_members,
    repeated_p_values,
)
from equipoise.design.closed.combination import (
    Combination,
    FisherProduct,
    InverseNormal,
    fisher_product,
    inverse_normal,
)
from equipoise.design.closed.fisher_critical import (
    equal_level_bounds,
    fisher_bounds,
    full_level_bounds,
    stage_probabilities,
)
from equipoise.design.closed.intersections import (
    INTERSECTIONS,
    bonferroni,
    intersection_test,
    refuse_random_subset,
    sidak,
    simes,
    spiessens_debois,
)
from equipoise.design.closed.markers import (
    CalledMarker,
    ContinuousMarker,
    called_marker,
    continuous_marker,
    random_subset_sizes,
)
from equipoise.design.closed.selection import (
    BroadestWithEffect,
    ConditionalPower,
    Difference,
    Epsilon,
    Interim,
    KeepAll,
    KeepOnly,
    Rule,
    conditional_power,
)

__all__ = [
    "INTERSECTIONS",
    "BroadestWithEffect",
    "CalledMarker",
    "ClosedTest",
    "Combination",
    "ConditionalPower",
    "ContinuousMarker",
    "Difference",
    "Epsilon",
    "FisherProduct",
    "Interim",
    "InverseNormal",
    "KeepAll",
    "KeepOnly",
    "Rule",
    "bonferroni",
    "called_marker",
    "closed_test",
    "conditional_power",
    "continuous_marker",
    "equal_level_bounds",
    "fisher_bounds",
    "fisher_product",
    "full_level_bounds",
    "intersection_members",
    "intersection_test",
    "inverse_normal",
    "random_subset_sizes",
    "refuse_random_subset",
    "repeated_p_values",
    "sidak",
    "simes",
    "spiessens_debois",
    "stage_probabilities",
]
