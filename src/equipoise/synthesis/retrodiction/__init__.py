"""Retrodiction: what earlier evidence was worth, told from what came out later."""

from equipoise.synthesis.retrodiction.answer import retrodiction_answer
from equipoise.synthesis.retrodiction.case_file import (
    CaseFile,
    CaseRow,
    PastCase,
    parse_cases,
    read_cases,
)
from equipoise.synthesis.retrodiction.past_questions import retrodict
from equipoise.synthesis.retrodiction.records import (
    CasePrediction,
    CaseSummary,
    EarlierEffect,
    Retrodiction,
    RetrodictionScore,
    RuleComparison,
)
from equipoise.synthesis.retrodiction.score_table import retrodiction_text

__all__ = [
    "CaseFile",
    "CasePrediction",
    "CaseRow",
    "CaseSummary",
    "EarlierEffect",
    "PastCase",
    "Retrodiction",
    "RetrodictionScore",
    "RuleComparison",
    "parse_cases",
    "read_cases",
    "retrodict",
    "retrodiction_answer",
    "retrodiction_text",
]
