r"""The gain that a model itself has, as a mark on the plane of what must be true.

For one draw of the uncertain values, `y = ln OR / D`: the log odds ratio between paired arms that
differ in the drug's drive alone, over the mean drive D in the arm with the drug. It is the slope
from no drug to the drug's dose, so that it is on the same footing as the lines of equal effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.errors import ComputationError
from equipoise.synthesis.arrays import Array


@dataclass(frozen=True)
class ModelGain:
    """Gain over the prior of what is uncertain.

    Attributes
    ----------
    median, low, high : float
        Median and central interval of the gain.
    drive_median, drive_low, drive_high : float
        The same of the mean drive.
    log_odds_ratio : float
        Median log odds ratio.
    draws, left_out : int
        Draws used, and draws without a drive or without a finite odds ratio.
    level : float
    """

    median: float
    low: float
    high: float
    drive_median: float
    drive_low: float
    drive_high: float
    log_odds_ratio: float
    draws: int
    left_out: int
    level: float


def model_gain(log_odds_ratios: Array, drives: Array, level: float = 0.95) -> ModelGain:
    """Return the gain over draws.

    Parameters
    ----------
    log_odds_ratios, drives : (m,) arrays
        Of the same draws, under the rival in which the drug acts through this drive alone.
    level : float

    Raises
    ------
    ComputationError
        No draw has both a drive and a finite odds ratio.
    """
    used = np.isfinite(log_odds_ratios) & np.isfinite(drives) & (drives > 0.0)
    if not used.any():
        raise ComputationError("no draw has a drive and a finite odds ratio: there is no gain")
    ratio, drive = log_odds_ratios[used], drives[used]
    tail = 50.0 * (1.0 - level)
    points = [50.0, tail, 100.0 - tail]
    gain = np.percentile(ratio / drive, points)
    spread = np.percentile(drive, points)
    return ModelGain(
        median=float(gain[0]),
        low=float(gain[1]),
        high=float(gain[2]),
        drive_median=float(spread[0]),
        drive_low=float(spread[1]),
        drive_high=float(spread[2]),
        log_odds_ratio=float(np.median(ratio)),
        draws=int(used.sum()),
        left_out=int((~used).sum()),
        level=level,
    )
