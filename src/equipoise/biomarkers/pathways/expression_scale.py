"""What the numbers of a matrix are, and the log scale that scores by weight or by z need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import InputError, Problem

Array = NDArray[np.float64]
Scale = Literal["unknown", "log", "linear", "counts"]
"""log: any logarithm; linear: TPM, FPKM, intensities; counts: reads, not yet divided by depth."""

HIGHEST_LOG = 40.0
"""No log2 of reads or intensities is higher: 2^40 is more than a flow cell holds."""


def scale_problems(values: Array, scale: Scale, samples: Sequence[str], file: str) -> list[Problem]:
    """Return a problem where the numbers contradict the scale they are said to be on."""
    if scale not in get_args(Scale):
        allowed = ", ".join(get_args(Scale))
        return [Problem(file, "", "scale", repr(scale), allowed, "Choose one of these.")]
    if scale == "log" and values.max() > HIGHEST_LOG:
        where = samples[int(values.max(axis=1).argmax())]
        action = 'It is no logarithm: say scale="linear" or scale="counts".'
        allowed = f"at most {HIGHEST_LOG:g} on a log scale"
        return [Problem(file, where, "scale", f"{values.max():g}", allowed, action)]
    if scale in ("linear", "counts") and values.min() < 0:
        where = samples[int(values.min(axis=1).argmin())]
        action = 'Negative numbers are logarithms or centred values: say scale="log".'
        return [Problem(file, where, "scale", f"{values.min():g}", "at least 0", action)]
    if scale == "counts" and not np.array_equal(values, np.floor(values)):
        where = samples[int((values != np.floor(values)).any(axis=1).argmax())]
        action = 'Say scale="linear" (TPM, FPKM, expected counts) or scale="log".'
        return [Problem(file, where, "scale", "fractions", "whole numbers of reads", action)]
    return []


def on_log_scale(
    values: Array, scale: Scale, method: str, file: str
) -> tuple[Array, tuple[str, ...]]:
    """Return `values`, (samples, genes), on a log scale, and a remark if they were changed.

    Linear values x become ``log2(x + 1)``, counts ``log2(10^6 x / sum(x) + 1)`` with the sum over
    the genes of the sample.

    Raises
    ------
    InputError
        If the scale is unknown: `method` adds values up, and nobody can tell a small matrix of
        counts from one of logarithms.
    """
    if scale == "unknown":
        action = f"Say what they are with scale=...; they look like {looks_like(values)}."
        problem = Problem(
            file, "", "scale", "unknown", f"log, linear or counts for {method}", action
        )
        raise InputError([problem])
    if scale == "log":
        return values, ()
    if scale == "linear":
        return np.log2(values + 1), ("Linear values were taken as log2(x + 1).",)
    millions = values / values.sum(axis=1, keepdims=True) * 1e6
    return np.log2(millions + 1), ("Counts were taken as log2(counts per million + 1).",)


def looks_like(values: Array) -> str:
    """Say what numbers of an unknown scale look like; small counts look like logarithms."""
    if values.min() >= 0 and values.max() > HIGHEST_LOG:
        whole = np.array_equal(values, np.floor(values))
        return "counts" if whole else "linear values"
    return "logarithms"
