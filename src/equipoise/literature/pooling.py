"""Papers on pooling: estimators of heterogeneity, intervals, prediction."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = (
    Reference(
        "cochran1954",
        "Cochran WG",
        1954,
        "The combination of estimates from different experiments",
        "Biometrics 10:101-129",
        "10.2307/3001666",
    ),
    Reference(
        "dersimonian1986",
        "DerSimonian R, Laird N",
        1986,
        "Meta-analysis in clinical trials",
        "Controlled Clinical Trials 7:177-188",
        "10.1016/0197-2456(86)90046-2",
    ),
    Reference(
        "hartung2001",
        "Hartung J, Knapp G",
        2001,
        "A refined method for the meta-analysis of controlled clinical trials with binary outcome",
        "Statistics in Medicine 20:3875-3889",
        "10.1002/sim.1009",
    ),
    Reference(
        "higgins2002",
        "Higgins JPT, Thompson SG",
        2002,
        "Quantifying heterogeneity in a meta-analysis",
        "Statistics in Medicine 21:1539-1558",
        "10.1002/sim.1186",
    ),
    Reference(
        "higgins2009",
        "Higgins JPT, Thompson SG, Spiegelhalter DJ",
        2009,
        "A re-evaluation of random-effects meta-analysis",
        "Journal of the Royal Statistical Society A 172:137-159",
        "10.1111/j.1467-985X.2008.00552.x",
    ),
    Reference(
        "jackson2017",
        "Jackson D, Law M, Ruecker G, Schwarzer G",
        2017,
        "The Hartung-Knapp modification for random-effects meta-analysis: a useful refinement "
        "but are there any residual concerns?",
        "Statistics in Medicine 36:3923-3934",
        "10.1002/sim.7411",
    ),
    Reference(
        "knapp2003",
        "Knapp G, Hartung J",
        2003,
        "Improved tests for a random effects meta-regression with a single covariate",
        "Statistics in Medicine 22:2693-2710",
        "10.1002/sim.1482",
    ),
    Reference(
        "paule1982",
        "Paule RC, Mandel J",
        1982,
        "Consensus values and weighting factors",
        "Journal of Research of the National Bureau of Standards 87:377-385",
        "10.6028/jres.087.022",
    ),
    Reference(
        "riley2011",
        "Riley RD, Higgins JPT, Deeks JJ",
        2011,
        "Interpretation of random effects meta-analyses",
        "BMJ 342:d549",
        "10.1136/bmj.d549",
    ),
    Reference(
        "sidik2002",
        "Sidik K, Jonkman JN",
        2002,
        "A simple confidence interval for meta-analysis",
        "Statistics in Medicine 21:3153-3159",
        "10.1002/sim.1262",
    ),
    Reference(
        "viechtbauer2005",
        "Viechtbauer W",
        2005,
        "Bias and efficiency of meta-analytic variance estimators in the random-effects model",
        "Journal of Educational and Behavioral Statistics 30:261-293",
        "10.3102/10769986030003261",
    ),
    Reference(
        "viechtbauer2007",
        "Viechtbauer W",
        2007,
        "Confidence intervals for the amount of heterogeneity in meta-analysis",
        "Statistics in Medicine 26:37-52",
        "10.1002/sim.2514",
    ),
)
