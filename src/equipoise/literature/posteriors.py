"""Papers on priors, posteriors and shrinkage."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = (
    Reference(
        "spiegelhalter1994",
        "Spiegelhalter DJ, Freedman LS, Parmar MKB",
        1994,
        "Bayesian approaches to randomized trials",
        "Journal of the Royal Statistical Society A 157:357-416",
        "10.2307/2983527",
    ),
)
