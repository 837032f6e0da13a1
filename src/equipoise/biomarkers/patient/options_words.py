"""What a patient of a case can be told by, in words."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.biomarkers.patient.baseline_table import BaselineRow
from equipoise.biomarkers.patient.patient_json import RESEARCH_USE
from equipoise.biomarkers.patient.patient_options import PatientOption
from equipoise.biomarkers.patient.patient_words import wrapped


def options_text(
    case: str,
    options: Sequence[PatientOption],
    baselines: Sequence[BaselineRow],
    outcome: str,
) -> str:
    """List every option of a case with its allowed values, and the patients it can answer for."""
    lines = [f"equipoise patient {case} --NAME=VALUE ... [--json]", RESEARCH_USE, ""]
    roles = {
        "effect": "needed: the effect depends on it",
        "baseline": "changes the risk without the drug",
        "marker": "may change the effect; leave it out if unknown",
    }
    for option in options:
        lines.append(f"--{option.name}: {option.label} ({roles[option.role]})")
        lines.append(wrapped(option.allowed(), "    "))
        for name, label in option.levels if option.measured is None else ():
            if name.casefold() != label.casefold():
                lines.append(f"      {name}: {label}")
    lines += ["", f"Patients for whom a risk was read ({outcome}):"]
    read = (f"{row.cells()}: {row.study}" for row in baselines if row.outcome == outcome)
    lines += [wrapped(line, "    ") for line in dict.fromkeys(read)]
    return "\n".join(lines)
