"""Gene sets as records: which genes, of which version, from where, and what they cannot tell."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from equipoise.errors import InputError, Problem

Standing = Literal["validated", "not validated"]
"""Whether the cited source shows that the score follows the pathway measured by other means."""


@dataclass(frozen=True)
class GeneSet:
    """One gene set or footprint.

    Attributes
    ----------
    name : str
    genes : tuple of str
        Symbols (or whatever ids the expression matrix uses), each once, in the file's order.
    weights : tuple of float
        One a gene, 1 where the file gives none; a negative weight marks a gene that falls when
        the pathway is active.
    pathway : str
        What the set is taken as a proxy of, empty if nobody said.
    standing : {"validated", "not validated"}
        A set nobody vouches for is not validated.
    caution : str
        One sentence that must stand beside every score of this set, for instance "mRNA cannot
        read the phosphorylation of the kinase".
    """

    name: str
    genes: tuple[str, ...]
    weights: tuple[float, ...]
    pathway: str = ""
    standing: Standing = "not validated"
    caution: str = ""

    @property
    def signed(self) -> bool:
        """Whether some genes count downwards."""
        return any(weight < 0 for weight in self.weights)

    @property
    def weighted(self) -> bool:
        """Whether the genes count differently."""
        return any(weight != 1.0 for weight in self.weights)


@dataclass(frozen=True)
class GeneSets:
    """A versioned collection of gene sets.

    Attributes
    ----------
    name, version : str
    sha256 : str
        Hash of the bytes of the file the sets were read from.
    source, licence : str
        Where the file is from and the terms under which it may be passed on.
    sets : tuple of GeneSet
    remarks : tuple of str
        What was put in order while reading (a gene named twice, for instance).
    """

    name: str
    version: str
    sha256: str
    source: str
    licence: str
    sets: tuple[GeneSet, ...]
    remarks: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the sets, in order."""
        return tuple(gene_set.name for gene_set in self.sets)

    def choose(self, names: Iterable[str]) -> GeneSets:
        """Return the collection with the named sets only, in the order asked for.

        Raises
        ------
        InputError
            If a name is not in the collection; the message lists those there are.
        """
        by_name = {gene_set.name: gene_set for gene_set in self.sets}
        wanted = tuple(names)
        problems = [
            Problem(self.name, "", "set", name, ", ".join(self.names), "Choose among these.")
            for name in wanted
            if name not in by_name
        ]
        if problems:
            raise InputError(problems)
        return replace(self, sets=tuple(by_name[name] for name in wanted))


def content_hash(sets: Iterable[GeneSet]) -> str:
    """SHA-256 of names, genes and weights: equal for equal sets, whatever file they came from.

    The order of the sets and of the genes in a set does not count.
    """
    lines = sorted(
        "\t".join([s.name, *sorted(f"{g}={w!r}" for g, w in zip(s.genes, s.weights, strict=True))])
        for s in sets
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
