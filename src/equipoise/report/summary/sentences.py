"""What a summary is made of: sentences that know what they rest on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One answer in a list: its label, the id the label leads to, and its numbers."""

    label: str
    id: str
    text: str


@dataclass(frozen=True)
class Sentence:
    """A statement with the ids of the results or rows it rests on, or the answers it lists."""

    text: str
    rests_on: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Passage:
    """Sentences under one heading."""

    heading: str
    sentences: tuple[Sentence, ...]
