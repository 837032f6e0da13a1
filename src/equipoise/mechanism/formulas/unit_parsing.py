"""From the text of a unit to the unit: ``L/h``, ``1/(nM day)``, ``mg/kg``, ``cell/mm^3``."""

from __future__ import annotations

import difflib
import re
from fractions import Fraction

from equipoise.errors import Problem
from equipoise.mechanism.formulas.tree import FormulaError
from equipoise.mechanism.formulas.unit_algebra import ONE, Unit
from equipoise.mechanism.formulas.unit_names import LARGEST, known_names, meaning

MOST_CHARACTERS = 80
MOST_POWER = 30

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z]+|%)|(?P<sign>[*/^()-]))", re.ASCII
)
_SAME = str.maketrans({"µ": "u", "μ": "u", "·": "*", "²": "^2", "³": "^3"})
_ACTION = "Write it as in mg/L, 1/(nM day), cell/mm^3, or 1 for a plain number."


def parse_unit(text: str) -> Unit:
    """Read a unit.

    A space and ``*`` multiply, ``/`` divides, ``^`` raises to a whole number or to a fraction in
    brackets; a number right after a name is its power (``m2``). Division goes from left to right
    (``mg/L/h``); after it a product needs brackets, because ``1/nM day`` is read both ways.

    Parameters
    ----------
    text : str
        At most `MOST_CHARACTERS` long; ``1`` is a plain number.

    Raises
    ------
    FormulaError
        Names what is unknown, with names close to it, or where the text stops being a unit.

    Examples
    --------
    >>> parse_unit("L/h").same(parse_unit("24 L/day")), parse_unit("day").same(parse_unit("h"))
    (True, False)
    """
    if not text.strip() or len(text) > MOST_CHARACTERS:
        shown = text if len(text) <= MOST_CHARACTERS else f"{len(text)} characters"
        raise _error(text, shown, f"1 to {MOST_CHARACTERS} characters")
    reader = _Reader(text, _tokens(text))
    unit = reader.product()
    if reader.tokens:
        raise reader.fail()
    return unit


def _error(text: str, found: str, allowed: str, action: str = _ACTION) -> FormulaError:
    return FormulaError(
        [Problem(f"unit '{text[:MOST_CHARACTERS]}'", "", "", found, allowed, action)]
    )


def _tokens(text: str) -> list[tuple[str, str]]:
    """Split into (kind, text); a number glued to a name is made a power."""
    made: list[tuple[str, str]] = []
    source, at = text.translate(_SAME).rstrip(), 0
    while at < len(source):
        found = _TOKEN.match(source, at)
        if found is None:
            raise _error(text, source[at:].strip()[:1], "names, numbers, * / ^ and brackets")
        kind = str(found.lastgroup)
        glued = kind == "number" and made and made[-1][0] == "name" and source[at] != " "
        made += [("sign", "^")] * bool(glued) + [(kind, found[kind])]
        at = found.end()
    return made


class _Reader:
    """Reads the tokens from the left, one level of brackets a call."""

    def __init__(self, text: str, tokens: list[tuple[str, str]]) -> None:
        self.text, self.tokens = text, tokens

    def fail(self) -> FormulaError:
        found = self.tokens[0][1] if self.tokens else "the end"
        return _error(self.text, found, "names, numbers, * / ^ and brackets, in their places")

    def next_is(self, *signs: str) -> bool:
        return bool(self.tokens) and self.tokens[0][0] == "sign" and self.tokens[0][1] in signs

    def product(self) -> Unit:
        unit, divided = self.power(), False
        while self.tokens and not self.next_is(")"):
            if self.next_is("/"):
                self.tokens.pop(0)
                unit, divided = unit / self.power(), True
                continue
            if divided:
                allowed = "brackets around a product after /"
                raise _error(self.text, self.text, allowed, "Write a/(b c), or a c/b.")
            if self.next_is("*"):
                self.tokens.pop(0)
            unit = unit * self.power()
        return unit

    def power(self) -> Unit:
        unit = self.single()
        if not self.next_is("^"):
            return unit
        self.tokens.pop(0)
        exponent = self.exponent()
        if abs(exponent) > MOST_POWER:
            raise _error(self.text, str(exponent), f"powers from -{MOST_POWER} to {MOST_POWER}")
        return unit**exponent

    def single(self) -> Unit:
        if self.next_is("("):
            self.tokens.pop(0)
            unit = self.product()
            self.closing()
            return unit
        if not self.tokens or self.tokens[0][0] == "sign":
            raise self.fail()
        kind, text = self.tokens.pop(0)
        if kind == "number":
            number = Fraction(text)
            if not 0 < number <= LARGEST or number.denominator > LARGEST:
                raise _error(self.text, text, f"numbers above 0, up to {LARGEST:,}")
            return ONE if number == 1 else Unit(((str(number), Fraction(1)),))
        if meaning(text) is None:
            near = difflib.get_close_matches(text, known_names(), 3, 0.5)
            action = f"Did you mean {', '.join(near)}?" if near else _ACTION
            raise _error(self.text, text, "a unit that is known", action)
        return Unit(((text, Fraction(1)),))

    def exponent(self) -> Fraction:
        if self.next_is("("):
            self.tokens.pop(0)
            exponent = self.signed()
            if self.next_is("/"):
                self.tokens.pop(0)
                divisor = self.signed()
                if divisor == 0:
                    raise _error(self.text, "0", "a divisor other than 0")
                exponent /= divisor
            self.closing()
            return exponent
        return self.signed()

    def signed(self) -> Fraction:
        sign = 1
        if self.next_is("-"):
            self.tokens.pop(0)
            sign = -1
        if not self.tokens or self.tokens[0][0] != "number":
            raise self.fail()
        return sign * Fraction(self.tokens.pop(0)[1])

    def closing(self) -> None:
        if not self.next_is(")"):
            raise self.fail()
        self.tokens.pop(0)
