"""Exchange: SBML in; SBML, SED-ML and PEtab in a COMBINE archive out (extra `mechanism`)."""

from equipoise.mechanism.standards.archive_parts import (
    FitParameter,
    Measurement,
    Observable,
    TimeCourse,
)
from equipoise.mechanism.standards.archive_reading import ReadArchive, read_archive
from equipoise.mechanism.standards.archive_writing import export_archive
from equipoise.mechanism.standards.dose_changes import DoseChange
from equipoise.mechanism.standards.dose_events import DosedModel, with_dose_events
from equipoise.mechanism.standards.sbml_model import (
    SbmlModel,
    parse_sbml,
    read_sbml,
    with_values,
)
from equipoise.mechanism.standards.sbml_simulation import simulate_sbml

__all__ = [
    "DoseChange",
    "DosedModel",
    "FitParameter",
    "Measurement",
    "Observable",
    "ReadArchive",
    "SbmlModel",
    "TimeCourse",
    "export_archive",
    "parse_sbml",
    "read_archive",
    "read_sbml",
    "simulate_sbml",
    "with_dose_events",
    "with_values",
]
