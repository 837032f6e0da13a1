"""Fix the systemic effects of the drug by printed ratios of biomarkers."""

from __future__ import annotations

from dataclasses import replace

from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.rivals import SystemicFit, SystemicTarget, fit_systemic

HALF_YEAR = 182.0
"""Day of the printed ratios: six months."""


def with_systemic(case: CaseModel, plan: MechanismPlan) -> tuple[CaseModel, SystemicFit]:
    """Solve each parameter of `plan.systemic` for the typical patient, who takes every dose.

    Returns
    -------
    CaseModel, SystemicFit
        The case with the solved values in its model, and how they were found.
    """
    targets = [
        SystemicTarget(row.parameter, row.state, case.target(row.target).value or float("nan"))
        for row in plan.systemic
    ]
    drug = case.regimens[plan.drug]
    fit = fit_systemic(case.model, case.drugs, drug, targets, case.model.values, HALF_YEAR)
    values = dict(zip(fit.parameters, fit.values, strict=True))
    return replace(case, model=case.model.with_values(values)), fit
