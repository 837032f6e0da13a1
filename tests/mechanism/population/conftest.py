"""A small model: two log-normal parameters, a few covariates, nothing to simulate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from equipoise.mechanism.models import MechanismModel, Parameter
from equipoise.mechanism.population import Covariate, read_covariates

HEADER = (
    "name,parameter,distribution,centre,spread,low,high,formula,standing,source_url,quote,note\n"
)
ROWS = """\
weight,weight,lognormal,68,0.211,45,120,,derived,https://example.org/a,68 kg,
height,height,normal,162,6.5,,,,assumed,,,
surface_area,surface_area,formula,,,,,sqrt(height*weight/3600),assumed,,,
positive,positive,bernoulli,0.47,,0,1,,assumed,,,
completes,,bernoulli,0.76,,,,,assumed,,,
stop_share,,uniform,0.5,,0,1,,assumed,,,
stop_day,stop_day,formula,,,,,168*(completes + (1 - completes)*stop_share),assumed,,,
sensitivity,sensitivity,lognormal,1,0.55,,,,assumed,,,
"""


def parameter(symbol: str, value: float, cv_percent: float | None) -> Parameter:
    return Parameter(
        symbol=symbol,
        label=symbol.replace("_", " "),
        value=value,
        unit="1",
        cv_percent=cv_percent,
        role="constant",
        standing="assumed",
    )


@pytest.fixture(scope="session")
def model_of() -> Callable[..., MechanismModel]:
    """A model without states, of parameters as (symbol, value, cv_percent)."""

    def made(*rows: tuple[str, float, float | None]) -> MechanismModel:
        return MechanismModel(
            "small", (), tuple(parameter(*row) for row in rows), {}, {}, {}, {}, (), ""
        )

    return made


@pytest.fixture(scope="session")
def model(model_of: Callable[..., MechanismModel]) -> MechanismModel:
    return model_of(
        ("weight", 70.0, None),
        ("height", 165.0, None),
        ("surface_area", 1.8, None),
        ("positive", 0.0, None),
        ("stop_day", 168.0, None),
        ("sensitivity", 1.0, 60.0),
        ("CL", 5.0, 30.0),
        ("V", 40.0, 20.0),
        ("constant", 3.0, 0.0),
    )


@pytest.fixture(scope="session")
def header() -> str:
    return HEADER


@pytest.fixture(scope="session")
def good_rows() -> str:
    return ROWS


@pytest.fixture(scope="session")
def covariates(
    model: MechanismModel, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Covariate, ...]:
    file = tmp_path_factory.mktemp("rows") / "covariates.csv"
    file.write_text(HEADER + ROWS)
    return read_covariates(file, model)


@pytest.fixture(scope="session")
def pinned(root: Path) -> Path:
    return root / "validation" / "mechanism" / "population"
