"""The literature behind the methods: citations are computed from what ran.

A method names its keys here (`METHOD_CITES` in its own module, or the `cites` of a result), so
that a dossier lists the papers of the estimators it used and no others.
"""

from __future__ import annotations

from collections.abc import Iterable

from equipoise.literature import (
    bias,
    biomarkers,
    counts,
    design,
    effect_sizes,
    mixed_models,
    observational,
    pharmacometrics,
    pooling,
    posteriors,
    retrodiction,
    sensitivity,
    sequential,
    subgroups,
    survival,
)
from equipoise.literature.reference import Reference

_FIELDS = (
    bias,
    biomarkers,
    counts,
    design,
    effect_sizes,
    mixed_models,
    observational,
    pharmacometrics,
    pooling,
    posteriors,
    retrodiction,
    sensitivity,
    sequential,
    subgroups,
    survival,
)

REFERENCES: dict[str, Reference] = {
    reference.key: reference for field in _FIELDS for reference in field.REFERENCES
}
"""Every reference a method may name, by key."""


def references(keys: Iterable[str]) -> tuple[Reference, ...]:
    """Return the references of `keys`, each once, sorted by author and year.

    Parameters
    ----------
    keys : iterable of str
        Keys as methods name them; repeats are allowed.

    Raises
    ------
    KeyError
        If a key is not in `REFERENCES`; the message lists the keys there are.

    Examples
    --------
    >>> [reference.year for reference in references(["sidak1967", "sidak1967"])]
    [1967]
    """
    wanted = set(keys)
    unknown = sorted(wanted - REFERENCES.keys())
    if unknown:
        raise KeyError(f"unknown reference {unknown}; known: {sorted(REFERENCES)}")
    return tuple(sorted((REFERENCES[key] for key in wanted), key=lambda r: (r.authors, r.year)))
