"""Write archives and the trajectories they must give (see README.md).

    .venv/bin/python validation/mechanism/standards/write_archives.py [FOLDER [MODEL.xml DOSES.csv]]

Without a model only the small one beside this file is written; without a folder it is thrown away
after it was read back. DOSES.csv has the columns
time, target, change; the last time of a dose is rounded up to the end of the simulation.
"""

from __future__ import annotations

import csv
import math
import sys
import tempfile
from pathlib import Path

import antimony
import pandas as pd

from equipoise.mechanism.standards import (
    DoseChange,
    FitParameter,
    Measurement,
    Observable,
    TimeCourse,
    export_archive,
    parse_sbml,
    read_archive,
    simulate_sbml,
    with_values,
)

HERE = Path(__file__).parent


def small() -> tuple[str, TimeCourse]:
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyFile(str(HERE / "two_drugs.ant")) >= 0, antimony.getLastError()
    doses = [DoseChange(t / 2, "gut", 10.0) for t in range(28)]
    doses += [DoseChange(7.0, "C", 6.0)]
    doses += [DoseChange(t, "rate_in", 80.0) for t in (0.0, 7.0)]
    doses += [DoseChange(t + 0.0625, "rate_in", -80.0) for t in (0.0, 7.0)]
    outputs = ("C", "gut", "infused", "cells")
    return antimony.getSBMLString("two_drugs"), TimeCourse("treated", 14.0, 141, outputs, (*doses,))


def given(model: Path, table: Path) -> tuple[str, TimeCourse]:
    with table.open(encoding="utf-8", newline="") as rows:
        doses = [
            DoseChange(float(r["time"]), r["target"], float(r["change"]))
            for r in csv.DictReader(rows)
        ]
    end = float(math.ceil(max(dose.time for dose in doses)) + 1)
    xml = model.read_text(encoding="utf-8")
    outputs = tuple(i for i, kind in parse_sbml(xml).rules.items() if kind == "rateRule")
    return xml, TimeCourse("treated", end, int(4 * end) + 1, outputs, (*doses,))


def write(folder: Path, name: str, xml: str, course: TimeCourse) -> None:
    model = parse_sbml(xml, name)
    table = simulate_sbml(
        model, course.end, course.points, doses=course.doses, columns=course.outputs
    )
    table.to_csv(folder / f"{name}.csv", index=False)
    first = course.outputs[0]
    free = next(p for p in model.parameters if p not in model.rules and float(model.values[p]) > 0)
    value = float(model.values[free])
    export_archive(
        xml,
        simulations=[course, TimeCourse("untreated", course.end, course.points, course.outputs)],
        observables=[Observable("observed", first)],
        measurements=[
            Measurement("observed", "treated", float(row["time"]), float(row[first]), 0.1)
            for _, row in table.iloc[1::20].iterrows()
        ],
        parameters=[FitParameter(free, value, value / 10.0, value * 10.0)],
        out=folder / f"{name}.omex",
    )
    read = read_archive(folder / f"{name}.omex")
    one = read.simulations[0]
    back = simulate_sbml(
        with_values(read.model, one.values), one.end, one.points, columns=one.outputs
    )
    print(
        f"| {name} | {len(course.doses)} | {len(read.model.events)} | {course.points} | "
        f"{len(course.outputs)} | {within(back, table)} |"
    )


def within(found: pd.DataFrame, wanted: pd.DataFrame) -> str:
    """Power of ten that bounds the differences, each as a share of the column's largest value."""
    size = wanted.abs().max().clip(lower=1e-9)
    apart = float(((found - wanted).abs() / size).to_numpy().max())
    return f"below 1e{math.floor(math.log10(max(apart, 1e-16))) + 1:+03d}"


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else scratch)
        folder.mkdir(parents=True, exist_ok=True)
        print("| model | doses | events | times | states | read back here |")
        write(folder, "two_drugs", *small())
        if len(sys.argv) > 2:
            write(folder, "model", *given(Path(sys.argv[2]), Path(sys.argv[3])))


if __name__ == "__main__":
    main()
