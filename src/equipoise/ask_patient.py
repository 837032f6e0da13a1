"""Ask a case about one patient: load it, read the words, answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from equipoise.biomarkers.patient import (
    comparison_of,
    options_of,
    options_text,
    patient_answer,
    patient_benefit,
    patient_text,
    read_patient,
)
from equipoise.case import load_case
from equipoise.errors import UsageError

HELP = {"--help", "-h"}


def ask_patient(reference: str, words: Sequence[str]) -> tuple[dict[str, Any] | None, str]:
    """Answer for one patient as plain data and in words; None and the options for ``--help``.

    Parameters
    ----------
    reference : str
        Name of a packaged case, or its folder.
    words : sequence of str
        ``--NAME=VALUE``, with the names of the case.

    Raises
    ------
    UsageError
        When the case says nothing of single patients.
    InputError
        With everything that is wrong with the case or with the words.
    """
    case = load_case(reference)
    if case.patient is None:
        raise UsageError(f"{case.name} has no [patient] section: docs/case.md describes it.")
    asked = comparison_of(case.patient, case.plan)
    options = options_of(case.patient, case.question, asked)
    if HELP & set(words):
        return None, options_text(reference, options, case.baselines, asked.outcome)
    told = read_patient(words, options, asked, case.baselines)
    found = patient_benefit(
        told, case.patient, case.question, case.plan, case.evidence, case.baselines
    )
    text = patient_text(found, case.patient, case.question, options)
    return patient_answer(found, case.patient, case.name), text
