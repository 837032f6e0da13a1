"""Write the patients of one simulated trial, for log_rank_looks.R: python simulated_trial.py."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from equipoise.design.engines.patients import draw_trials
from equipoise.design.engines.survival_plans import survival_plan

PLAN = survival_plan(
    80,
    [20, 50],
    accrual=[0, 10],
    hazard=[[0.05], [0.15]],
    hazard_ratio=[[1.0], [0.5]],
    prevalence=[0.65, 0.35],
    dropout=0.02,
)


def main() -> None:
    """Draw with seed 2024 and write every digit."""
    drawn = draw_trials(PLAN, np.random.default_rng(2024), 1)
    target = Path(__file__).with_name("simulated_trial.csv")
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["arrival", "stratum", "treated", "follow_up", "event"])
        for a, s, arm, x, event in zip(*(values[0].tolist() for values in drawn), strict=True):
            writer.writerow([repr(a), s, int(arm), repr(x), int(event)])


if __name__ == "__main__":
    main()
