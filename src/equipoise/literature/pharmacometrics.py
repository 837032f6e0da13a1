"""Papers on mechanistic models of drugs: virtual patients and how they are drawn."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = (
    Reference(
        "allen2016",
        "Allen RJ, Rieger TR, Musante CJ",
        2016,
        "Efficient generation and selection of virtual populations in quantitative systems "
        "pharmacology models",
        "CPT: Pharmacometrics & Systems Pharmacology 5:140-146",
        "10.1002/psp4.12063",
    ),
    Reference(
        "csiszar1975",
        "Csiszár I",
        1975,
        "I-divergence geometry of probability distributions and minimization problems",
        "Annals of Probability 3:146-158",
        "10.1214/aop/1176996454",
    ),
    Reference(
        "kong1994",
        "Kong A, Liu JS, Wong WH",
        1994,
        "Sequential imputations and Bayesian missing data problems",
        "Journal of the American Statistical Association 89:278-288",
        "10.1080/01621459.1994.10476469",
    ),
    Reference(
        "owen1998",
        "Owen AB",
        1998,
        "Scrambling Sobol' and Niederreiter-Xing points",
        "Journal of Complexity 14:466-489",
        "10.1006/jcom.1998.0487",
    ),
)
