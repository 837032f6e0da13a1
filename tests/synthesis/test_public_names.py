"""What the room offers can be found: by name from the package, and in the docs."""

import inspect
from pathlib import Path

import pytest

from equipoise import synthesis

DOCS = (Path(__file__).parents[2] / "docs" / "synthesis.md").read_text(encoding="utf-8")
ROOMS = ("bias", "cohorts", "observational", "printed_effects", "survival")


def functions(room):
    """Public functions whose home is that room."""
    home = f"equipoise.synthesis.{room}"
    return [
        name
        for name in synthesis.__all__
        if inspect.isfunction(there := getattr(synthesis, name))
        and there.__module__.startswith(home)
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_every_function_is_named_in_the_docs(room):
    names = functions(room)
    assert names
    assert [name for name in names if f"`{name}`" not in DOCS] == []
