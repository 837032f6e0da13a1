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

__all__ = [
    "INTERSECTIONS",
    "ClosedTest",
    "Combination",
    "FisherProduct",
    "InverseNormal",
    "bonferroni",
    "closed_test",
    "equal_level_bounds",
    "fisher_bounds",
    "fisher_product",
    "full_level_bounds",
    "intersection_members",
    "intersection_test",
    "inverse_normal",
    "refuse_random_subset",
    "repeated_p_values",
    "sidak",
    "simes",
    "spiessens_debois",
    "stage_probabilities",
]
