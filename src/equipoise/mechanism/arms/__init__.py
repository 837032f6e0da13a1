"""Arms that a user asks for: any dosing table in any mix of patients."""

from equipoise.mechanism.arms.arm_records import (
    STATEMENT,
    PairedEffect,
    PairedRatio,
    SimulatedArm,
    SimulatedArms,
)
from equipoise.mechanism.arms.arm_report import report_arms, simulate_arms
from equipoise.mechanism.arms.arm_request import ArmRequest, AskedArms, asked_arms
from equipoise.mechanism.arms.arm_words import arms_text

__all__ = [
    "STATEMENT",
    "ArmRequest",
    "AskedArms",
    "PairedEffect",
    "PairedRatio",
    "SimulatedArm",
    "SimulatedArms",
    "arms_text",
    "asked_arms",
    "report_arms",
    "simulate_arms",
]
