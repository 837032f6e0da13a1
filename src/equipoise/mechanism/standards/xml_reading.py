"""Text of others as an XML tree, without letting it reach for anything."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from equipoise.errors import InputError, Problem
from equipoise.mechanism.standards.engine import require

MOST_BYTES = 20_000_000
"""Eighteen times the largest model of the tests (504 species, 827 reactions)."""

MOST_NESTED = 256
"""Deepest element; the published models reach 24, and readers in C recurse on the depth."""

DECLARED = re.compile(r"""^<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
PLAIN = {"utf-8", "us-ascii", "ascii"}


def parse_xml(data: bytes, file: str) -> Element:
    """Parse UTF-8 XML; a document type, an entity or anything external is refused.

    Parameters
    ----------
    data : bytes
        The file as it is.
    file : str
        Its name, for messages.

    Raises
    ------
    InputError
        If the text is too large, too deep, in another encoding, not XML, or declares a document
        type or an entity.
    MissingExtraError
        If defusedxml is not installed.
    """
    text = decode(data, file)
    parser = require("defusedxml.ElementTree", "reading XML")
    common = require("defusedxml.common", "reading XML")
    try:
        root: Element = parser.fromstring(text.encode(), forbid_dtd=True)
    except common.DefusedXmlException as error:
        found = type(error).__name__.removesuffix("Forbidden")
        raise _refusal(
            file, found, "no DOCTYPE, entity or external reference", "Remove the declaration."
        ) from error
    except (ParseError, ValueError) as error:
        raise _refusal(
            file, str(error), "well-formed XML", "Write the file anew with the tool it came from."
        ) from error
    deepest = _depth(root)
    if deepest > MOST_NESTED:
        raise _refusal(
            file,
            f"{deepest} elements within each other",
            f"at most {MOST_NESTED}",
            "Split the formula into several assignment rules.",
        )
    return root


def decode(data: bytes, file: str) -> str:
    """Return the text of a file that is, and says it is, UTF-8 and not too large."""
    if len(data) > MOST_BYTES:
        raise _refusal(
            file,
            f"{len(data):,} bytes",
            f"at most {MOST_BYTES:,} bytes",
            "Leave out layout and annotations, or split the model.",
        )
    try:
        text = data.decode("utf-8-sig").lstrip()
    except UnicodeDecodeError as error:
        raise _refusal(file, str(error), "UTF-8 text", "Save the file as UTF-8.") from error
    declared = DECLARED.match(text)
    if declared and declared[1].lower() not in PLAIN:
        raise _refusal(file, f"encoding {declared[1]}", "UTF-8", "Save the file as UTF-8.")
    return text


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def namespace(element: Element) -> str:
    """Return the namespace of an element; empty when it has none."""
    return element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""


def children(element: Element | None, name: str = "") -> list[Element]:
    """Return the children of that name, all without one."""
    inside: list[Any] = list(element) if element is not None else []
    return [child for child in inside if not name or local(child) == name]


def child(element: Element | None, name: str) -> Element | None:
    """Return the first child of that name."""
    return next(iter(children(element, name)), None)


def _depth(root: Element) -> int:
    level, deepest = [root], 0
    while level:
        deepest += 1
        level = [inner for outer in level for inner in outer]
    return deepest


def _refusal(file: str, value: str, allowed: str, action: str) -> InputError:
    return InputError([Problem(file, "", "", value, allowed, action)])
