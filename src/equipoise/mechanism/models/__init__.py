"""The tables of a model, read and checked."""

from equipoise.mechanism.models.mechanism_model import MechanismModel
from equipoise.mechanism.models.model_reading import read_model
from equipoise.mechanism.models.rows import Parameter, State

__all__ = ["MechanismModel", "Parameter", "State", "read_model"]
