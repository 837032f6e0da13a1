"""Papers on small-study effects, selection and influence."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = (
    Reference(
        "begg1994",
        "Begg CB, Mazumdar M",
        1994,
        "Operating characteristics of a rank correlation test for publication bias",
        "Biometrics 50:1088-1101",
        "10.2307/2533446",
    ),
    Reference(
        "duval2000",
        "Duval S, Tweedie R",
        2000,
        'A nonparametric "trim and fill" method of accounting for publication bias in '
        "meta-analysis",
        "Journal of the American Statistical Association 95:89-98",
        "10.1080/01621459.2000.10473905",
    ),
    Reference(
        "egger1997",
        "Egger M, Davey Smith G, Schneider M, Minder C",
        1997,
        "Bias in meta-analysis detected by a simple, graphical test",
        "BMJ 315:629-634",
        "10.1136/bmj.315.7109.629",
    ),
    Reference(
        "harbord2006",
        "Harbord RM, Egger M, Sterne JAC",
        2006,
        "A modified test for small-study effects in meta-analyses of controlled trials with "
        "binary endpoints",
        "Statistics in Medicine 25:3443-3457",
        "10.1002/sim.2380",
    ),
    Reference(
        "hedges1992",
        "Hedges LV",
        1992,
        "Modeling publication selection effects in meta-analysis",
        "Statistical Science 7:246-255",
        "10.1214/ss/1177011364",
    ),
    Reference(
        "juni1999",
        "Juni P, Witschi A, Bloch R, Egger M",
        1999,
        "The hazards of scoring the quality of clinical trials for meta-analysis",
        "JAMA 282:1054-1060",
        "10.1001/jama.282.11.1054",
    ),
    Reference(
        "lau1992",
        "Lau J, Antman EM, Jimenez-Silva J, Kupelnick B, Mosteller F, Chalmers TC",
        1992,
        "Cumulative meta-analysis of therapeutic trials for myocardial infarction",
        "New England Journal of Medicine 327:248-254",
        "10.1056/NEJM199207233270406",
    ),
    Reference(
        "olkin2012",
        "Olkin I, Dahabreh IJ, Trikalinos TA",
        2012,
        "GOSH - a graphical display of study heterogeneity",
        "Research Synthesis Methods 3:214-223",
        "10.1002/jrsm.1053",
    ),
    Reference(
        "outliers2010",
        "Viechtbauer W, Cheung MWL",
        2010,
        "Outlier and influence diagnostics for meta-analysis",
        "Research Synthesis Methods 1:112-125",
        "10.1002/jrsm.11",
    ),
    Reference(
        "peters2006",
        "Peters JL, Sutton AJ, Jones DR, Abrams KR, Rushton L",
        2006,
        "Comparison of two methods to detect publication bias in meta-analysis",
        "JAMA 295:676-680",
        "10.1001/jama.295.6.676",
    ),
    Reference(
        "peters2008",
        "Peters JL, Sutton AJ, Jones DR, Abrams KR, Rushton L",
        2008,
        "Contour-enhanced meta-analysis funnel plots help distinguish publication bias from "
        "other causes of asymmetry",
        "Journal of Clinical Epidemiology 61:991-996",
        "10.1016/j.jclinepi.2007.11.010",
    ),
    Reference(
        "satterthwaite1946",
        "Satterthwaite FE",
        1946,
        "An approximate distribution of estimates of variance components",
        "Biometrics Bulletin 2:110-114",
        "10.2307/3002019",
    ),
    Reference(
        "stanley2014",
        "Stanley TD, Doucouliagos H",
        2014,
        "Meta-regression approximations to reduce publication selection bias",
        "Research Synthesis Methods 5:60-78",
        "10.1002/jrsm.1095",
    ),
    Reference(
        "sterne2011",
        "Sterne JAC, Sutton AJ, Ioannidis JPA, and others",
        2011,
        "Recommendations for examining and interpreting funnel plot asymmetry in meta-analyses "
        "of randomised controlled trials",
        "BMJ 343:d4002",
        "10.1136/bmj.d4002",
    ),
    Reference(
        "trimfill2000",
        "Duval S, Tweedie R",
        2000,
        "Trim and fill: a simple funnel-plot-based method of testing and adjusting for "
        "publication bias in meta-analysis",
        "Biometrics 56:455-463",
        "10.1111/j.0006-341x.2000.00455.x",
    ),
    Reference(
        "turner2009",
        "Turner RM, Spiegelhalter DJ, Smith GCS, Thompson SG",
        2009,
        "Bias modelling in evidence synthesis",
        "Journal of the Royal Statistical Society A 172:21-47",
        "10.1111/j.1467-985X.2008.00547.x",
    ),
    Reference(
        "vevea1995",
        "Vevea JL, Hedges LV",
        1995,
        "A general linear model for estimating effect size in the presence of publication bias",
        "Psychometrika 60:419-435",
        "10.1007/BF02294384",
    ),
    Reference(
        "vevea2005",
        "Vevea JL, Woods CM",
        2005,
        "Publication bias in research synthesis: sensitivity analysis using a priori weight "
        "functions",
        "Psychological Methods 10:428-443",
        "10.1037/1082-989X.10.4.428",
    ),
)
