"""Variability between patients as the sources of pharmacokinetics print it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from equipoise.errors import InputError, Problem
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.population.covariate import Covariate


def log_sd(cv_percent: float) -> float:
    """Return the standard deviation of the log of a log-normal quantity.

    ``sd = sqrt(log(1 + CV^2))``, exact for a log-normal, with CV the coefficient of variation
    (standard deviation over mean) as a fraction.

    Examples
    --------
    >>> round(log_sd(30.0), 4)
    0.2936
    """
    return math.sqrt(math.log1p((cv_percent / 100.0) ** 2))


def between_patients(
    model: MechanismModel, covariates: Sequence[Covariate] = ()
) -> tuple[Covariate, ...]:
    """Return a log-normal covariate for every parameter with a spread between patients.

    A parameter with ``cv_percent`` above 0 and no row among `covariates` has median `value` and
    log standard deviation `log_sd(cv_percent)`. Its ``low`` and ``high`` do not truncate it: they
    say how well the typical value is known, not which patients exist.

    Raises
    ------
    InputError
        A parameter that is not above 0 cannot be log-normal; every one is named.
    """
    own = {row.symbol for row in covariates}
    varying = [p for p in model.parameters if p.cv_percent and p.symbol not in own]
    action = "Leave the spread blank, or give a row in covariates.csv."
    problems = [
        Problem("", p.symbol, "value", repr(p.value), "above 0 where cv_percent is", action)
        for p in varying
        if p.value <= 0.0
    ]
    if problems:
        raise InputError(problems)
    return tuple(
        Covariate(
            name=p.symbol,
            parameter=p.symbol,
            distribution="lognormal",
            centre=p.value,
            spread=log_sd(p.cv_percent or 0.0),
            standing=p.standing,
            source_url=p.source_url,
            quote=p.quote,
        )
        for p in varying
    )
