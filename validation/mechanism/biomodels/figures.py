"""Print what the published models give beside what their papers say; draw the curves if asked.

    .venv/bin/python validation/mechanism/biomodels/figures.py [FOLDER]

The files are used as they are; where a figure has another stimulus, a dose at time 0 changes the
amount. Sources and readings in README.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd

from equipoise.mechanism.standards import SbmlModel, read_sbml, simulate_sbml, with_values

FOLDER = Path("tests") / "data" / "biomodels"
DATA = next(p / FOLDER for p in Path(__file__).resolve().parents if (p / FOLDER).is_dir())
Curves = dict[str, pd.DataFrame]


def head(text: str) -> None:
    print(f"\n{text}\n\n| the paper | the file |\n| --- | --- |")


def say(paper: str, file: str) -> None:
    print(f"| {paper} | {file} |")


def load(name: str) -> SbmlModel:
    return read_sbml(next(DATA.glob(f"BIOMD000000{name}*.xml")))


def deptor() -> Curves:
    head("Varusai 2018 (0823), seconds, phosphorylated mTORC1 in nM")
    model, curves = load("0823"), {}
    cases = [{"V1": 1.0}, {"V1": 0.3}, {"V1": 2.5}, {"V1": 3.0}, {"k15c": 0.015}, {"k15c": 0.0}]
    said = [
        "Fig 2c, V1 = 1: sustained oscillation",
        "Fig 2a, below the oscillations: one fixed point",
        "Fig 2a, above the oscillations: one fixed point",
        "Fig 2d, V1 = 3: two stable states",
        "Fig 5a, k15c = 0.015 (0.1 in the file): oscillation gone",
        "Fig 5a, k15c = 0: oscillation gone",
    ]
    for values, paper in zip(cases, said, strict=True):
        varied = with_values(model, values)
        table = simulate_sbml(varied, 36000.0, 36001, columns=["pmTORC1"]).set_index("time")
        late = table["pmTORC1"][18000.0:]
        if values == {"V1": 3.0}:
            high = [(0.0, "pmTORC1", 250.0), (0.0, "mTORC1", -250.0)]
            other = simulate_sbml(varied, 36000.0, 2, doses=high, columns=["pmTORC1"])
            result = f"from below {late.iloc[-1]:.1f}, from above {other['pmTORC1'].iloc[-1]:.1f}"
        elif late.max() - late.min() > 1.0:
            y = late.to_numpy()
            peaks = np.flatnonzero((y[1:-1] > y[:-2]) & (y[1:-1] >= y[2:]))
            period = float(np.diff(peaks).mean())
            result = f"{late.min():.1f} to {late.max():.1f}, every {period:.0f} s"
        else:
            result = f"rests at {late.iloc[-1]:.1f}"
        say(paper, result)
        curves[str(values)] = table.loc[:3600.0]
    return curves


def receptors() -> Curves:
    head("Birtwistle 2007 (0175), seconds, 10 nM of one ligand")
    model = load("0175")

    def course(without: str, factor: float = 1.0) -> pd.DataFrame:
        doses = [(0.0, without, -10.0), (0.0, "E2", 158.0 * (factor - 1.0))]
        names = ["norm_Erk_star", "norm_Akt_star", "MEKstar"]
        table = simulate_sbml(model, 1800.0, 361, doses=doses, columns=names)
        return table.set_index("time")

    egf, hrg = course("H"), course("E")
    ratio = egf.loc[300.0] / hrg.loc[300.0]
    say("5 min, EGF over HRG, ERK: about 80 %", f"{ratio['norm_Erk_star']:.1%}")
    say("5 min, EGF over HRG, MEK: about 50 %", f"{ratio['MEKstar']:.1%}")
    left = [float(t["norm_Akt_star"][1800.0] / t["norm_Akt_star"].max()) for t in (egf, hrg)]
    say("AKT more sustained under HRG", f"left of the peak at 30 min: {left[0]:.0%}, {left[1]:.0%}")
    for factor in (2.0, 5.0, 10.0):
        more = course("H", factor)
        erk, akt = "norm_Erk_star", "norm_Akt_star"
        late = [more[erk][t] / egf[erk][t] for t in (600.0, 1800.0)]
        say(
            f"second receptor x {factor:g}: ERK 1.15 to 2 times at 10 and 30 min, peak of ERK the"
            " same, of AKT lower",
            f"{late[0]:.2f} and {late[1]:.2f}; {more[erk].max() / egf[erk].max():.3f}; "
            f"{more[akt].max() / egf[akt].max():.2f}",
        )
    return {"EGF": egf, "HRG": hrg}


def growth_factor() -> Curves:
    head("Schoeberl 2002 (0019), minutes, molecules a cell")
    model, curves = load("0019"), {}
    for nanograms, molecules in ((50.0, 4962.0), (0.5, 49.6), (0.125, 12.4)):
        dose = [(0.0, "x1", molecules - 4962.0)]
        table = simulate_sbml(model, 60.0, 601, doses=dose, columns=["ERK_PP"]).set_index("time")
        curves[f"{nanograms:g} ng/ml"] = table
        top = curves["50 ng/ml"]["ERK_PP"].max()
        peak = table["ERK_PP"]
        say(
            "responses stable over a hundredfold range",
            f"{nanograms:g} ng/ml: {peak.max():.3g} at {peak.idxmax():.1f}, {peak.max() / top:.0%}",
        )
    return curves


def red_cells() -> Curves:
    head("Kurlovics 2021 (1040), hours, ng/ml")
    model = load("1040")
    say("k = 0.044 +- 0.014 an hour", f"{float(model.values['Kin']):.4f}")
    table = simulate_sbml(model, 24.0, 24001, columns=["Mrbc", "Mpl"]).set_index("time")
    peak = table["Mrbc"].idxmax()
    say(
        "uptake until plasma falls below the cells, then release",
        f"peak {table['Mrbc'].max():.1f} at {peak:.2f}, plasma then {table['Mpl'][peak]:.1f}",
    )
    k, a, c, d = (float(model.values[name]) for name in ("Kin", "A", "c", "d"))
    hours = table.index.to_numpy()
    parts = [(np.exp(r * hours) - np.exp(-k * hours)) / (r + k) for r in (c, d)]
    apart = np.abs(k * a * (parts[0] - parts[1]) - table["Mrbc"]).max() / table["Mrbc"].max()
    say(
        "closed form of the equation",
        f"equal within {'1e-06' if apart < 1e-6 else apart} of the peak",
    )
    return {"plasma and cells": table}


def insulin() -> Curves:
    head("Borisov 2009 (0223), seconds, active ERK, 100 nM insulin")
    model = load("0223")

    def active(egf: float, nanomolar: float) -> pd.DataFrame:
        doses = [(0.0, "EGF", 34.0 * (egf - 1.0)), (0.0, "I", 34.0 * nanomolar)]
        table = simulate_sbml(model, 1800.0, 361, doses=doses, columns=["ppErk"])
        return table.set_index("time")

    alone, weak, both = active(0.0, 100.0), active(0.1, 0.0), active(0.1, 100.0)
    share = alone["ppErk"].max() / weak["ppErk"].max()
    say("insulin alone much weaker than 0.1 nM EGF", f"{share:.1%} of its peak")
    synergy = both["ppErk"] / (weak["ppErk"] + alone["ppErk"])
    say("Fig 3E, both over the sum: 2.57 +- 0.44 at 1.5 min (measured)", f"{synergy[90.0]:.1f}")
    say("Fig 3E: 1.4 +- 0.1 at 15 min (measured)", f"{synergy[900.0]:.2f}")
    top = both["ppErk"].max() / weak["ppErk"].max()
    say("no significant synergy at the maximum", f"peaks {top:.3f}")
    for egf in (1.0, 20.0):
        strong, more = active(egf, 0.0), active(egf, 100.0)
        ratio = (more["ppErk"] / (strong["ppErk"] + alone["ppErk"]))[90.0]
        paper = "less at 1 nM EGF" if egf == 1.0 else "none at 20 nM EGF"
        say(f"{paper} (1.5 min)", f"{ratio:.2f}")
    return {"insulin": alone, "0.1 nM EGF": weak, "both": both}


def draw(folder: Path, name: str, curves: Curves) -> None:
    parts = [t.rename_axis("time").reset_index().assign(case=label) for label, t in curves.items()]
    data = pd.concat(parts).melt(["time", "case"], var_name="symbol").dropna()
    alt.data_transformers.disable_max_rows()
    chart = alt.Chart(data).mark_line().encode(x="time", y="value", color="case")
    faceted = chart.facet("symbol:N", columns=2).resolve_scale(y="independent")
    folder.mkdir(parents=True, exist_ok=True)
    faceted.save(str(folder / f"{name}.png"))


def main() -> None:
    for figure in (deptor, receptors, growth_factor, red_cells, insulin):
        curves = figure()
        if len(sys.argv) > 1:
            draw(Path(sys.argv[1]), figure.__name__, curves)


if __name__ == "__main__":
    main()
