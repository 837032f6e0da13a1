"""A model is read whole, or every problem of it is named."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from zipfile import Path as ZipPath
from zipfile import ZipFile

import numpy as np
import pytest
from tests.mechanism.models.conftest import DRUGX, Changed, rehash

from equipoise.errors import InputError
from equipoise.mechanism.formulas import evaluate, machine_code, parse_unit
from equipoise.mechanism.models import MechanismModel, read_model

PARAMETERS, STATES, EQUATIONS = "parameters.csv", "states.csv", "equations.csv"


def test_the_parts_of_a_model(drugx: MechanismModel) -> None:
    assert drugx.name == "drugx"
    assert drugx.names_of_states == ("Gut", "Cen", "Ab", "Sig", "Act", "Cells")
    assert drugx.values.shape == (23,)
    assert drugx.values[drugx.index("weight_exp")] == 0.75
    assert drugx.parameters[drugx.index("ka")].high == 3.0
    assert list(drugx.assignments) == ["cl", "conc", "growth", "cure"]
    assert drugx.quasi_steady_order == ("Sig", "Act")
    assert {block: len(states) for block, states in drugx.blocks.items()} == {
        "oral": 2,
        "antibody": 1,
    }
    assert drugx.unit_of("conc").same(parse_unit("mg/L"))
    assert drugx.unit_of("cl").same(parse_unit("L/day"))
    assert drugx.unit_of("growth").same(parse_unit("1/day"))
    assert len(drugx.digest) == 64


def test_it_compiles_to_the_rates_that_stand_in_the_equations(drugx: MechanismModel) -> None:
    slots = {name: (0, k) for k, name in enumerate(drugx.names_of_states)}
    slots |= {name: (1, k) for k, name in enumerate(drugx.names_of_parameters)}
    lets = list(drugx.assignments.items())
    code = machine_code({"rates": list(drugx.rates.values())}, slots, lets)
    x = np.array([500.0, 90.0, 400.0, 0.6, 0.4, 1e9])
    p = dict(zip(drugx.names_of_parameters, drugx.values, strict=True))
    cl = p["CL"] * 24.0
    level = 1.0 + (90.0 / 200.0 / 0.5) ** 1.3
    kill = 0.1 * np.sqrt(400.0 / 490.0)
    wanted = [
        -1.2 * 24.0 * 500.0,
        1.2 * 24.0 * 500.0 - cl / 200.0 * 90.0,
        -8.0 * 400.0 / (90.0 + 400.0),
        100.0 * (1.0 / level - 0.6),
        100.0 * (0.5 * 0.6 + 0.5 * np.exp(-400.0 / 90.0) - 0.4),
        (0.02 * 0.4 - kill) * 1e9 - 0.001 * 1e9,
    ]
    np.testing.assert_allclose(code("rates", x, drugx.values), wanted, rtol=1e-13)


def test_other_values_share_the_digest(drugx: MechanismModel) -> None:
    other = drugx.with_values({"CL": 35.0, "weight": 50})
    assert other.values[other.index("CL")] == 35.0
    assert drugx.values[drugx.index("CL")] == 20.0
    assert other.digest == drugx.digest
    assert other.rates is drugx.rates
    unchanged = np.delete(other.values, [other.index("CL"), other.index("weight")])
    assert set(unchanged) <= set(drugx.values)


def test_values_cannot_be_written_into(drugx: MechanismModel) -> None:
    with pytest.raises(ValueError, match="read-only"):
        drugx.values[0] = 1.0


def test_unknown_symbols_are_refused_with_names_close_to_them(drugx: MechanismModel) -> None:
    with pytest.raises(InputError) as caught:
        drugx.with_values({"k_gorw": 1.0, "CL": float("nan"), "xyz": 2.0})
    assert [(p.row, p.value) for p in caught.value.problems] == [
        ("", "k_gorw"),
        ("", "xyz"),
        ("CL", "nan"),
    ]
    assert "Did you mean k_grow" in str(caught.value)
    with pytest.raises(InputError, match="Did you mean IC50"):
        drugx.index("IC5")
    with pytest.raises(InputError, match="Did you mean conc"):
        drugx.unit_of("conk")


def test_it_can_be_sent_to_a_worker(drugx: MechanismModel) -> None:
    sent = pickle.loads(pickle.dumps(drugx))
    assert sent.digest == drugx.digest
    assert dict(sent.rates) == dict(drugx.rates)
    assert sent.values.tolist() == drugx.values.tolist()


def test_it_is_read_from_a_zip(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "case.zip", "w") as archive:
        for file in sorted((DRUGX / "mechanism").iterdir()):
            archive.write(file, f"mechanism/{file.name}")
    model = read_model(ZipPath(tmp_path / "case.zip") / "mechanism")
    assert len(model.states) == 6


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "field", "value"),
    [
        (PARAMETERS, "V,volume,200,L", "V,volume,,L", "V", "value", ""),
        (PARAMETERS, "V,volume,200,L", "V,volume,2e999,L", "V", "value", "2e999"),
        (PARAMETERS, "V,volume,200,L", "V,volume,two,L", "V", "value", "two"),
        (PARAMETERS, "V,volume,200,L", "V,volume,2_0,L", "V", "value", "2_0"),
        (PARAMETERS, "V,volume,200,L", "V,volume,200,litre", "V", "", "litre"),
        (PARAMETERS, "V,volume,200,L", "V,volume,200,", "V", "unit", ""),
        (
            PARAMETERS,
            "constant,printed,https://example.org/a,V/F 200 L",
            "constant,printed,,V/F 200 L",
            "V",
            "source_url",
            "",
        ),
        (PARAMETERS, "V/F 200 L", "", "V", "quote", ""),
        (PARAMETERS, "V/F 200 L,low", "V/F 200 L,", "V", "confidence", ""),
        (PARAMETERS, "by definition", "", "hours_per_day", "quote", ""),
        (
            PARAMETERS,
            "constant,printed,https://example.org/a,V/F 200 L,low",
            "constant,,,,",
            "V",
            "standing",
            "",
        ),
        (PARAMETERS, "ka,absorption,1.2", "ka,absorption,0.2", "ka", "value", "0.2"),
        (PARAMETERS, "ka,absorption,1.2", "ka,absorption,12", "ka", "value", "12"),
        (PARAMETERS, "fitted,fitted,,,,\nhill", "free,fitted,,,,\nhill", "IC50", "role", "free"),
        (PARAMETERS, "1.3,1,,,,", "1.3,1,-5,,,", "hill", "cv_percent", "-5"),
        (PARAMETERS, "half,share", "hill,share", "hill", "symbol", "hill"),
        (PARAMETERS, "half,share", "2half,share", "2half", "symbol", "2half"),
        (PARAMETERS, "half,share", "in,share", "in", "symbol", "in"),
        (PARAMETERS, "half,share", "exp,share", "exp", "symbol", "exp"),
        (STATES, "Ab,antibody,mg", "Ab,antibody,mgg", "Ab", "", "mgg"),
        (STATES, "integrated", "slow", "Cells", "role", "slow"),
        (STATES, "exact,oral\nAb", "exact,\nAb", "Cen", "block", ""),
        (STATES, "integrated,", "integrated,oral", "Cells", "block", "oral"),
        (STATES, "stiff,antibody", "stiff,oral", "Ab", "role", "stiff"),
        (STATES, "Ab,antibody", "Cen,antibody", "Cen", "name", "Cen"),
        (EQUATIONS, "rate,Ab", "speed,Ab", "speed", "kind", "speed"),
        (EQUATIONS, "conc,Cen/V", "conc,Cen/V)", "assignment of conc", "'Cen/V)' character 6", ")"),
        (EQUATIONS, "conc,Cen/V", "conc,Cen/Vol", "assignment of conc", "", "Vol"),
        (EQUATIONS, "conc,Cen/V", "V,Cen/V", "assignment of V", "name", "V"),
        (EQUATIONS, "rate,Gut", "rate,Gutt", "rate of Gut", "", ""),
        (EQUATIONS, "initial,Sig,1\n", "", "initial of Sig", "", ""),
        (EQUATIONS, "initial,Sig,1\n", "initial,Sig,1\ninitial,Sig,2\n", "initial of Sig", "", "2"),
        (EQUATIONS, "initial,Sig,1", "initial,Sig,Act", "initial of Sig", "Act", "Act"),
        (EQUATIONS, "initial,Sig,1", "initial,Sig,conc*0", "initial of Sig", "conc*0", "Cen"),
        (
            EQUATIONS,
            "initial,Sig,1",
            "initial,Sig,1/in_a",
            "initial of Sig",
            "'1/in_a'",
            "the unit day/mg",
        ),
        (
            EQUATIONS,
            "initial,Sig,1",
            "initial,Sig,log(-half)",
            "initial of Sig",
            "log(-half)",
            "nan",
        ),
        (
            EQUATIONS,
            "*hours_per_day*Gut\nrate,Cen",
            "*24*Gut\nrate,Cen",
            "rate of Gut",
            "'-ka*24*Gut'",
            "the unit mg/h",
        ),
        (EQUATIONS, "conc,Cen/V", "conc,Cen*V", "rate of Sig", "'conc/IC50'", "the unit L^2"),
        (
            EQUATIONS,
            "cure,exp(-Cells*10^shift/cells_unit)",
            "cure,exp(-Cells)",
            "assignment of cure",
            "'-Cells'",
            "the unit cell",
        ),
    ],
)
def test_what_is_wrong_is_named(
    changed: Changed, file: str, old: str, new: str, row: str, field: str, value: str
) -> None:
    problems = changed((file, old, new))
    found = [p for p in problems if row in p.row and field in p.field and p.value == value]
    assert found, "\n".join(map(str, problems))
    assert all(p.file == f"mechanism/{file}" and p.allowed and p.action for p in found)


def test_problems_of_every_file_come_together(changed: Changed) -> None:
    problems = changed(
        (PARAMETERS, "V,volume,200,L", "V,volume,200,litre"),
        (PARAMETERS, "constant,printed,https://example.org/b,Vmax", "constant,printed,,Vmax"),
        (STATES, "Ab,antibody,mg", "Ab,antibody,mgg"),
        (EQUATIONS, "conc,Cen/V", "conc,Cen/(V"),
        hashes=False,
    )
    assert {p.file.removeprefix("mechanism/") for p in problems} == {PARAMETERS, STATES, EQUATIONS}
    assert sum("SHA-256" in p.allowed for p in problems) == 1
    assert len(problems) == 5


def test_clashes_of_every_equation_come_together(changed: Changed) -> None:
    problems = changed(
        (EQUATIONS, "ka*hours_per_day*Gut", "ka*Gut"),
        (EQUATIONS, "in_a - Vmax*Ab/(Km*V_a + Ab)", "in_a - Vmax*Ab/(Km + Ab)/V_a"),
    )
    assert [(p.row, p.field, p.value) for p in problems] == [
        ("rate of Gut", "'-ka*Gut'", "the unit mg/h"),
        ("rate of Cen", "'cl/V*Cen'", "the unit mg/day"),
        ("rate of Ab", "'Ab'", "the unit mg"),
    ]


def test_a_mistyped_name_is_answered_with_the_right_one(changed: Changed) -> None:
    problems = changed((EQUATIONS, "k_grow*Act", "k_gorw*Act"))
    assert [(p.value, p.action[:19]) for p in problems] == [("k_gorw", "Did you mean k_grow")]


@pytest.mark.parametrize("name", ["model.xml", EQUATIONS])
def test_a_file_that_is_not_as_built_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes() + b"\n")
    with pytest.raises(InputError) as caught:
        read_model(folder)
    (problem,) = caught.value.problems
    assert (problem.file, problem.allowed) == (f"mechanism/{name}", "the SHA-256 in model.sha256")
    rehash(folder)
    assert len(read_model(folder).states) == 6


@pytest.mark.parametrize("name", ["model.xml", "model.sha256", EQUATIONS, PARAMETERS, STATES])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InputError, match=f"mechanism/{name}: allowed: an existing file"):
        read_model(folder)


@pytest.mark.parametrize("name", ["model.xml", EQUATIONS, PARAMETERS, STATES])
def test_a_file_too_large_is_not_opened(folder: Path, name: str) -> None:
    os.truncate(folder / name, 20_000_000)
    with pytest.raises(InputError, match=f"mechanism/{name}: found '20,000,000 bytes'"):
        read_model(folder)


def test_a_table_too_long_is_refused(changed: Changed, folder: Path) -> None:
    lines = "".join(f"X{k},x,mg,integrated,\n" for k in range(501))
    problems = changed((STATES, "Cells,", lines + "Cells,"))
    assert any(p.value == "507 rows" for p in problems)


def test_values_at_the_start_are_worked_out(drugx: MechanismModel) -> None:
    values = dict(zip(drugx.names_of_parameters, drugx.values, strict=True))
    assert evaluate(drugx.initials["Cells"], values) == 0.99e9
