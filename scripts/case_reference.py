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
from equipoise.mechanism.calibration.response_targets import ResponseTarget
from equipoise.mechanism.case_model import RegimenDays
from equipoise.mechanism.dosing import Dose, Drug, drug, regimen_table
from equipoise.mechanism.dosing.dose_units import DOSE_UNITS
from equipoise.mechanism.exposure import ExposureRow
from equipoise.mechanism.models.rows import Parameter, State
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.population import Correlation, Covariate
from equipoise.mechanism.rivals import Rival, RivalEvidence
from equipoise.mechanism.sensitivity import CellExperiment
from equipoise.report.options import ReportOptions
from equipoise.synthesis.plan import Plan

TARGET = Path(__file__).resolve().parents[1] / "docs" / "case.md"
SECTIONS = {
    "case": Identity,
    "question": Question,
    "synthesis": Plan,
    "design": DesignPlan,
    "patient": PatientPlan,
    "mechanism": MechanismPlan,
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
    "mechanism/parameters.csv": Parameter,
    "mechanism/states.csv": State,
    "mechanism/regimen_days.csv": RegimenDays,
    "mechanism/covariates.csv": Covariate,
    "mechanism/correlations.csv": Correlation,
    "mechanism/targets.csv": ResponseTarget,
    "mechanism/rival_evidence.csv": RivalEvidence,
    "mechanism/cell_experiments.csv": CellExperiment,
    "mechanism/exposure_checks.csv": ExposureRow,
}
SWITCH = "SWITCH"
"""Stands for the column of every switch of a model."""
TABLES = {
    "mechanism/drugs.csv": (Drug, drug.COLUMNS, drug.REQUIRED),
    "mechanism/regimens.csv": (Dose, regimen_table.COLUMNS, regimen_table.REQUIRED),
    "mechanism/rivals.csv": (
        Rival,
        ("id", "label", SWITCH, "note"),
        ("id", "label", SWITCH),
    ),
}
"""Files whose records are dataclasses: the record, its columns, and those that must be there."""
MORE = {
    "regimen": "Name of the regimen; its rows are given together, and names are joined by `+`.",
    SWITCH: "One column for every parameter with the role `switch`: its value under the rival.",
    "label": "What it claims, in words.",
    "id": "Name of the rival.",
    "drug": "Name of the drug.",
    "amount": "In `unit`, for each dose.",
    "note": "Anything else.",
    "source_url": "Page at which it was read.",
    "quote": "Words it stood in.",
    "doses": "Number of doses.",
    "start_day": "Day of the first dose.",
    "every_days": "Days from one dose to the next.",
    "salt_factor": "Mass of base in one unit mass of salt; blank if no salt is known of. A drug"
    " with a factor is counted as base in the model.",
    "molar_mass": "g/mol (of the base); blank if not given.",
    "mechanism/regimens.csv unit": f"One of {', '.join(DOSE_UNITS)}.",
}
"""Columns of `TABLES` that the record's own words do not tell of by themselves."""
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
it. A case with a `[mechanism]` section has a folder `mechanism/` too
([mechanism](mechanism.md)).
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
    if origin is dict:
        return f"table of {words(arguments[1])}, by name"
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


def columns_table(
    file: str, record: type, columns: tuple[str, ...], needed: tuple[str, ...]
) -> str:
    """One row a column, in the words of the attributes that a dataclass documents."""
    text = (record.__doc__ or "").partition("Attributes")[2]
    told = dict(re.findall(r"^    (\w+) : [^\n]*\n((?:        [^\n]*\n)+)", text, re.MULTILINE))
    lines = ["| column | what it is | must be there |", "|---|---|---|"]
    for name in columns:
        text = MORE.get(f"{file} {name}") or MORE.get(name) or told[name]
        meaning = re.sub(r"\s+", " ", text).strip().replace("``", "`")
        lines.append(f"| `{name}` | {meaning} | {'yes' if name in needed else 'no'} |")
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


def about(model: type) -> str:
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
    for name, (kind, columns, needed) in TABLES.items():
        made = columns_table(name, kind, columns, needed)
        out.append(f"## {name}\n\n{about(kind)}\n\n{made}\n")
    for name, record in RECORDS.items():
        out.append(f"## {name}\n")
        for part in (record, *parts_of(record)):
            out.append(f"### {part.__name__}\n\n{about(part)}\n\n{table(part, 'key')}\n")
    return "\n".join(out)


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
    sys.stdout.write(f"docs/{TARGET.name}\n")
