"""The machine code of the tables against an independent program that reads the SBML."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.mechanism.models.test_build_mechanism import each_case

from equipoise.mechanism.formulas import machine_code
from equipoise.mechanism.models import read_model


@each_case
def test_rates_and_readouts_are_those_of_libroadrunner(case: Path) -> None:
    """Same values of states and parameters, same rates and assigned quantities.

    Both compile the same operations; what may differ is the order of a product or a sum.
    """
    roadrunner = pytest.importorskip("roadrunner")
    folder = case / "mechanism"
    model = read_model(folder)
    reference = roadrunner.RoadRunner((folder / "model.xml").read_text(encoding="utf-8"))
    slots = {name: (0, k) for k, name in enumerate(model.names_of_states)}
    slots |= {name: (1, k) for k, name in enumerate(model.names_of_parameters)}
    formulas = [*model.rates.values(), *model.assignments.values()]
    code = machine_code({"all": formulas}, slots, list(model.assignments.items()))
    wanted = [f"{name}'" for name in model.rates] + list(model.assignments)
    generator = np.random.default_rng(20)
    for _ in range(3):
        x = generator.lognormal(0.0, 1.0, len(model.states))
        p = model.values * generator.lognormal(0.0, 0.1, len(model.parameters))
        for name, value in zip(model.names_of_states, x, strict=True):
            reference[name] = float(value)
        for name, value in zip(model.names_of_parameters, p, strict=True):
            reference[name] = float(value)
        plain = [reference[name] for name in wanted]
        np.testing.assert_allclose(code("all", x, p), plain, rtol=1e-11)
        assert np.isfinite(plain).all()
