"""Papers on the design of studies and the value of their answers."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = (
    Reference(
        "ades2004",
        "Ades AE, Lu G, Claxton K",
        2004,
        "Expected value of sample information calculations in medical decision modeling",
        "Medical Decision Making 24:207-227",
        "10.1177/0272989X04263162",
    ),
    Reference(
        "boschloo1970",
        "Boschloo RD",
        1970,
        "Raised conditional level of significance for the 2x2-table when testing the equality of "
        "two probabilities",
        "Statistica Neerlandica 24:1-9",
        "10.1111/j.1467-9574.1970.tb00104.x",
    ),
    Reference(
        "chen1974",
        "Chen HC, Asau Y",
        1974,
        "On generating random variates from an empirical distribution",
        "AIIE Transactions 6:163-166",
        "10.1080/05695557408974949",
    ),
    Reference(
        "cortazar2014",
        "Cortazar P, Zhang L, Untch M, et al.",
        2014,
        "Pathological complete response and long-term clinical benefit in breast cancer: "
        "the CTNeoBC pooled analysis",
        "Lancet 384:164-172",
        "10.1016/S0140-6736(13)62422-8",
    ),
    Reference(
        "fleiss1980",
        "Fleiss JL, Tytun A, Ury HK",
        1980,
        "A simple approximation for calculating sample sizes for comparing independent proportions",
        "Biometrics 36:343-346",
        "10.2307/2529990",
    ),
    Reference(
        "freedman1982",
        "Freedman LS",
        1982,
        "Tables of the number of patients required in clinical trials using the logrank test",
        "Statistics in Medicine 1:121-129",
        "10.1002/sim.4780010204",
    ),
    Reference(
        "jenkins2011",
        "Jenkins M, Stone A, Jennison C",
        2011,
        "An adaptive seamless phase II/III design for oncology trials with subpopulation "
        "selection using correlated survival endpoints",
        "Pharmaceutical Statistics 10:347-356",
        "10.1002/pst.472",
    ),
    Reference(
        "kimani2015",
        "Kimani PK, Todd S, Stallard N",
        2015,
        "Estimation after subpopulation selection in adaptive seamless trials",
        "Statistics in Medicine 34:2581-2601",
        "10.1002/sim.6506",
    ),
    Reference(
        "marcus1976",
        "Marcus R, Peritz E, Gabriel KR",
        1976,
        "On closed testing procedures with special reference to ordered analysis of variance",
        "Biometrika 63:655-660",
        "10.1093/biomet/63.3.655",
    ),
    Reference(
        "morris2019",
        "Morris TP, White IR, Crowther MJ",
        2019,
        "Using simulation studies to evaluate statistical methods",
        "Statistics in Medicine 38:2074-2102",
        "10.1002/sim.8086",
    ),
    Reference(
        "neuenschwander2020",
        "Neuenschwander B, Weber S, Schmidli H, O'Hagan A",
        2020,
        "Predictively consistent prior effective sample sizes",
        "Biometrics 76:578-587",
        "10.1111/biom.13252",
    ),
    Reference(
        "ohagan2005",
        "O'Hagan A, Stevens JW, Campbell MJ",
        2005,
        "Assurance in clinical trial design",
        "Pharmaceutical Statistics 4:187-201",
        "10.1002/pst.175",
    ),
    Reference(
        "peterson1993",
        "Peterson B, George SL",
        1993,
        "Sample size requirements and length of study for testing interaction in a 1 x k factorial "
        "design when time-to-failure is the outcome",
        "Controlled Clinical Trials 14:511-522",
        "10.1016/0197-2456(93)90031-8",
    ),
    Reference(
        "sargent2005",
        "Sargent DJ, Conley BA, Allegra C, Collette L",
        2005,
        "Clinical trial designs for predictive marker validation in cancer treatment trials",
        "Journal of Clinical Oncology 23:2020-2027",
        "10.1200/JCO.2005.01.112",
    ),
    Reference(
        "schmidli2014",
        "Schmidli H, Gsteiger S, Roychoudhury S, O'Hagan A, Spiegelhalter D, Neuenschwander B",
        2014,
        "Robust meta-analytic-predictive priors in clinical trials with historical "
        "control information",
        "Biometrics 70:1023-1032",
        "10.1111/biom.12242",
    ),
    Reference(
        "schoenfeld1981",
        "Schoenfeld D",
        1981,
        "The asymptotic properties of nonparametric tests for comparing survival distributions",
        "Biometrika 68:316-319",
        "10.1093/biomet/68.1.316",
    ),
    Reference(
        "simes1986",
        "Simes RJ",
        1986,
        "An improved Bonferroni procedure for multiple tests of significance",
        "Biometrika 73:751-754",
        "10.1093/biomet/73.3.751",
    ),
    Reference(
        "spiessens2010",
        "Spiessens B, Debois M",
        2010,
        "Adjusted significance levels for subgroup analyses in clinical trials",
        "Contemporary Clinical Trials 31:647-656",
        "10.1016/j.cct.2010.08.011",
    ),
)
