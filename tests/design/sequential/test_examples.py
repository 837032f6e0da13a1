"""The examples in the docstrings run, and every paper a method names is known."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import equipoise.design.sequential as room
from equipoise.cite import REFERENCES

MODULES = sorted(
    path.stem for path in Path(room.__file__).parent.glob("*.py") if path.stem != "__init__"
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_run_and_papers_are_known(name: str) -> None:
    module = import_module(f"{room.__name__}.{name}")
    assert doctest.testmod(module).failed == 0
    cites = getattr(module, "METHOD_CITES", {})
    assert {key for keys in cites.values() for key in keys} <= REFERENCES.keys()


def test_examples_are_there() -> None:
    assert {"estimates", "recursion", "plan", "interim_power"} < set(MODULES)
    assert not set(MODULES) & set(room.__all__)
