"""Papers on priors, posteriors and shrinkage."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = (
    Reference(
        "gelman2006",
        "Gelman A",
        2006,
        "Prior distributions for variance parameters in hierarchical models",
        "Bayesian Analysis 1(3):515-534",
        "10.1214/06-BA117A",
    ),
    Reference(
        "mitchell1988",
        "Mitchell TJ, Beauchamp JJ",
        1988,
        "Bayesian variable selection in linear regression",
        "Journal of the American Statistical Association 83(404):1023-1032",
        "10.1080/01621459.1988.10478694",
    ),
    Reference(
        "rhodes2015",
        "Rhodes KM, Turner RM, Higgins JPT",
        2015,
        "Predictive distributions were developed for the extent of heterogeneity in meta-analyses "
        "of continuous outcome data",
        "Journal of Clinical Epidemiology 68(1):52-60",
        "10.1016/j.jclinepi.2014.08.012",
    ),
    Reference(
        "rover2020",
        "Röver C",
        2020,
        "Bayesian random-effects meta-analysis using the bayesmeta R package",
        "Journal of Statistical Software 93(6):1-51",
        "10.18637/jss.v093.i06",
    ),
    Reference(
        "rover2021",
        "Röver C, Bender R, Dias S, Schmid CH, Schmidli H, Sturtz S, Weber S, Friede T",
        2021,
        "On weakly informative prior distributions for the heterogeneity parameter in Bayesian "
        "random-effects meta-analysis",
        "Research Synthesis Methods 12(4):448-474",
        "10.1002/jrsm.1475",
    ),
    Reference(
        "schmidli2014",
        "Schmidli H, Gsteiger S, Roychoudhury S, O'Hagan A, Spiegelhalter D, Neuenschwander B",
        2014,
        "Robust meta-analytic-predictive priors in clinical trials with historical control "
        "information",
        "Biometrics 70(4):1023-1032",
        "10.1111/biom.12242",
    ),
    Reference(
        "spiegelhalter1994",
        "Spiegelhalter DJ, Freedman LS, Parmar MKB",
        1994,
        "Bayesian approaches to randomized trials",
        "Journal of the Royal Statistical Society A 157:357-416",
        "10.2307/2983527",
    ),
    Reference(
        "trefethen2014",
        "Trefethen LN, Weideman JAC",
        2014,
        "The exponentially convergent trapezoidal rule",
        "SIAM Review 56(3):385-458",
        "10.1137/130932132",
    ),
    Reference(
        "turner2015",
        "Turner RM, Jackson D, Wei Y, Thompson SG, Higgins JPT",
        2015,
        "Predictive distributions for between-study heterogeneity and simple methods for their "
        "application in Bayesian meta-analysis",
        "Statistics in Medicine 34(6):984-998",
        "10.1002/sim.6381",
    ),
    Reference(
        "vanzwet2021",
        "van Zwet E, Schwab S, Senn S",
        2021,
        "The statistical properties of RCTs and a proposal for shrinkage",
        "Statistics in Medicine 40(27):6107-6117",
        "10.1002/sim.9173",
    ),
)
