"""Kinds of cells an evidence file may hold."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Confidence = Literal["high", "medium", "low"]
Standing = Literal["printed", "derived", "reconstructed"]
Kind = Literal["randomised", "within_arm", "post_treatment", "modifier_within_arm"]
ExposureTime = Literal[
    "naive", "at_entry", "landmark", "time_varying", "new_user", "not_applicable", "not_stated"
]
Recorded = Literal[
    "reported", "analysed_not_reported", "stored_samples", "not_collectable", "unknown"
]
AnalysisSet = Literal[
    "itt", "per_protocol", "evaluable", "safety", "genotyped", "subset", "not_stated"
]
YesNo = Literal["yes", "no"]

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$", max_length=80)]
Text = Annotated[str, Field(max_length=2000)]
Url = Annotated[str, Field(pattern=r"^(https?://\S+)?$", max_length=1000)]
Count = Annotated[int, Field(ge=0)] | None
Number = Annotated[float, Field(allow_inf_nan=False)] | None
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)] | None
Percent = Annotated[float, Field(ge=0, le=100)] | None
Level = Annotated[float, Field(gt=0, lt=1)]


class Record(BaseModel):
    """A frozen row.

    A blank cell means "not printed" and takes the field's default; unknown columns are reported
    by the reader, not ignored.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True
    )
