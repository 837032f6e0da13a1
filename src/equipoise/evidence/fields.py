"""Kinds of cells an evidence file may hold."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

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

MAX_TEXT = 2000
"""Longest text of a cell or of a key, in characters."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ufffe\uffff]")


def printable(text: str) -> str:
    """Refuse control characters, which no page, picture or terminal can show."""
    found = _UNPRINTABLE.search(text)
    if found is not None:
        raise ValueError(f"text without control characters (there is U+{ord(found[0]):04X})")
    return text


def _plain_number(value: Any) -> Any:
    if isinstance(value, str) and "_" in value:
        raise ValueError("a number in plain digits")
    return value


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$", max_length=80)]
Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(printable)]
Name = Annotated[Text, Field(min_length=1)]
Url = Annotated[
    str, Field(pattern=r"^(https?://\S+)?$", max_length=1000), AfterValidator(printable)
]
Count = Annotated[int, BeforeValidator(_plain_number), Field(ge=0, le=10**9)] | None
Number = Annotated[float, BeforeValidator(_plain_number), Field(allow_inf_nan=False)] | None
Positive = Annotated[float, BeforeValidator(_plain_number), Field(gt=0, allow_inf_nan=False)] | None
Percent = Annotated[float, BeforeValidator(_plain_number), Field(ge=0, le=100)] | None
Level = Annotated[float, BeforeValidator(_plain_number), Field(ge=0.5, le=0.9999)]


class Record(BaseModel):
    """A frozen row.

    A blank cell means "not printed" and takes the field's default; unknown columns are reported
    by the reader, not ignored.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True
    )
