"""Ask a case about arms: load it, check the request, calibrate, simulate, answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from equipoise.case import find_case, load_case
from equipoise.errors import UsageError
from equipoise.mechanism.arms import ArmRequest, arms_text, asked_arms, simulate_arms
from equipoise.mechanism.case_archive import write_case_archive
from equipoise.mechanism.case_model import FOLDER
from equipoise.mechanism.models.model_reading import SBML
from equipoise.report.answers import plain

__all__ = ["ArmRequest", "ask_arms"]


def ask_arms(
    reference: str, request: ArmRequest, say: Callable[[str], None] = lambda step: None
) -> tuple[dict[str, Any], str]:
    """Answer as plain data and in words.

    Parameters
    ----------
    reference : str
        Name of a packaged case, or its folder.
    request : ArmRequest
    say : callable
        Called with the name of each step.

    Raises
    ------
    UsageError
        When the case has no mechanism.
    InputError
        With everything that is wrong with the case or with the request.
    """
    case = load_case(reference)
    if case.mechanism is None or case.model is None:
        raise UsageError(f"{case.name} has no [mechanism] section: docs/case.md describes it.")
    seed = case.identity.seed
    asked = asked_arms(case.model, case.mechanism, request, seed)
    if request.archive is not None:
        say("archive")
        xml = (find_case(reference) / FOLDER / SBML).read_text(encoding="utf-8")
        whole = (asked.regimen, asked.surgery, request.archive)
        write_case_archive(case.model, case.mechanism, xml, *whole)
    found = simulate_arms(case.model, case.mechanism, asked, name=case.name, seed=seed, say=say)
    return plain(found), arms_text(found)
