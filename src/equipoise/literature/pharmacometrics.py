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
        "delmoral2006",
        "Del Moral P, Doucet A, Jasra A",
        2006,
        "Sequential Monte Carlo samplers",
        "Journal of the Royal Statistical Society Series B 68:411-436",
        "10.1111/j.1467-9868.2006.00553.x",
    ),
    Reference(
        "kass1995",
        "Kass RE, Raftery AE",
        1995,
        "Bayes factors",
        "Journal of the American Statistical Association 90:773-795",
        "10.1080/01621459.1995.10476572",
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
        "kuemmel2020",
        "Kuemmel C, Yang Y, Zhang X, Florian J, Zhu H, Tegenge M, Huang SM, Wang Y, Morrison T, "
        "Zineh I",
        2020,
        "Consideration of a credibility assessment framework in model-informed drug development: "
        "potential application to physiologically-based pharmacokinetic modeling and simulation",
        "CPT: Pharmacometrics & Systems Pharmacology 9:21-28",
        "10.1002/psp4.12479",
    ),
    Reference(
        "owen1998",
        "Owen AB",
        1998,
        "Scrambling Sobol' and Niederreiter-Xing points",
        "Journal of Complexity 14:466-489",
        "10.1006/jcom.1998.0487",
    ),
    Reference(
        "raue2009",
        "Raue A, Kreutz C, Maiwald T, Bachmann J, Schilling M, Klingmüller U, Timmer J",
        2009,
        "Structural and practical identifiability analysis of partially observed dynamical models "
        "by exploiting the profile likelihood",
        "Bioinformatics 25:1923-1929",
        "10.1093/bioinformatics/btp358",
    ),
    Reference(
        "zaider2000",
        "Zaider M, Minerbo GN",
        2000,
        "Tumour control probability: a formulation applicable to any temporal protocol of dose "
        "delivery",
        "Physics in Medicine and Biology 45:279-293",
        "10.1088/0031-9155/45/2/303",
    ),
)
