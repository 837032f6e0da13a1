"""Group-sequential theory: bounds, error spending, interim power and estimates after stopping."""

from equipoise.design.sequential.actual_information import with_information
from equipoise.design.sequential.boundaries import sequential_plan
from equipoise.design.sequential.plan import (
    OBRIEN_FLEMING,
    POCOCK,
    HaybittlePeto,
    SequentialPlan,
    WangTsiatis,
    fixed_drift,
)
from equipoise.design.sequential.recursion import exit_probabilities
from equipoise.design.sequential.spending import Spending, spent

__all__ = [
    "OBRIEN_FLEMING",
    "POCOCK",
    "HaybittlePeto",
    "SequentialPlan",
    "Spending",
    "WangTsiatis",
    "exit_probabilities",
    "fixed_drift",
    "sequential_plan",
    "spent",
    "with_information",
]
