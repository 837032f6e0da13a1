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
from equipoise.design.sizes.log_rank_sizes import (
    detectable_hazard_ratio,
    events_needed,
    interaction_events_needed,
    power_of_events,
)
from equipoise.design.sizes.size_input import whole

__all__ = [
    "Accrual",
    "EventPlan",
    "EventTime",
    "accrual_for_events",
    "average_log_hazard_ratio",
    "constant_accrual",
    "detectable_hazard_ratio",
    "events_needed",
    "expected_events",
    "expected_events_by_piece",
    "interaction_events_needed",
    "monthly_hazard",
    "months_until_events",
    "patients_for_events",
    "power_of_events",
    "ramped_accrual",
    "whole",
]
