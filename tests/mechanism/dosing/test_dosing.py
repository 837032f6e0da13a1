"""Doses: units, salt and base, counts, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.mechanism.dosing import (
    Dose,
    Drug,
    Regimen,
    amount_given,
    combined,
    read_drugs,
    read_regimens,
    schedule,
)

DRUGS = """drug,state,input,unit,salt_factor,lag_hours,molar_mass,note
oral,gut,,mg,0.780,0.5,129.16,counted as base
mab,central,in_mab,mg,,,148000,
taxane,tube,in_taxane,umol,,,853.9,
cyto,left,,cycle,,,,no kinetics
"""
HEADER = (
    "regimen,drug,amount,unit,form,route,infusion_hours,start_day,every_days,doses,"
    "adherence,source_url,quote\n"
)
TABLE = HEADER + (
    "TH,taxane,80,mg/m2,,iv,1,0,7,12,,,\n"
    "TH,mab,8,mg/kg,,iv,1.5,0,,1,,,\n"
    "TH,mab,6,mg/kg,,iv,0.5,21,21,7,,,\n"
    "oral,oral,850,mg,salt,oral,,0,0.5,336,stop_day,,\n"
)


@dataclass(frozen=True)
class Names:
    """What a schedule needs of a model."""

    names_of_states: tuple[str, ...] = ("gut", "central", "tube", "left")
    names_of_parameters: tuple[str, ...] = (
        *("in_mab", "weight", "in_taxane", "surface_area", "stop_day"),
    )


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.fixture
def drugs(tmp_path: Path) -> dict[str, Drug]:
    return read_drugs(written(tmp_path, "drugs.csv", DRUGS))


def regimens(tmp_path: Path, drugs: dict[str, Drug], text: str = TABLE) -> dict[str, Regimen]:
    return read_regimens(written(tmp_path, "regimens.csv", text), drugs)


ORAL = Drug("oral", "gut", "", "mg", salt_factor=0.780, molar_mass=129.16)


@pytest.mark.parametrize(
    ("dose", "unit", "expected"),
    [
        (Dose("oral", 850.0, "mg", "salt", "oral"), "mg", 850 * 0.780),
        (Dose("oral", 850.0, "mg", "base", "oral"), "mg", 850.0),
        (Dose("oral", 0.85, "g", "salt", "oral"), "mg", 850 * 0.780),
        (Dose("oral", 850e3, "ug", "salt", "oral"), "mg", 850 * 0.780),
        (Dose("oral", 850.0, "mg", "salt", "oral"), "umol", 850 * 0.780 / 129.16 * 1e3),
        (Dose("oral", 5133.0, "umol", "salt", "oral"), "umol", 5133.0),
        (Dose("oral", 5.133, "mmol", "base", "oral"), "mg", 5.133 * 129.16),
    ],
)
def test_a_dose_becomes_an_amount_of_base(dose: Dose, unit: str, expected: float) -> None:
    assert amount_given(dose, replace(ORAL, unit=unit)).amount == pytest.approx(expected, rel=1e-14)


def test_the_salt_factor_is_the_ratio_of_molar_masses() -> None:
    # Hydrochloride 165.62 g/mol, base 129.16 g/mol.
    assert pytest.approx(129.16 / 165.62, abs=5e-4) == 0.780


def test_a_dose_per_kilogram_names_what_multiplies_it() -> None:
    taxane = Drug("taxane", "tube", "in", "umol", molar_mass=853.9)
    given_amount = amount_given(Dose("taxane", 80.0, "mg/m2"), taxane)
    assert given_amount.scaling == "surface_area"
    assert given_amount.amount == pytest.approx(80e3 / 853.9)
    mab = Drug("mab", "central", "in", "mg")
    assert amount_given(Dose("mab", 8.0, "mg/kg"), mab).scaling == "weight"


@pytest.mark.parametrize(
    ("dose", "drug", "field"),
    [
        (Dose("oral", 850.0, "mg", "", "oral"), ORAL, "form"),
        (Dose("mab", 8.0, "mg", "salt"), Drug("mab", "c", "", "mg"), "form"),
        (Dose("mab", 8.0, "mg", "ester"), Drug("mab", "c", "", "mg"), "form"),
        (Dose("mab", 8.0, "mg/lb"), Drug("mab", "c", "", "mg"), "unit"),
        (Dose("mab", 8.0, "umol"), Drug("mab", "c", "", "mg"), "unit"),
        (Dose("mab", 8.0, "mg"), Drug("mab", "c", "", "cycle"), "unit"),
        (Dose("mab", 8.0, "mg", infusion_hours=1.0), Drug("mab", "c", "", "mg"), "infusion_hours"),
        (Dose("mab", 8.0, "mg"), Drug("mab", "", "in", "mg"), "infusion_hours"),
    ],
)
def test_a_dose_that_does_not_fit_its_drug_is_refused(dose: Dose, drug: Drug, field: str) -> None:
    with pytest.raises(InputError) as refused:
        amount_given(dose, drug)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_twelve_weekly_doses_are_twelve_and_24_weeks_twice_a_day_336(
    tmp_path: Path, drugs: dict[str, Drug]
) -> None:
    both = combined(regimens(tmp_path, drugs), "TH + oral")
    made = schedule(both, drugs, Names(), 168.0)
    assert (made.count("taxane"), made.count("mab"), made.count("oral")) == (12, 8, 336)
    assert made.times.size == 356
    assert np.all(np.diff(made.times) >= 0.0)
    assert made.taken[np.array(made.drugs) == "oral"].tolist() == [0.5 * i for i in range(336)]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 400), st.floats(0.05, 30.0), st.floats(0.0, 50.0))
def test_every_dose_is_given_once(doses: int, every: float, start: float) -> None:
    dose = Dose("oral", 1.0, "mg", "base", "oral", 0.0, start, every, doses)
    made = schedule(Regimen("r", (dose,)), {"oral": ORAL}, Names(), start + every * doses)
    assert made.count("oral") == doses
    fewer = schedule(Regimen("r", (dose,)), {"oral": ORAL}, Names(), start + every * (doses - 0.5))
    assert fewer.count("oral") == doses


def test_a_dose_due_at_the_end_is_not_given(tmp_path: Path, drugs: dict[str, Drug]) -> None:
    made = schedule(regimens(tmp_path, drugs)["TH"], drugs, Names(), 77.0)
    assert made.count("taxane") == 11


def test_a_schedule_says_where_each_dose_enters(tmp_path: Path, drugs: dict[str, Drug]) -> None:
    both = combined(regimens(tmp_path, drugs), "TH+oral")
    frame = schedule(both, drugs, Names(), 0.4).to_frame().set_index("drugs")
    assert frame.loc["oral", "targets"] == 0
    assert frame.loc["oral", "times"] == pytest.approx(0.5 / 24)
    assert frame.loc["oral", ["taken", "scaling", "until"]].tolist() == [0.0, -1, 4]
    assert frame.loc["taxane", ["targets", "scaling", "until"]].tolist() == [4 + 2, 3, -1]
    assert frame.loc["mab", ["durations", "amounts", "scaling"]].tolist() == [1.5 / 24, 8.0, 1]


def test_all_that_is_wrong_with_a_table_is_said_at_once(
    tmp_path: Path, drugs: dict[str, Drug]
) -> None:
    text = HEADER + (
        "A,taxame,80,mg/m2,,iv,1,0,7,12,,,\n"
        "A,mab,-8,mg/kg,,iv,1,0,21,1,,,\n"
        "A,mab,8,mg/lb,,iv,1,0,21,0,,,\n"
        "A,mab,8,mg,,mouth,1,0,,3,,,\n"
        "A,oral,850,mg,,oral,1,0,0.5,2.5,,,\n"
        "A,oral,850,mg,salt,oral,0,0,0.5,1e9,,,\n"
    )
    with pytest.raises(InputError) as refused:
        regimens(tmp_path, drugs, text)
    found = [(problem.row[5:], problem.field) for problem in refused.value.problems]
    assert found == [
        ("2", "drug"),
        ("3", "amount"),
        ("4", "doses"),
        ("4", "unit"),
        ("5", "route"),
        ("5", "every_days"),
        ("6", "doses"),
        ("6", "form"),
        ("6", "infusion_hours"),
        ("7", "doses"),
    ]
    assert "Did you mean taxane?" in str(refused.value)


def test_drugs_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    text = (
        "drug,state,input,unit,salt_factor,lag_hours,molar_mass,note\n"
        "a,,,mg,,,,\n"
        "b,s,,mgg,1.2,-1,0,\n"
        "b,s,,mg,,,,\n"
    )
    with pytest.raises(InputError) as refused:
        read_drugs(written(tmp_path, "drugs.csv", text))
    fields = [problem.field for problem in refused.value.problems]
    assert fields == ["state", "unit", "salt_factor", "lag_hours", "molar_mass", "drug"]


def test_a_model_that_lacks_what_a_regimen_needs_is_named(drugs: dict[str, Drug]) -> None:
    doses = (
        Dose("taxane", 80.0, "mg/m2", infusion_hours=1.0, adherence="stop"),
        Dose("cyto", 1.0, "cycle"),
        Dose("oral", -1.0, "mg", "base", "oral", doses=0),
        Dose("unknown", 1.0, "mg"),
    )
    model = Names(("gut",), ("weight",))
    with pytest.raises(InputError) as refused:
        schedule(Regimen("r", doses), drugs, model, 10.0)
    fields = [problem.field for problem in refused.value.problems]
    assert fields == ["adherence", "unit", "input", "state", "amount", "doses", "drug"]
    with pytest.raises(InputError, match="days"):
        schedule(Regimen("r", ()), drugs, model, 0.0)


def test_names_with_a_plus_are_found_whole() -> None:
    known = {
        name: Regimen(name, (Dose(name, 1.0, "mg"),)) for name in ("T-DM1+P", "P", "drug", "T-DM1")
    }
    assert combined(known, "T-DM1+P+drug").drugs == ("T-DM1+P", "drug")
    assert combined(known, "T-DM1 + drug + P").drugs == ("T-DM1", "drug", "P")


def test_unknown_names_are_refused_with_near_matches() -> None:
    known = {name: Regimen(name, ()) for name in ("TCHP", "TH")}
    with pytest.raises(InputError) as refused:
        combined(known, "TCPH+TH+TH+")
    problems = refused.value.problems
    assert [problem.value for problem in problems] == ["TCPH", "TH", ""]
    assert "Did you mean TCHP" in problems[0].action
