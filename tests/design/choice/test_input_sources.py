"""Every number of the design slice with its source, and which of them nobody read anywhere."""

import pytest
from tests.design.conftest import number, trial

from equipoise.design.choice import plan_inputs


@pytest.fixture
def listed(make_plan):
    read = {"value": 0.3, "source": "a paper"}
    plan = make_plan(
        trial("one", control_risk=read),
        markers=[{"axis": "g", "level": "yes", "prevalence": read}],
        budget=number(6e7),
    )
    return plan_inputs(plan)


def test_each_number_stands_once_in_its_part(listed):
    names = [(one.part, one.name, one.value) for one in listed]
    assert names[0] == ("all studies", "between_trial_sd", 0.16)
    assert ("decision", "decision.harms", 900.0) in names
    assert ("marker g", "markers.g.prevalence", 0.3) in names
    assert ("all studies", "budget", 6e7) in names
    assert ("Trial one", "candidates.one.fixed_cost", 1e6) in names
    assert [v for part, name, v in names if name == "link.r_squared"] == [0.03, 0.24, 0.63]
    # 1 spread, 3 of the decision, 4 of the stake, 5 of the link, 1 marker, 1 budget, 6 of the trial
    assert len(names) == 21


def test_what_is_assumed_is_told_from_what_was_read(listed):
    read = [one.name for one in listed if not one.assumed]
    assert read == ["markers.g.prevalence", "candidates.one.control_risk"]
    assert all(one.meaning and not one.meaning.endswith(".") for one in listed)
