"""Every number a case's choice of study rests on, with its source: what is read, what assumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from equipoise.design.choice.candidate import (
    Candidate,
    DesignPlan,
    Link,
    MarkerSplit,
    Sourced,
    SourcedProportion,
)

EVERYWHERE = "all studies"
"""Part of the numbers that stand in no part of their own."""


@dataclass(frozen=True)
class PlanInput:
    """One number of the design slice.

    Attributes
    ----------
    part : str
        Where it belongs: ``decision``, ``stake``, ``samples``, ``link``, ``all studies``,
        ``marker`` with its axis, or a candidate's label.
    name : str
        Its key in the file, with the keys above it.
    meaning : str
        What the number is, in words.
    value : float
    source : str
        Where it was read, or that it is assumed.
    """

    part: str
    name: str
    meaning: str
    value: float
    source: str

    @property
    def assumed(self) -> bool:
        """Whether nobody read this number anywhere."""
        return self.source.lower().startswith("assumed")


def plan_inputs(plan: DesignPlan) -> tuple[PlanInput, ...]:
    """List every number with a source, in the order of the file.

    The sizes, looks and truths that are tried, the ratio that is looked for and the years over
    which an absolute difference is counted are choices, not findings; they have no source.
    """
    return tuple(_walk(plan, "", EVERYWHERE))


def _walk(slice_: BaseModel, path: str, part: str) -> Iterator[PlanInput]:
    for name, field in type(slice_).model_fields.items():
        value = getattr(slice_, name)
        here = f"{path}.{name}" if path else name
        if isinstance(slice_, Link) and name == "r_squared":
            for r_squared in slice_.r_squared:
                yield PlanInput(part, here, "Trial-level R2 to try", r_squared, slice_.source)
            continue
        for item in value if isinstance(value, tuple) else (value,):
            yield from _found(item, here, part, field)


def _found(item: object, here: str, part: str, field: FieldInfo) -> Iterable[PlanInput]:
    if isinstance(item, (Sourced, SourcedProportion)):
        meaning = (field.description or "").strip().rstrip(".")
        return (PlanInput(part, here, meaning, item.value, item.source),)
    if isinstance(item, BaseModel):
        return _walk(item, *_place(item, here, part))
    return ()


def _place(item: BaseModel, here: str, part: str) -> tuple[str, str]:
    """Return the key under which a part's numbers stand, and what the part is called."""
    if isinstance(item, Candidate):
        return f"candidates.{item.id}", item.label
    if isinstance(item, MarkerSplit):
        return f"markers.{item.axis}", f"marker {item.axis}"
    return here, here if part == EVERYWHERE else part
