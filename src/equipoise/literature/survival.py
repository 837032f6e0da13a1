"""Papers on time to an event."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = (
    Reference(
        "breslow1974",
        "Breslow N",
        1974,
        "Covariance analysis of censored survival data",
        "Biometrics 30:89-99",
        "10.2307/2529620",
    ),
    Reference(
        "brookmeyer1982",
        "Brookmeyer R, Crowley J",
        1982,
        "A confidence interval for the median survival time",
        "Biometrics 38:29-41",
        "10.2307/2530286",
    ),
    Reference(
        "cox1972",
        "Cox DR",
        1972,
        "Regression models and life-tables",
        "Journal of the Royal Statistical Society B 34:187-220",
        "10.1111/j.2517-6161.1972.tb00899.x",
    ),
    Reference(
        "efron1977",
        "Efron B",
        1977,
        "The efficiency of Cox's likelihood function for censored data",
        "Journal of the American Statistical Association 72:557-565",
        "10.1080/01621459.1977.10480613",
    ),
    Reference(
        "guyot2012",
        "Guyot P, Ades AE, Ouwens MJNM, Welton NJ",
        2012,
        "Enhanced secondary analysis of survival data: reconstructing the data from published "
        "Kaplan-Meier survival curves",
        "BMC Medical Research Methodology 12:9",
        "10.1186/1471-2288-12-9",
    ),
    Reference(
        "harrington1982",
        "Harrington DP, Fleming TR",
        1982,
        "A class of rank test procedures for censored survival data",
        "Biometrika 69:553-566",
        "10.1093/biomet/69.3.553",
    ),
    Reference(
        "heinze2001",
        "Heinze G, Schemper M",
        2001,
        "A solution to the problem of monotone likelihood in Cox regression",
        "Biometrics 57:114-119",
        "10.1111/j.0006-341X.2001.00114.x",
    ),
    Reference(
        "kaplan1958",
        "Kaplan EL, Meier P",
        1958,
        "Nonparametric estimation from incomplete observations",
        "Journal of the American Statistical Association 53:457-481",
        "10.1080/01621459.1958.10501452",
    ),
    Reference(
        "petopeto1972",
        "Peto R, Peto J",
        1972,
        "Asymptotically efficient rank invariant test procedures",
        "Journal of the Royal Statistical Society A 135:185-207",
        "10.2307/2344317",
    ),
    Reference(
        "royston2013",
        "Royston P, Parmar MKB",
        2013,
        "Restricted mean survival time: an alternative to the hazard ratio for the design and "
        "analysis of randomized trials with a time-to-event outcome",
        "BMC Medical Research Methodology 13:152",
        "10.1186/1471-2288-13-152",
    ),
)
