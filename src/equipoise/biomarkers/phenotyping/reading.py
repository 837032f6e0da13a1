"""What a laboratory wrote, read as a value: each change of what stood there is a remark.

Rules of reading, by the id a remark carries:

=========  =====================================================================================
blank      an empty cell, a word of the assay's `missing` list: missing, without a remark
spelling   another spelling of a value (``2 +``, ``Positive (3+)``); case alone is not remarked
judgement  a word the assay file reads as a value, with its reason
comma      a decimal comma (``2,1``); before three digits it is refused where it may be thousands
bound      ``>6``: used when all that it allows means the same to every rule, else missing
range      ``50-59``: the same
=========  =====================================================================================

Whatever else stands there is refused, with what is allowed. Nothing is guessed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from equipoise.biomarkers.phenotyping.condition import MISSING, Condition, Value
from equipoise.biomarkers.phenotyping.decision_table import Domain

_NUMBER = re.compile(r"(\d+)(?:([.,])(\d+))?")
_BOUND = re.compile(r"(<=|>=|<|>)(\d+(?:\.\d+)?)")
_RANGE = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Remark:
    """One change between what was written and what was used, or one doubt about it."""

    rule: str
    field: str
    found: str
    used: str
    note: str

    def __str__(self) -> str:
        return f"{self.field}: {self.found!r} used as {self.used!r} ({self.rule}). {self.note}"


@dataclass(frozen=True)
class Field:
    """How a field is written and read.

    Attributes
    ----------
    domain : Domain
        Values it may hold.
    unit : str
        Unit of a number, empty for words.
    spellings : mapping of str to str
        Normal form (see `normal_form`) to value.
    judgements : mapping of str to (str, str)
        Normal form to value and reason.
    conditions : tuple of Condition
        Every cell of every table that looks at the field: they decide whether a bound is enough.
    """

    domain: Domain
    unit: str = ""
    spellings: Mapping[str, str] = field(default_factory=dict)
    judgements: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()

    def allowed(self) -> str:
        """Return in words what may be written."""
        d = self.domain
        if d.words is not None:
            return ", ".join(sorted(d.words)) + ", or blank"
        return f"a number from {d.minimum:g} to {d.maximum:g} {self.unit}".rstrip() + ", or blank"


@dataclass(frozen=True)
class Reading:
    """A value, whether it is a measured number (not a bound or a range), and the remarks."""

    value: Value
    exact: bool = True
    remarks: tuple[Remark, ...] = ()


def normal_form(text: str) -> str:
    """Fold case and width, and drop spaces, brackets, underscores and stops around a value.

    Examples
    --------
    >>> normal_form("Positive (3+)"), normal_form("2 +"), normal_form("[Not Available]")
    ('positive3+', '2+', 'notavailable')
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s()\[\]{}_:;'\"]+", "", folded).strip(".")


def as_text(value: object) -> str:
    """Return a cell as text: None and NaN are blank, 2.0 is ``2``."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return "" if text in ("<NA>", "NaT") else text


def read_value(value: object, kind: Field, missing: frozenset[str]) -> Reading:
    """Read one cell.

    Parameters
    ----------
    value : object
        What stands there: text, a number, None or NaN.
    kind : Field
        What it may be.
    missing : frozenset of str
        Normal forms that mean "not measured".

    Raises
    ------
    ValueError
        With what is allowed, if it cannot be read.
    """
    text = as_text(value)
    normal = normal_form(text)
    name = kind.domain.name
    if not normal or normal in missing:
        return Reading(MISSING)
    if normal in kind.judgements:
        used, note = kind.judgements[normal]
        return Reading(used, remarks=(Remark("judgement", name, text, used, note),))
    if kind.domain.words is None:
        return _read_number(text, normal, kind)
    found = kind.spellings.get(normal, normal)
    if found not in kind.domain.words:
        raise ValueError(kind.allowed())
    if found == text.casefold():
        return Reading(found)
    return Reading(found, remarks=(Remark("spelling", name, text, found, "Spelt otherwise."),))


def _read_number(text: str, normal: str, kind: Field) -> Reading:
    d = kind.domain
    plain = normal.removesuffix(kind.unit) if kind.unit == "%" else normal
    match = _NUMBER.fullmatch(plain)
    if match is None:
        return _read_interval(text, plain, kind)
    whole, mark, decimals = match.groups()
    thousands = float(whole + (decimals or "")) if len(decimals or "") == 3 else 0.0
    if mark == "," and whole[0] != "0" and 0.0 < thousands <= d.maximum:
        raise ValueError(f"{kind.allowed()}; '{plain}' may be a decimal or thousands")
    number = float(f"{whole}.{decimals or 0}")
    if not d.minimum <= number <= d.maximum:
        raise ValueError(kind.allowed())
    if mark != ",":
        return Reading(number)
    note = "A decimal comma."
    return Reading(number, remarks=(Remark("comma", d.name, text, f"{number:g}", note),))


def _read_interval(text: str, plain: str, kind: Field) -> Reading:
    d = kind.domain
    bound, between = _BOUND.fullmatch(plain), _RANGE.fullmatch(plain)
    if bound is not None:
        cut, rule = float(bound[2]), "bound"
        low, high = (d.minimum, cut) if bound[1][0] == "<" else (cut, d.maximum)
        left_out = None if "=" in bound[1] else cut
    elif between is not None:
        low, high, rule = float(between[1]), float(between[2]), "range"
        left_out = None
    else:
        raise ValueError(f"{kind.allowed()}; a bound as in '>6' or a range as in '10-19'")
    if not d.minimum <= low < high <= d.maximum:
        raise ValueError(kind.allowed())
    inside = replace(d, minimum=low, maximum=high, optional=False).points(kind.conditions)
    points = [p for p in inside if not isinstance(p, str) and p != left_out]
    if _same_to_all(points, kind.conditions):
        note = "No rule tells the values it allows apart."
        remark = Remark(rule, d.name, text, text, note)
        return Reading((low + high) / 2.0, exact=False, remarks=(remark,))
    note = "It lies on both sides of a cut point."
    return Reading(MISSING, remarks=(Remark(rule, d.name, text, MISSING, note),))


def _same_to_all(points: Sequence[float], conditions: Sequence[Condition]) -> bool:
    return all(len({condition.holds(p) for p in points}) <= 1 for condition in conditions)


def same_side(first: float, second: float, conditions: Sequence[Condition]) -> bool:
    """Whether no cell of any table tells two numbers apart."""
    return _same_to_all([first, second], conditions)
