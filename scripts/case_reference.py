"""Write docs/case.md: every key of case.toml and every column of the evidence (``make docs``)."""

from __future__ import annotations

import re
import sys
import types
import typing
from pathlib import Path
from typing import Any

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from equipoise.biomarkers.markers import MARKERS_FILE, Marker
from equipoise.biomarkers.patient import BASELINE_FILE, BaselineRow, PatientPlan
from equipoise.case import Identity
from equipoise.design.choice.candidate import DesignPlan
from equipoise.evidence.question import Question
from equipoise.evidence.schema import (
    Arm,
    CohortRow,
    KnownFinding,
    PhenotypeRecord,
    Report,
    ResultRow,
    Trial,
)
from equipoise.report.options import ReportOptions
from equipoise.synthesis.plan import Plan

TARGET = Path(__file__).resolve().parents[1] / "docs" / "case.md"
SECTIONS = {
    "case": Identity,
    "question": Question,
    "synthesis": Plan,
    "design": DesignPlan,
    "patient": PatientPlan,
    "report": ReportOptions,
}
FILES = {
    "evidence/trials.csv": Trial,
    "evidence/results.csv": ResultRow,
    "evidence/arms.csv": Arm,
    "evidence/reports.csv": Report,
    "evidence/phenotypes.csv": PhenotypeRecord,
    "evidence/cohorts.csv": CohortRow,
    "evidence/known_findings.csv": KnownFinding,
    BASELINE_FILE: BaselineRow,
}
RECORDS = {MARKERS_FILE: Marker}
"""Files of TOML tables, one a record; a case may do without."""
MADE = {"enrolled", "used_for"}
"""Fields made from columns of variable name; the record's own words tell of these."""
BOUNDS = {Ge: "at least", Gt: "above", Le: "at most", Lt: "below", MinLen: "at least"}
PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false"}
HEAD = """# A case, key by key

Written by `make docs` from the program's own records; do not edit. `equipoise new NAME` writes a
small case that uses most of this.

A case is a folder with `case.toml` and `evidence/*.csv`. The CSV files are UTF-8 (a byte-order mark
and Windows line ends do no harm) with a header row; columns may come in any order and those not
needed may be left out. A blank cell means "not printed". `trials.csv` and `results.csv` must be
there, and each axis of kind `phenotype` needs a column `enrolled_<axis>` in `trials.csv`, holding a
level, `any` or `not_stated`. A file `ledger.csv` may account for what was collected; nothing reads
it.
"""


def words(kind: Any) -> str:
    """Say in words what a type allows."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return words(arguments[0]) + limits(kind.__metadata__)
    if origin is typing.Literal:
        return ", ".join(f"`{value}`" for value in arguments if value != "")
    if origin in (typing.Union, types.UnionType):
        return words(next(a for a in arguments if a is not type(None)))
    if origin is tuple:
        inner = arguments[0]
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return f"list of [{inner.__name__}](#{inner.__name__.lower()})"
        return f"list of {words(inner)}"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    return PLAIN[kind]


def limits(metadata: Any) -> str:
    """Bounds of a number, in words."""
    out = []
    for item in metadata:
        for bound in item.metadata if isinstance(item, FieldInfo) else [item]:
            for kind, phrase in BOUNDS.items():
                if isinstance(bound, kind):
                    out.append(f"{phrase} {getattr(bound, type(bound).__slots__[0])}")
    return f" ({', '.join(out)})" if out else ""


def default(field: FieldInfo) -> str:
    """Say what a field is when it is left out."""
    if field.is_required():
        return "**needed**"
    value = field.default
    if value is PydanticUndefined or value in (None, "", ()) or isinstance(value, BaseModel):
        return ""
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"


def table(model: type[BaseModel], first: str) -> str:
    """One row a field: name, what it is, what is allowed, what it is when left out."""
    lines = [f"| {first} | what it is | allowed | when left out |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        if name in MADE:
            continue
        about = re.sub(r"\s+", " ", field.description or "").strip()
        allowed = words(field.annotation) + limits(field.metadata)
        lines.append(f"| `{name}` | {about} | {allowed} | {default(field)} |")
    return "\n".join(lines)


def parts_of(model: type[BaseModel]) -> list[type[BaseModel]]:
    """Every model a section is made of, outermost first, each once."""
    found: list[type[BaseModel]] = []

    def visit(kind: Any) -> None:
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in found:
            found.append(kind)
            for field in kind.model_fields.values():
                visit(field.annotation)
        for argument in typing.get_args(kind):
            visit(argument)

    visit(model)
    return found[1:]


def about(model: type[BaseModel]) -> str:
    """First paragraph of a model's docstring, in Markdown."""
    text = (model.__doc__ or "").split("\n\n")[0]
    return re.sub(r"\s+", " ", text.replace("``", "`")).strip()


def reference() -> str:
    """Compose the whole page."""
    out = [HEAD, "## case.toml\n"]
    told: list[type[BaseModel]] = []
    for section, model in SECTIONS.items():
        out.append(f"### [{section}]\n\n{about(model)}\n\n{table(model, 'key')}\n")
        for part in parts_of(model):
            if part not in told:
                told.append(part)
                out.append(f"#### {part.__name__}\n\n{about(part)}\n\n{table(part, 'key')}\n")
    for name, record in FILES.items():
        out.append(f"## {name}\n\n{about(record)}\n\n{table(record, 'column')}\n")
    for name, record in RECORDS.items():
        out.append(f"## {name}\n")
        for part in (record, *parts_of(record)):
            out.append(f"### {part.__name__}\n\n{about(part)}\n\n{table(part, 'key')}\n")
    return "\n".join(out)


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
    sys.stdout.write(f"docs/{TARGET.name}\n")
