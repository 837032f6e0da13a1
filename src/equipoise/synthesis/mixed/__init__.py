"""The general linear mixed model with known sampling covariances."""

from equipoise.synthesis.mixed.mixed_model import MixedFit, fit_mixed
from equipoise.synthesis.mixed.random_structures import Correlated, Groups

__all__ = ["Correlated", "Groups", "MixedFit", "fit_mixed"]
