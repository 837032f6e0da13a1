"""equipoise: from the scattered trials of a repurposed drug to the study that would settle it.

The names below are loaded on first use, so that ``import equipoise`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from equipoise.case import Case, load_case, packaged_cases
    from equipoise.errors import EquipoiseError, InputError
    from equipoise.estimate import Estimate, Result
    from equipoise.run import run_case
    from equipoise.synthesis import (
        PooledEffect,
        batch,
        binomial_normal,
        fit_mixed,
        interaction,
        mantel_haenszel,
        meta_regression,
        missing_phenotype,
        peto,
        pool,
        posterior,
        retrodict,
    )

__version__ = "0.1.0"

__all__ = [
    "Case",
    "EquipoiseError",
    "Estimate",
    "InputError",
    "PooledEffect",
    "Result",
    "__version__",
    "batch",
    "binomial_normal",
    "fit_mixed",
    "interaction",
    "load_case",
    "mantel_haenszel",
    "meta_regression",
    "missing_phenotype",
    "packaged_cases",
    "peto",
    "pool",
    "posterior",
    "retrodict",
    "run_case",
]

_HOME = {
    "Case": "equipoise.case",
    "load_case": "equipoise.case",
    "packaged_cases": "equipoise.case",
    "run_case": "equipoise.run",
    "EquipoiseError": "equipoise.errors",
    "InputError": "equipoise.errors",
    "Estimate": "equipoise.estimate",
    "Result": "equipoise.estimate",
    "PooledEffect": "equipoise.synthesis",
    "pool": "equipoise.synthesis",
    "batch": "equipoise.synthesis",
    "binomial_normal": "equipoise.synthesis",
    "fit_mixed": "equipoise.synthesis",
    "interaction": "equipoise.synthesis",
    "mantel_haenszel": "equipoise.synthesis",
    "meta_regression": "equipoise.synthesis",
    "missing_phenotype": "equipoise.synthesis",
    "peto": "equipoise.synthesis",
    "posterior": "equipoise.synthesis",
    "retrodict": "equipoise.synthesis",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'equipoise' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)
