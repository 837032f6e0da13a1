"""Arms of one virtual population, each simulated when first asked for."""

from __future__ import annotations

from equipoise.mechanism.arm_integrals import arm_integrals
from equipoise.mechanism.calibration.kill_integrals import KillIntegrals
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.population import VirtualPopulation


class ArmStore:
    """Integrals of the arms of one population, simulated when first asked for."""

    def __init__(
        self, case: CaseModel, plan: MechanismPlan, population: VirtualPopulation, workers: int
    ) -> None:
        self.case, self.plan, self.population, self.workers = case, plan, population, workers
        self.failed = 0
        self._known: dict[tuple[str, float], KillIntegrals] = {}

    def arm(self, regimen: str, burden_ratio: float = 1.0) -> KillIntegrals:
        """Integrals of a regimen."""
        key = (regimen, burden_ratio)
        if key not in self._known:
            whole = self.whole(regimen, burden_ratio)
            self._known[key] = whole.kept()
            self.failed += len(whole.cells) - len(self._known[key].cells)
        return self._known[key]

    def whole(self, regimen: str, burden_ratio: float = 1.0) -> KillIntegrals:
        """Integrals of a regimen, patients whose solution failed among them."""
        return arm_integrals(
            self.case,
            self.plan.kill,
            regimen,
            self.population,
            burden_ratio=burden_ratio,
            workers=self.workers,
        )
