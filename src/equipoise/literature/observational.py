"""Papers on cohorts and how they handle exposure time."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = (
    Reference(
        "anderson1983",
        "Anderson JR, Cain KC, Gelber RD",
        1983,
        "Analysis of survival by tumor response",
        "Journal of Clinical Oncology 1:710-719",
        "10.1200/JCO.1983.1.11.710",
    ),
    Reference(
        "hernan2016",
        "Hernan MA, Robins JM",
        2016,
        "Using big data to emulate a target trial when a randomized trial is not available",
        "American Journal of Epidemiology 183:758-764",
        "10.1093/aje/kwv254",
    ),
    Reference(
        "levesque2010",
        "Levesque LE, Hanley JA, Kezouh A, Suissa S",
        2010,
        "Problem of immortal time bias in cohort studies: example using statins for preventing "
        "progression of diabetes",
        "BMJ 340:b5087",
        "10.1136/bmj.b5087",
    ),
    Reference(
        "suissa2008",
        "Suissa S",
        2008,
        "Immortal time bias in pharmaco-epidemiology",
        "American Journal of Epidemiology 167:492-499",
        "10.1093/aje/kwm324",
    ),
    Reference(
        "suissa2017",
        "Suissa S, Moodie EEM, Dell'Aniello S",
        2017,
        "Prevalent new-user cohort designs for comparative drug effect studies by "
        "time-conditional propensity scores",
        "Pharmacoepidemiology and Drug Safety 26:459-468",
        "10.1002/pds.4107",
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
        "vanderweele2017",
        "VanderWeele TJ, Ding P",
        2017,
        "Sensitivity analysis in observational research: introducing the E-value",
        "Annals of Internal Medicine 167:268-274",
        "10.7326/M16-2607",
    ),
    Reference(
        "vanderweele2020",
        "VanderWeele TJ",
        2020,
        "Optimal approximate conversions of odds ratios and hazard ratios to risk ratios",
        "Biometrics 76:746-752",
        "10.1111/biom.13197",
    ),
)
