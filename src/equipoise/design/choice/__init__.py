"""The studies a case could do next, and the bench on which they are valued."""

from equipoise.design.choice.beliefs import Beliefs
from equipoise.design.choice.candidate import Candidate, DesignPlan, design_problems
from equipoise.design.choice.event_sizing import SizingRow, sizing_table
from equipoise.design.choice.proposals import Proposal, proposals
from equipoise.design.choice.study_evaluation import (
    Conclusion,
    PriorValue,
    StudyEvaluation,
    StudySummary,
)
from equipoise.design.choice.study_information import Setting

__all__ = [
    "Beliefs",
    "Candidate",
    "Conclusion",
    "DesignPlan",
    "PriorValue",
    "Proposal",
    "Setting",
    "SizingRow",
    "StudyEvaluation",
    "StudySummary",
    "design_problems",
    "proposals",
    "sizing_table",
]
