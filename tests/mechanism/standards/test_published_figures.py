"""What the papers say of their figures, from the files as they are.

Sources, and what could not be reproduced, in validation/mechanism/biomodels/README.md. Where a
figure needs another stimulus than the file holds, a dose at time 0 makes the difference.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from equipoise.mechanism.standards import SbmlModel, read_sbml, simulate_sbml, with_values


def late(model: SbmlModel, **values: float) -> tuple[float, float]:
    """Lowest and highest phosphorylated mTORC1 between 5 and 10 hours."""
    table = simulate_sbml(with_values(model, values), 36000.0, 7201, columns=["pmTORC1"])
    kept = table["pmTORC1"][table["time"] >= 18000.0]
    return float(kept.min()), float(kept.max())


@pytest.fixture
def deptor(published: Path) -> SbmlModel:
    """Varusai 2018, figures 2c and 5a."""
    return read_sbml(published / "BIOMD0000000823_Varusai2018.xml")


def test_it_oscillates_at_the_input_of_figure_2c(deptor: SbmlModel) -> None:
    assert deptor.values["V1"] == "1"
    low, high = late(deptor)
    assert high > 50.0 * low


@pytest.mark.parametrize(
    "value", [{"V1": 0.3}, {"V1": 2.5}, {"k15c": 0.015}, {"k15c": 0.0}], ids=str
)
def test_it_rests_beside_the_oscillations_and_with_a_weak_feedback(
    deptor: SbmlModel, value: dict[str, float]
) -> None:
    low, high = late(deptor, **value)
    assert high - low < 1e-3 * high


def two_ligands(published: Path, without: str, receptors: float = 1.0) -> pd.DataFrame:
    """Birtwistle 2007: the file holds 10 nM of both ligands; one of them is taken out."""
    model = read_sbml(published / "BIOMD0000000175_url.xml")
    doses = [(0.0, without, -10.0), (0.0, "E2", 158.0 * (receptors - 1.0))]
    columns = ["norm_Erk_star", "norm_Akt_star", "MEKstar"]
    table = simulate_sbml(model, 1800.0, 181, doses=doses, columns=columns)
    return table.set_index("time")


def test_either_ligand_and_more_second_receptors(published: Path) -> None:
    """Figure 4C (80 and 50 % of the other ligand's value at 5 minutes) and figure 6A."""
    egf, hrg = two_ligands(published, "H"), two_ligands(published, "E")
    at_5_minutes = egf.loc[300.0] / hrg.loc[300.0]
    assert at_5_minutes["norm_Erk_star"] == pytest.approx(0.80, abs=0.10)
    assert at_5_minutes["MEKstar"] == pytest.approx(0.50, abs=0.05)
    assert (egf.loc[1800.0] / egf.max())["norm_Akt_star"] < 0.5
    assert (hrg.loc[1800.0] / hrg.max())["norm_Akt_star"] > 0.95
    more = two_ligands(published, "H", receptors=5.0)
    assert 1.15 < more["norm_Erk_star"][1800.0] / egf["norm_Erk_star"][1800.0] < 2.0
    assert more["norm_Erk_star"].max() / egf["norm_Erk_star"].max() == pytest.approx(1.0, abs=0.01)
    assert more["norm_Akt_star"].max() < egf["norm_Akt_star"].max()


def test_the_response_hardly_falls_over_a_hundredfold_range(published: Path) -> None:
    """Schoeberl 2002: responses stable from 50 to 0.5 ng/ml; 49.6 molecules a picolitre."""
    model = read_sbml(published / "BIOMD0000000019_url.xml")
    peaks = []
    for change in (0.0, 49.6 - 4962.0):
        table = simulate_sbml(model, 60.0, 121, doses=[(0.0, "x1", change)], columns=["ERK_PP"])
        peaks.append(table["ERK_PP"].max())
        assert table["ERK_PP"].iloc[-1] < 0.2 * peaks[-1]
    assert 0.8 < peaks[1] / peaks[0] < 1.0


def test_red_cells_take_up_until_plasma_falls_below_them(published: Path) -> None:
    """Kurlovics 2021: k = 0.044 +- 0.014 a hour, flux k times the difference; closed form."""
    model = read_sbml(published / "BIOMD0000001040_Kurlovics2021_single.xml")
    k, a, c, d = (float(model.values[name]) for name in ("Kin", "A", "c", "d"))
    assert abs(k - 0.044) < 0.014
    table = simulate_sbml(model, 24.0, 2401, columns=["Mrbc", "Mpl"])
    hours = table["time"].to_numpy()

    def part(rate: float) -> np.ndarray:
        return (np.exp(rate * hours) - np.exp(-k * hours)) / (rate + k)

    exact = k * a * (part(c) - part(d))
    np.testing.assert_allclose(table["Mrbc"], exact, rtol=0, atol=1e-6 * exact.max())
    peak = int(table["Mrbc"].idxmax())
    assert (table["Mpl"] > table["Mrbc"]).iloc[1:peak].all()
    assert (table["Mpl"] < table["Mrbc"]).iloc[peak + 1 :].all()


def test_insulin_alone_does_little_and_lifts_a_weak_signal(published: Path) -> None:
    """Borisov 2009, figure 3: synergy early and late at 0.1 nM, none at the maximum."""
    model = read_sbml(published / "BIOMD0000000223_url.xml")

    def active(egf: float, insulin: float) -> pd.Series:
        doses = [(0.0, "EGF", 34.0 * (egf - 1.0)), (0.0, "I", 34.0 * insulin)]
        table = simulate_sbml(model, 900.0, 181, doses=doses, columns=["ppErk"])
        return table.set_index("time")["ppErk"]

    egf, insulin, both = active(0.1, 0.0), active(0.0, 100.0), active(0.1, 100.0)
    synergy = both.iloc[1:] / (egf.iloc[1:] + insulin.iloc[1:])
    assert insulin.max() < 0.1 * egf.max()
    assert synergy[90.0] > 2.0
    assert synergy[900.0] > 1.1
    assert both.max() == pytest.approx(egf.max(), rel=0.02)
