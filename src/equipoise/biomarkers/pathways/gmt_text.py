"""Gene sets of a GMT file: one set a line, name, description and genes between tabs."""

from __future__ import annotations

import hashlib
import re
from importlib.resources.abc import Traversable

from equipoise.biomarkers.pathways.gene_sets import GeneSet, GeneSets
from equipoise.errors import InputError, Problem
from equipoise.evidence.csv_text import decode

MAX_BYTES = 20_000_000
"""All of MSigDB is 12 MB in this format."""
MAX_NAME = 200
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
MOST_PROBLEMS = 50


def read_gmt(
    file: Traversable,
    *,
    name: str = "",
    version: str = "unversioned",
    source: str = "a file of the user",
    licence: str = "not stated",
) -> GeneSets:
    """Read a GMT file; its sets are not validated until somebody says they are.

    A gene that a set names twice counts once, with a remark. The description is not kept.

    Parameters
    ----------
    file : path
    name : str
        Name of the collection; the file's name if empty.
    version, source, licence : str

    Raises
    ------
    InputError
        A file that is missing, too large or not UTF-8; lines without genes, with control
        characters, or with the name of an earlier set: all lines at once.
    """
    problems: list[Problem] = []
    data = sized_bytes(file, MAX_BYTES, problems)
    text = None if data is None else decode(file.name, data, problems)
    sets: list[GeneSet] = []
    twice: list[str] = []
    for number, line in enumerate((text or "").split("\n"), 1):
        if line.strip():
            gene_set = _one_set(file.name, number, line.rstrip("\r"), problems, twice)
            sets += [] if gene_set is None else [gene_set]
    problems += _repeated_names(file.name, sets)
    if text is not None and not sets and not problems:
        problems.append(Problem(file.name, "", "", "no set", "one set a line", "Add a set."))
    if problems:
        raise InputError(shorten(problems, file.name))
    remark = f"Genes named more than once in a set count once: {', '.join(twice[:5])}"
    digest = hashlib.sha256(data or b"").hexdigest()
    remarks = (f"{remark} and {len(twice) - 5} more.",) if len(twice) > 5 else (f"{remark}.",)
    return GeneSets(
        name or file.name,
        version,
        digest,
        source,
        licence,
        tuple(sets),
        remarks if twice else (),
    )


def sized_bytes(file: Traversable, most: int, problems: list[Problem]) -> bytes | None:
    """Read a file unless it is missing or larger than `most` bytes; say which."""
    if not file.is_file():
        problems.append(Problem(file.name, "", "", "", "an existing file", "Check the path."))
        return None
    with file.open("rb") as stream:
        data: bytes = stream.read(most + 1)
    if len(data) > most:
        shown = f"more than {most:,} bytes"
        problems.append(
            Problem(file.name, "", "", shown, f"at most {most:,} bytes", "Choose fewer sets.")
        )
        return None
    return data


def shorten(problems: list[Problem], file: str) -> list[Problem]:
    """Keep the first fifty problems and say how many more there are."""
    more = len(problems) - MOST_PROBLEMS
    if more <= 0:
        return problems
    last = Problem(file, "", "", f"{more} further problems", "none", "Mend the first ones first.")
    return [*problems[:MOST_PROBLEMS], last]


def _one_set(
    file: str, number: int, line: str, problems: list[Problem], twice: list[str]
) -> GeneSet | None:
    cells = [cell.strip() for cell in line.split("\t")]
    name, genes = cells[0], [cell for cell in cells[2:] if cell]
    where = f"line {number}"
    if CONTROL.search(line):
        problems.append(
            Problem(file, where, "", "a control character", "text and tabs", "Remove it.")
        )
    elif not name or len(name) > MAX_NAME:
        allowed = f"1 to {MAX_NAME} characters"
        problems.append(Problem(file, where, "name", name[:80], allowed, "Name the set."))
    elif not genes:
        allowed = "name, description and genes, with tabs between"
        action = "Separate by tabs; the second column is a description, not a gene."
        problems.append(Problem(file, where, name, f"{len(cells)} columns", allowed, action))
    else:
        once = tuple(dict.fromkeys(genes))
        if len(once) < len(genes):
            twice.append(name)
        return GeneSet(name, once, (1.0,) * len(once))
    return None


def _repeated_names(file: str, sets: list[GeneSet]) -> list[Problem]:
    seen: set[str] = set()
    found = []
    for gene_set in sets:
        if gene_set.name in seen:
            action = "Rename one of them."
            found.append(Problem(file, gene_set.name, "name", "twice", "each set once", action))
        seen.add(gene_set.name)
    return found
