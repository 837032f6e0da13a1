"""Papers on effect sizes, from counts, means and printed numbers."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = (
    Reference(
        "hedges1981",
        "Hedges LV",
        1981,
        "Distribution theory for Glass's estimator of effect size and related estimators",
        "Journal of Educational Statistics 6:107-128",
        "10.3102/10769986006002107",
    ),
    Reference(
        "hedges1999",
        "Hedges LV, Gurevitch J, Curtis PS",
        1999,
        "The meta-analysis of response ratios in experimental ecology",
        "Ecology 80:1150-1156",
        "10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2",
    ),
    Reference(
        "katz1978",
        "Katz D, Baptista J, Azen SP, Pike MC",
        1978,
        "Obtaining confidence intervals for the risk ratio in cohort studies",
        "Biometrics 34:469-474",
        "10.2307/2530610",
    ),
    Reference(
        "parmar1998",
        "Parmar MKB, Torri V, Stewart L",
        1998,
        "Extracting summary statistics to perform meta-analyses of the published literature for "
        "survival endpoints",
        "Statistics in Medicine 17:2815-2834",
        "10.1002/(SICI)1097-0258(19981230)17:24<2815::AID-SIM110>3.0.CO;2-8",
    ),
    Reference(
        "sweeting2004",
        "Sweeting MJ, Sutton AJ, Lambert PC",
        2004,
        "What to add to nothing? Use and avoidance of continuity corrections in meta-analysis "
        "of sparse data",
        "Statistics in Medicine 23:1351-1375",
        "10.1002/sim.1761",
    ),
    Reference(
        "tierney2007",
        "Tierney JF, Stewart LA, Ghersi D, Burdett S, Sydes MR",
        2007,
        "Practical methods for incorporating summary time-to-event data into meta-analysis",
        "Trials 8:16",
        "10.1186/1745-6215-8-16",
    ),
    Reference(
        "woolf1955",
        "Woolf B",
        1955,
        "On estimating the relation between blood group and disease",
        "Annals of Human Genetics 19:251-253",
        "10.1111/j.1469-1809.1955.tb01348.x",
    ),
)
