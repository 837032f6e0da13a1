"""The value of information where net benefit itself is normal: the closed form."""

from __future__ import annotations

import math

from scipy.special import log_ndtr


def normal_information_value(mean: float, sd: float, se: float) -> tuple[float, float]:
    """EVSI and EVPI where net benefit itself is normal: the closed form.

    With net benefit `B ~ N(mean, sd^2)` and an estimate of standard error `se`, the preposterior
    standard deviation is `s = sd^2 / sqrt(sd^2 + se^2)` and `EVSI = s L(|mean| / s)` with the unit
    normal loss `L(u) = phi(u) - u Phi(-u)`; EVPI has `s = sd`.
    """
    return _loss(mean, sd * sd / math.hypot(sd, se)), _loss(mean, sd)


def _loss(mean: float, sd: float) -> float:
    if sd == 0.0:
        return 0.0
    u = abs(mean) / sd
    density = math.exp(-0.5 * u * u) / math.sqrt(2.0 * math.pi)
    return sd * (density - u * math.exp(float(log_ndtr(-u))))
