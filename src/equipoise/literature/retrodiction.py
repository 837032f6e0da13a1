"""Papers on what earlier evidence was worth later."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = (
    Reference(
        "brown2001",
        "Brown LD, Cai TT, DasGupta A",
        2001,
        "Interval estimation for a binomial proportion",
        "Statistical Science 16:101-133",
        "10.1214/ss/1009213286",
    ),
    Reference(
        "gneiting2007",
        "Gneiting T, Raftery AE",
        2007,
        "Strictly proper scoring rules, prediction, and estimation",
        "Journal of the American Statistical Association 102:359-378",
        "10.1198/016214506000001437",
    ),
    Reference(
        "wallach2017",
        "Wallach JD, Sullivan PG, Trepanowski JF, Sainani KL, Steyerberg EW, Ioannidis JPA",
        2017,
        "Evaluation of evidence of statistical support and corroboration of subgroup claims in "
        "randomized clinical trials",
        "JAMA Internal Medicine 177:554-560",
        "10.1001/jamainternmed.2016.9125",
    ),
    Reference(
        "wilson1927",
        "Wilson EB",
        1927,
        "Probable inference, the law of succession, and statistical inference",
        "Journal of the American Statistical Association 22:209-212",
        "10.1080/01621459.1927.10502953",
    ),
)
