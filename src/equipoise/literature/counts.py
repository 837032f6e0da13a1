"""Papers on sparse counts."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = (
    Reference(
        "greenland1985",
        "Greenland S, Robins JM",
        1985,
        "Estimation of a common effect parameter from sparse follow-up data",
        "Biometrics 41:55-68",
        "10.2307/2530643",
    ),
    Reference(
        "jackson2018",
        "Jackson D, Law M, Stijnen T, Viechtbauer W, White IR",
        2018,
        "A comparison of seven random-effects models for meta-analyses that estimate the summary "
        "odds ratio",
        "Statistics in Medicine 37:1059-1085",
        "10.1002/sim.7588",
    ),
    Reference(
        "louis1982",
        "Louis TA",
        1982,
        "Finding the observed information matrix when using the EM algorithm",
        "Journal of the Royal Statistical Society B 44:226-233",
        "10.1111/j.2517-6161.1982.tb01203.x",
    ),
    Reference(
        "mantel1959",
        "Mantel N, Haenszel W",
        1959,
        "Statistical aspects of the analysis of data from retrospective studies of disease",
        "Journal of the National Cancer Institute 22:719-748",
        "10.1093/jnci/22.4.719",
    ),
    Reference(
        "pinheiro1995",
        "Pinheiro JC, Bates DM",
        1995,
        "Approximations to the log-likelihood function in the nonlinear mixed-effects model",
        "Journal of Computational and Graphical Statistics 4:12-35",
        "10.1080/10618600.1995.10474663",
    ),
    Reference(
        "robins1986",
        "Robins J, Breslow N, Greenland S",
        1986,
        "Estimators of the Mantel-Haenszel variance consistent in both sparse data and "
        "large-strata limiting models",
        "Biometrics 42:311-323",
        "10.2307/2531052",
    ),
    Reference(
        "self1987",
        "Self SG, Liang KY",
        1987,
        "Asymptotic properties of maximum likelihood estimators and likelihood ratio tests under "
        "nonstandard conditions",
        "Journal of the American Statistical Association 82:605-610",
        "10.1080/01621459.1987.10478472",
    ),
    Reference(
        "stijnen2010",
        "Stijnen T, Hamza TH, Ozdemir P",
        2010,
        "Random effects meta-analysis of event outcome in the framework of the generalized linear "
        "mixed model with applications in sparse data",
        "Statistics in Medicine 29:3046-3067",
        "10.1002/sim.4040",
    ),
    Reference(
        "tarone1985",
        "Tarone RE",
        1985,
        "On heterogeneity tests based on efficient scores",
        "Biometrika 72:91-95",
        "10.1093/biomet/72.1.91",
    ),
    Reference(
        "turner2000",
        "Turner RM, Omar RZ, Yang M, Goldstein H, Thompson SG",
        2000,
        "A multilevel model framework for meta-analysis of clinical trials with binary outcomes",
        "Statistics in Medicine 19:3417-3432",
        "10.1002/1097-0258(20001230)19:24<3417::AID-SIM614>3.0.CO;2-L",
    ),
    Reference(
        "vanhouwelingen1993",
        "Van Houwelingen HC, Zwinderman KH, Stijnen T",
        1993,
        "A bivariate approach to meta-analysis",
        "Statistics in Medicine 12:2273-2284",
        "10.1002/sim.4780122405",
    ),
    Reference(
        "yusuf1985",
        "Yusuf S, Peto R, Lewis J, Collins R, Sleight P",
        1985,
        "Beta blockade during and after myocardial infarction: an overview of the randomized "
        "trials",
        "Progress in Cardiovascular Diseases 27:335-371",
        "10.1016/S0033-0620(85)80003-7",
    ),
)
