"""Papers on biomarkers: phenotypes, pathway scores, interactions and one patient's benefit."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = (
    Reference(
        "dempster1977",
        "Dempster AP, Laird NM, Rubin DB",
        1977,
        "Maximum likelihood from incomplete data via the EM algorithm",
        "Journal of the Royal Statistical Society B 39:1-38",
        "10.1111/j.2517-6161.1977.tb01600.x",
    ),
    Reference(
        "hanley1982",
        "Hanley JA, McNeil BJ",
        1982,
        "The meaning and use of the area under a receiver operating characteristic (ROC) curve",
        "Radiology 143:29-36",
        "10.1148/radiology.143.1.7063747",
    ),
    Reference(
        "parker2009",
        "Parker JS, Mullins M, Cheang MCU, and others",
        2009,
        "Supervised risk predictor of breast cancer based on intrinsic subtypes",
        "Journal of Clinical Oncology 27:1160-1167",
        "10.1200/JCO.2008.18.1370",
    ),
    Reference(
        "zhao2015",
        "Zhao X, Rødland EA, Tibshirani R, Plevritis S",
        2015,
        "Molecular subtyping for clinically defined breast cancer subgroups",
        "Breast Cancer Research 17:29",
        "10.1186/s13058-015-0520-4",
    ),
)
