"""What ``assay.toml`` may hold: fields, readings, checks, tables and sources."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from equipoise.biomarkers.phenotyping.quality import Check
from equipoise.evidence.fields import Confidence, Id, Name, Text


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceText(_Part):
    """Where a rule or a probability comes from."""

    key: Id
    text: Name
    doi: Annotated[str, Field(pattern=r"^(10\.\S+)?$")] = ""
    confidence: Confidence


class Judgement(_Part):
    """Words read as a value, and why."""

    found: tuple[Name, ...]
    value: Name
    note: Name


class FieldText(_Part):
    """One field of a report."""

    name: Id
    what: Name
    kind: Literal["words", "number"]
    values: tuple[Name, ...] = ()
    unit: Text = ""
    minimum: float = 0.0
    maximum: float = 0.0
    spellings: dict[str, tuple[Name, ...]] = {}
    judgements: tuple[Judgement, ...] = ()


class TableText(_Part):
    """One table: its rules stand in a CSV file beside.

    `columns` gives the field (or earlier table) of each column of the file that is named
    otherwise, so that one file of rules can serve several fields.
    """

    name: Id
    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-]+\.csv$")]
    outputs: tuple[Name, ...]
    columns: dict[str, Id] = {}


class AssayText(_Part):
    """The whole file.

    `result` names the table whose call and probability are those of the phenotype.
    """

    id: Id
    title: Name
    version: Name
    result: Id
    missing: tuple[Name, ...]
    sources: tuple[SourceText, ...]
    fields: tuple[FieldText, ...]
    checks: tuple[Check, ...] = ()
    tables: tuple[TableText, ...]
