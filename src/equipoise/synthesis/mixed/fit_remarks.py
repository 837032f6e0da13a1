"""What a reader should know before using a mixed model, in sentences."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import chdtr

from equipoise.synthesis.mixed.coefficient_inference import Inferred
from equipoise.synthesis.mixed.model_input import Prepared
from equipoise.synthesis.pool_remarks import IMPROBABLE, ROUND_OFF, TOO_ALIKE

FEW_DF = 4.0
"""Satterthwaite degrees of freedom below which the robust test is unreliable (Tipton 2015)."""

FEW = 5
"""Least number of spare effects for which agreement that is too good is remarked on."""


def remarks(prepared: Prepared, found: str, inferred: Inferred, q: float, inference: str) -> str:
    """Return the sentences a reader needs beside the numbers, after the one that was `found`."""
    out = [found] if found else []
    spare = prepared.k - prepared.p
    if spare == 0 and inference != "wald":
        out.append("No effect is left over to estimate an error from; ask for wald.")
    if inference == "hksj" and inferred.factor == 0.0:
        out.append("The columns fit every effect exactly: the Hartung-Knapp error is zero.")
    elif inference == "hksj" and inferred.factor < 1.0 - ROUND_OFF:
        out.append("The Hartung-Knapp errors are smaller than the normal ones.")
    if spare >= FEW and float(chdtr(spare, q)) < IMPROBABLE:
        out.append(TOO_ALIKE)
    if inferred.robust is not None:
        out += _robust_remarks(prepared, inferred)
    return " ".join(out)


def _robust_remarks(prepared: Prepared, inferred: Inferred) -> list[str]:
    """Warn of robust errors that rest on very few clusters."""
    found = inferred.robust
    if found is None:
        return []
    df = [found.degrees_of_freedom(row[None, :]) for row in prepared.design.back]
    low = [
        name
        for name, value in zip(prepared.design.names, df, strict=True)
        if not value >= FEW_DF or math.isnan(value)
    ]
    if not low:
        return []
    least = float(np.nanmin(df))
    return [
        f"Few independent clusters speak to {', '.join(low)} ({least:.1f} degrees of freedom at "
        "the least): read robust P values above 0.01 with reserve."
    ]
