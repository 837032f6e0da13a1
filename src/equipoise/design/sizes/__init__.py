"""Sample size and power of fixed designs: time to an event, rates, means."""

from equipoise.design.sizes.accrual_plan import Accrual, constant_accrual, ramped_accrual
from equipoise.design.sizes.event_forecast import (
    EventTime,
    accrual_for_events,
    average_log_hazard_ratio,
    expected_events,
    expected_events_by_piece,
    months_until_events,
    patients_for_events,
)
from equipoise.design.sizes.event_plan import EventPlan, monthly_hazard
from equipoise.design.sizes.exact_rates import exact_power, exact_size
from equipoise.design.sizes.log_rank_sizes import (
    detectable_hazard_ratio,
    events_needed,
    interaction_events_needed,
    power_of_events,
)
from equipoise.design.sizes.mean_sizes import patients_for_means, power_of_means
from equipoise.design.sizes.rate_sizes import patients_for_rates, power_of_rates
from equipoise.design.sizes.saw_tooth import (
    SawTooth,
    single_arm_power,
    single_arm_saw_tooth,
    two_arm_saw_tooth,
)
from equipoise.design.sizes.size_input import whole, whole_arms

__all__ = [
    "Accrual",
    "EventPlan",
    "EventTime",
    "SawTooth",
    "accrual_for_events",
    "average_log_hazard_ratio",
    "constant_accrual",
    "detectable_hazard_ratio",
    "events_needed",
    "exact_power",
    "exact_size",
    "expected_events",
    "expected_events_by_piece",
    "interaction_events_needed",
    "monthly_hazard",
    "months_until_events",
    "patients_for_events",
    "patients_for_means",
    "patients_for_rates",
    "power_of_events",
    "power_of_means",
    "power_of_rates",
    "ramped_accrual",
    "single_arm_power",
    "single_arm_saw_tooth",
    "two_arm_saw_tooth",
    "whole",
    "whole_arms",
]
