"""Papers on cohorts and how they handle exposure time."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = (
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
)
