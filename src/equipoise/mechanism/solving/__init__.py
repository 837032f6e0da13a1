"""Solving: patients under a schedule, each part of a model by the method that suits it."""

from equipoise.mechanism.solving.compiling import CompiledModel, compile_model
from equipoise.mechanism.solving.records import Tolerances
from equipoise.mechanism.solving.response import Response
from equipoise.mechanism.solving.simulating import simulate_in_chunks, simulate_patients

__all__ = [
    "CompiledModel",
    "Response",
    "Tolerances",
    "compile_model",
    "simulate_in_chunks",
    "simulate_patients",
]
