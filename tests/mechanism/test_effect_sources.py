"""What carries the effect in the worked case: a rival's own numbers, and no other's."""

from __future__ import annotations

import numpy as np
import pytest
from tests.mechanism.case_questions import asked

from equipoise.mechanism.effect_sources import COEFFICIENTS, PATIENT, effect_sources


@pytest.mark.slow
def test_a_rival_rests_on_its_own_numbers(root):
    a = asked(root)
    direct = a.rivals[a.plan.drive.rival]
    found = effect_sources(
        *(a.case, a.plan, a.calibration, a.setting, a.patients, direct, 3), size=4
    )
    assert found.effect.points == 4 * (len(a.plan.uncertain) + 2 + 2)
    assert {row.name for row in found.effect.factors} == {*a.plan.uncertain, COEFFICIENTS, PATIENT}
    total = {row.name: row.total for row in found.effect.factors}
    assert total["w_insulin"] == pytest.approx(0.0, abs=1e-6)
    assert total["e_immune"] == pytest.approx(0.0, abs=1e-6)
    assert total[COEFFICIENTS] == pytest.approx(0.0, abs=1e-6)  # one draw
    assert total["gain_mtor"] > 0.0
    assert found.effect.mean > 0.0
    assert (found.rank.ranked, found.effect.ranked) == (True, False)
    assert found.rank.mean == found.effect.mean


def test_without_an_edge_nothing_carries_it(root):
    a = asked(root)
    none = next(r for r in a.rivals.values() if not any(r.switches.values()))
    found = effect_sources(*(a.case, a.plan, a.calibration, a.setting, a.patients, none, 3), size=2)
    assert found.effect.sd == pytest.approx(0.0, abs=1e-4)
    assert np.isfinite(found.effect.mean)
