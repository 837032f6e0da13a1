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
        "burke2017",
        "Burke DL, Ensor J, Riley RD",
        2017,
        "Meta-analysis using individual participant data: one-stage and two-stage approaches, and "
        "why they may differ",
        "Statistics in Medicine 36:855-875",
        "10.1002/sim.7141",
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
        "gail1984",
        "Gail MH, Wieand S, Piantadosi S",
        1984,
        "Biased estimates of treatment effect in randomized experiments with nonlinear regressions "
        "and omitted covariates",
        "Biometrika 71:431-444",
        "10.1093/biomet/71.3.431",
    ),
    Reference(
        "godolphin2023",
        "Godolphin PJ, White IR, Tierney JF, Fisher DJ",
        2023,
        "Estimating interactions and subgroup-specific treatment effects in meta-analysis without "
        "aggregation bias: A within-trial framework",
        "Research Synthesis Methods 14:68-78",
        "10.1002/jrsm.1590",
    ),
    Reference(
        "hua2017",
        "Hua H, Burke DL, Crowther MJ, Ensor J, Tudur Smith C, Riley RD",
        2017,
        "One-stage individual participant data meta-analysis models: estimation of "
        "treatment-covariate interactions must avoid ecological bias by separating out "
        "within-trial and across-trial information",
        "Statistics in Medicine 36:772-789",
        "10.1002/sim.7171",
    ),
    Reference(
        "schandelmaier2020",
        "Schandelmaier S, Briel M, Varadhan R, Schmid CH, Devasenapathy N, Hayward RA, et al",
        2020,
        "Development of the Instrument to assess the Credibility of Effect Modification Analyses "
        "(ICEMAN) in randomized controlled trials and meta-analyses",
        "CMAJ 192:E901-E906",
        "10.1503/cmaj.200077",
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
