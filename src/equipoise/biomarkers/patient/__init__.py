"""One patient: absolute benefit and harm, and how much of the answer is prior."""

from equipoise.biomarkers.patient.absolute_benefit import (
    AbsoluteBenefit,
    BaselineRisk,
    VarianceSplit,
)
from equipoise.biomarkers.patient.baseline_table import FILE as BASELINE_FILE
from equipoise.biomarkers.patient.baseline_table import (
    BaselineRow,
    baseline_levels,
    read_baselines,
)
from equipoise.biomarkers.patient.case_effects import comparison_of
from equipoise.biomarkers.patient.effect_mixture import EffectMixture
from equipoise.biomarkers.patient.icon_arrays import IconArray, icon_array
from equipoise.biomarkers.patient.options_words import options_text
from equipoise.biomarkers.patient.patient_benefits import (
    PatientBenefit,
    patient_benefit,
    prior_share,
)
from equipoise.biomarkers.patient.patient_json import patient_answer
from equipoise.biomarkers.patient.patient_options import (
    Patient,
    PatientOption,
    options_of,
    read_patient,
)
from equipoise.biomarkers.patient.patient_plan import PatientPlan, patient_problems
from equipoise.biomarkers.patient.patient_words import patient_text

__all__ = [
    "BASELINE_FILE",
    "AbsoluteBenefit",
    "BaselineRisk",
    "BaselineRow",
    "EffectMixture",
    "IconArray",
    "Patient",
    "PatientBenefit",
    "PatientOption",
    "PatientPlan",
    "VarianceSplit",
    "baseline_levels",
    "comparison_of",
    "icon_array",
    "options_of",
    "options_text",
    "patient_answer",
    "patient_benefit",
    "patient_problems",
    "patient_text",
    "prior_share",
    "read_baselines",
    "read_patient",
]
