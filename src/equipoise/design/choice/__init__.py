"""The studies a case could do next, and the bench on which they are valued."""

from equipoise.design.choice.assurance_curve import AssuranceCurve, assurance_curves
from equipoise.design.choice.beliefs import Beliefs
from equipoise.design.choice.candidate import Candidate, DesignPlan, design_problems
from equipoise.design.choice.event_sizing import SizingRow, sizing_table
from equipoise.design.choice.input_sources import PlanInput, plan_inputs
from equipoise.design.choice.study_evaluation import (
    Conclusion,
    PriorValue,
    StudyEvaluation,
    StudySummary,
)
from equipoise.design.choice.study_information import Setting
from equipoise.design.choice.study_proposals import Proposal, proposals

__all__ = [
    "AssuranceCurve",
    "Beliefs",
    "Candidate",
    "Conclusion",
    "DesignPlan",
    "PlanInput",
    "PriorValue",
    "Proposal",
    "Setting",
    "SizingRow",
    "StudyEvaluation",
    "StudySummary",
    "assurance_curves",
    "design_problems",
    "plan_inputs",
    "proposals",
    "sizing_table",
]
