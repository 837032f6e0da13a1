"""From the text of a formula to its tree: Python's parser, and a list of what may come through.

Nothing is evaluated. A text is refused by its length and its characters before it is parsed, and
by its depth before the tree is walked.
"""

from __future__ import annotations

import ast
import re
import warnings

from equipoise.errors import Problem
from equipoise.mechanism.formulas.tree import (
    FUNCTIONS,
    Call,
    Formula,
    FormulaError,
    Name,
    Negative,
    Node,
    Number,
    Operation,
)

MOST_CHARACTERS = 4000
MOST_DEPTH = 100
"""Deepest nesting; a sum of n terms is n deep, and the longest equations have some 20."""

ALLOWED = "+ - * / ^, unary minus, brackets, numbers, names, exp, log, sqrt and pow"

_STRANGE = re.compile(r"[^A-Za-z0-9_ \t.+\-*/^(),]")
_NUMBER = re.compile(r"(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}


def parse_formula(text: str) -> Formula:
    """Read a formula.

    Both ``^`` and ``**`` are the power. ``-a^b`` is ``-(a^b)``; ``a^b^c`` is refused, because
    tools read it both ways. ``log`` is the natural logarithm.

    Parameters
    ----------
    text : str
        At most `MOST_CHARACTERS` long.

    Raises
    ------
    FormulaError
        Names the character at which the text stops being a formula.

    Examples
    --------
    >>> sorted(parse_formula("k*(1 - e*C/(C50 + C)) - k*Glu").names)
    ['C', 'C50', 'Glu', 'e', 'k']
    """
    if len(text) > MOST_CHARACTERS:
        shown, allowed = f"{len(text):,} characters", f"at most {MOST_CHARACTERS:,} characters"
        raise _error(text, 0, shown, allowed, "Split the formula: name a part of it.")
    strange = _STRANGE.search(text)
    if strange:
        raise _error(text, strange.start(), strange[0], ALLOWED, "Remove that character.")
    stripped = text.strip().replace("\t", " ")
    offset = len(text) - len(text.lstrip())
    return Formula(stripped, _Reader(stripped, offset).tree())


def _error(text: str, at: int, found: str, allowed: str, action: str) -> FormulaError:
    return FormulaError(
        [Problem(_short(text, at), f"character {at + 1}", "", found, allowed, action)]
    )


def _short(text: str, at: int) -> str:
    """Return the formula, or the 60 characters around the place."""
    if len(text) <= 60:
        return repr(text)
    start = max(0, min(at - 30, len(text) - 60))
    before, after = "..." * (start > 0), "..." * (start + 60 < len(text))
    return repr(before + text[start : start + 60] + after)


class _Reader:
    """Walks Python's tree of one text; `source` is the text with ``**`` for ``^``."""

    def __init__(self, text: str, offset: int) -> None:
        self.text, self.offset = text, offset
        self.source = text.replace("^", "**")

    def place(self, column: int) -> int:
        """Column of the text a user wrote, from the column of `source`."""
        seen = 0
        for at, character in enumerate(self.text):
            if seen >= column:
                return at + self.offset
            seen += 2 if character == "^" else 1
        return len(self.text) + self.offset

    def fail(self, column: int, found: str, allowed: str, action: str) -> FormulaError:
        text = " " * self.offset + self.text
        return _error(text, self.place(column), found, allowed, action)

    def tree(self) -> Node:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                body = ast.parse(self.source, mode="eval").body
        except SyntaxError as error:
            column = max((error.offset or 1) - 1, 0)
            found = self.source[column : column + 20].replace("**", "^")
            action = "Complete or correct the formula there."
            raise self.fail(column, found or "the end", ALLOWED, action) from None
        except (RecursionError, MemoryError, ValueError):
            raise self.too_deep(0) from None
        return self.node(body, 0)

    def too_deep(self, column: int) -> FormulaError:
        allowed = f"at most {MOST_DEPTH} levels of brackets and operators"
        return self.fail(column, "deeper nesting", allowed, "Split the formula: name a part of it.")

    def node(self, node: ast.expr, depth: int) -> Node:
        if depth > MOST_DEPTH:
            raise self.too_deep(node.col_offset)
        if isinstance(node, ast.Name):
            return Name(node.id)
        if isinstance(node, ast.Constant):
            return self.number(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return Negative(self.node(node.operand, depth + 1))
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return self.operation(node, depth)
        if isinstance(node, ast.Call):
            return self.call(node, depth)
        raise self.fail(node.col_offset, self.shown(node), ALLOWED, "Write it with these.")

    def shown(self, node: ast.expr) -> str:
        return self.source[node.col_offset : node.end_col_offset].replace("**", "^")

    def number(self, node: ast.Constant) -> Number:
        shown = self.shown(node)
        value = float(shown) if _NUMBER.fullmatch(shown) else float("nan")
        if not abs(value) < float("inf"):
            allowed = "a finite decimal number"
            raise self.fail(node.col_offset, shown, allowed, "Write it as 12.5 or 1.25e1.")
        return Number(value)

    def operation(self, node: ast.BinOp, depth: int) -> Node:
        operator = _OPERATORS[type(node.op)]
        if operator == "^":
            exponent = node.right
            while isinstance(exponent, ast.UnaryOp):
                exponent = exponent.operand
            between = self.source[node.left.end_col_offset : exponent.col_offset]
            chained = isinstance(exponent, ast.BinOp) and isinstance(exponent.op, ast.Pow)
            if chained and "(" not in between:
                allowed, action = "(a^b)^c or a^(b^c)", "Write the brackets."
                raise self.fail(node.col_offset, self.shown(node), allowed, action)
        left, right = self.node(node.left, depth + 1), self.node(node.right, depth + 1)
        return Operation(operator, left, right)

    def call(self, node: ast.Call, depth: int) -> Node:
        name = node.func.id if isinstance(node.func, ast.Name) else self.shown(node.func)
        wanted = {**dict.fromkeys(FUNCTIONS, 1), "pow": 2}.get(name)
        if wanted is None:
            known = ", ".join((*FUNCTIONS, "pow"))
            raise self.fail(node.col_offset, name, known, "Use one of these functions.")
        if len(node.args) != wanted or node.keywords:
            shown, allowed = f"{len(node.args)} arguments", f"{wanted} in {name}"
            raise self.fail(node.col_offset, shown, allowed, "Give that many.")
        made = [self.node(argument, depth + 1) for argument in node.args]
        return Operation("^", *made) if name == "pow" else Call(name, made[0])
