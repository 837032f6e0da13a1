"""Pooling of sparse counts, without adding to them."""

from equipoise.synthesis.counts.binomial_normal_models import binomial_normal
from equipoise.synthesis.counts.binomial_normal_result import BinomialNormalResult
from equipoise.synthesis.counts.peto_method import peto
from equipoise.synthesis.counts.stratified import mantel_haenszel
from equipoise.synthesis.counts.stratified_result import StratifiedResult

__all__ = [
    "BinomialNormalResult",
    "StratifiedResult",
    "binomial_normal",
    "mantel_haenszel",
    "peto",
]
