"""Group-sequential theory: bounds, error spending, interim power and estimates after stopping."""

from equipoise.design.sequential.actual_information import (
    with_information,
)
from equipoise.design.sequential.boundaries import (
    sequential_plan,
)
from equipoise.design.sequential.estimates import (
    FinalEstimate,
    final_estimate,
    repeated_intervals,
    repeated_p_value,
    stagewise_p,
)
from equipoise.design.sequential.interim_power import (
    conditional_power,
    predictive_power,
)
from equipoise.design.sequential.interpolated_power import (
    PowerCurve,
    power_curve,
    powers,
)
from equipoise.design.sequential.plan import (
    OBRIEN_FLEMING,
    POCOCK,
    HaybittlePeto,
    SequentialPlan,
    WangTsiatis,
    fixed_drift,
)
from equipoise.design.sequential.recursion import (
    exit_probabilities,
)
from equipoise.design.sequential.reestimation import (
    ReestimationCharacteristics,
    ReestimationRule,
    combined_z,
    promising_zone,
    reestimation_characteristics,
    second_stage_bound,
)
from equipoise.design.sequential.spending import (
    Spending,
    spent,
)

__all__ = [
    "OBRIEN_FLEMING",
    "POCOCK",
    "FinalEstimate",
    "HaybittlePeto",
    "PowerCurve",
    "ReestimationCharacteristics",
    "ReestimationRule",
    "SequentialPlan",
    "Spending",
    "WangTsiatis",
    "combined_z",
    "conditional_power",
    "exit_probabilities",
    "final_estimate",
    "fixed_drift",
    "power_curve",
    "powers",
    "predictive_power",
    "promising_zone",
    "reestimation_characteristics",
    "repeated_intervals",
    "repeated_p_value",
    "second_stage_bound",
    "sequential_plan",
    "spent",
    "stagewise_p",
    "with_information",
]
