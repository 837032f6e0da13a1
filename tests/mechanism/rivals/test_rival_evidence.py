from __future__ import annotations

import math
from pathlib import Path

import pytest

from equipoise.errors import InputError
from equipoise.mechanism.dosing import Regimen
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.rivals import RivalEvidence, read_rival_evidence

HEADER = (
    "id,study,design,n,readout,stratum,regimen,days,kind,value,low,high,p_value,source_url,"
    "quote,note\n"
)
END = ",https://example.org,words,\n"


def test_a_ratio_has_the_standard_error_of_its_interval(
    evidence: tuple[RivalEvidence, ...],
) -> None:
    row = evidence[0]
    assert row.log_ratio == math.log(0.6)
    assert row.log_se == pytest.approx(math.log(0.8 / 0.45) / 3.919927969, rel=1e-9)
    assert evidence[5].log_ratio == 0.0
    assert math.isnan(evidence[5].log_se)
    assert [r.single_arm for r in evidence] == [False, False, True, True, True, True]


def test_every_problem_of_the_table_is_reported(
    folder: Path, pill: MechanismModel, regimens: dict[str, Regimen]
) -> None:
    file = folder / "rival_evidence.csv"
    file.write_text(
        HEADER
        + "a,One,randomised,,Grov,all,daily,28,ratio,0.6,0.45,0.8,"
        + END
        + "b,One,single arm,,Grow,index > x,dayly,28,ratio,0.9,0.95,0.8,"
        + END
        + "c,Two,randomised,,Sig,weight > 3,daily,28,sign,0.5,,,"
        + END
        + "c,Two,randomised,,Sig,all,daily,28,no change,,,,"
        + END
        + "d,Two,cohort,,Sig,all,daily,-1,ratio,0.5,,,2"
        + END
        + "e,Two,randomised,,Sig,all,daily,28,ratio,,0.2,,"
        + END
    )
    with pytest.raises(InputError) as found:
        read_rival_evidence(file, pill, regimens)
    said = {(p.row, p.field) for p in found.value.problems}
    assert said == {
        ("a", "readout"),
        ("b", "design"),
        ("b", "stratum"),
        ("b", "regimen"),
        ("b", "value, low, high"),
        ("c", "value"),
        ("c", "p_value"),
        ("c", "stratum"),
        ("c", "n"),
        ("c", "id"),
        ("e", "value, low, high"),
        ("line 6 (d)", "design"),
        ("line 6 (d)", "days"),
        ("line 6 (d)", "p_value"),
    }
    near = next(p.action for p in found.value.problems if p.field == "readout")
    assert "Grow" in near


def test_an_empty_table_is_a_problem(
    folder: Path, pill: MechanismModel, regimens: dict[str, Regimen]
) -> None:
    file = folder / "rival_evidence.csv"
    file.write_text(HEADER)
    with pytest.raises(InputError, match="at least one row"):
        read_rival_evidence(file, pill, regimens)
