"""Papers on subgroups, interactions and their multiplicity."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = (
    Reference(
        "altman2003",
        "Altman DG, Bland JM",
        2003,
        "Interaction revisited: the difference between two estimates",
        "BMJ 326:219",
        "10.1136/bmj.326.7382.219",
    ),
    Reference(
        "deft2017",
        "Fisher DJ, Carpenter JR, Morris TP, Freeman SC, Tierney JF",
        2017,
        "Meta-analytical methods to identify who benefits most from treatments: daft, deluded, "
        "or deft approach?",
        "BMJ 356:j573",
        "10.1136/bmj.j573",
    ),
    Reference(
        "sidak1967",
        "Sidak Z",
        1967,
        "Rectangular confidence regions for the means of multivariate normal distributions",
        "Journal of the American Statistical Association 62:626-633",
        "10.1080/01621459.1967.10482935",
    ),
)
