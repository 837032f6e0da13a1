"""Change a tag or put in an element, and leave every other byte of a document as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.parsers.expat import ParserCreate
from xml.sax.saxutils import quoteattr

TAG = re.compile(rb"""<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>""")


@dataclass(frozen=True)
class Place:
    """Where an element stands in the bytes of a document.

    Attributes
    ----------
    path : tuple of str
        Names without prefix, from the root to the element.
    attributes : dict of str to str
        Of its start tag.
    start, inside, close, end : int
        Byte offsets: of the start tag, behind the start tag, of the end tag, behind the end tag.
        An empty element (``<a/>``) has `inside`, `close` and `end` at the same place.
    """

    path: tuple[str, ...]
    attributes: Mapping[str, str]
    start: int
    inside: int
    close: int
    end: int

    @property
    def empty(self) -> bool:
        """Whether there is no end tag."""
        return self.inside == self.close == self.end


@dataclass(frozen=True)
class Edit:
    """Replace the bytes from `start` up to `end` by `text`."""

    start: int
    end: int
    text: str


def places(xml: str, deepest: int) -> list[Place]:
    """Return where the elements of the first `deepest` levels stand, in document order.

    The text must have been checked by `parse_xml`.
    """
    data = xml.encode()
    parser = ParserCreate()
    open_ones: list[tuple[str, dict[str, str], int]] = []
    found: list[Place] = []

    def opened(tag: str, attributes: dict[str, str]) -> None:
        open_ones.append((tag.rpartition(":")[2], attributes, parser.CurrentByteIndex))

    def closed(_: str) -> None:
        path = tuple(name for name, _, _ in open_ones)
        _, attributes, start = open_ones.pop()
        if len(path) <= deepest:
            inside = _tag_end(data, start)
            last = parser.CurrentByteIndex
            empty = data[inside - 2 : inside] == b"/>"
            close, end = (inside, inside) if empty else (last, _tag_end(data, last))
            found.append(Place(path, attributes, start, inside, close, end))

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.Parse(data, True)
    return sorted(found, key=lambda place: place.start)


def edited(xml: str, edits: Iterable[Edit]) -> str:
    """Return the document with all edits made; later ones do not see earlier ones."""
    data = xml.encode()
    parts, at = [], 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        parts += [data[at : edit.start], edit.text.encode()]
        at = edit.end
    return b"".join([*parts, data[at:]]).decode()


def with_attribute(xml: str, place: Place, name: str, value: str) -> Edit:
    """Return the edit that sets an attribute of an element's start tag."""
    tag = xml.encode()[place.start : place.inside].decode()
    pattern = re.compile(rf"""(\s{re.escape(name)}\s*=\s*)("[^"]*"|'[^']*')""")
    if pattern.search(tag):
        new = pattern.sub(lambda found: found[1] + quoteattr(value), tag, count=1)
    else:
        ending = "/>" if tag.endswith("/>") else ">"
        new = f"{tag.removesuffix(ending).rstrip()} {name}={quoteattr(value)}{ending}"
    return Edit(place.start, place.inside, new)


def prefix(xml: str, place: Place) -> str:
    """Return the namespace prefix that an element is written with, colon included."""
    tag = xml.encode()[place.start : place.inside].decode()
    written = re.match(r"<([^\s/>]+)", tag)
    name = written[1] if written else ""
    return name[: name.rfind(":") + 1]


def _tag_end(data: bytes, start: int) -> int:
    found = TAG.match(data, start)
    return found.end() if found else start
