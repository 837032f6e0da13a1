"""A folder of gene sets with its list: version, hash, source, licence and standing of each.

``collections.toml`` in the folder names every file; nothing that it does not name is read, and a
file whose bytes do not have the hash in the list is refused.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from equipoise.biomarkers.pathways.gene_sets import GeneSets
from equipoise.biomarkers.pathways.gmt_text import read_gmt
from equipoise.biomarkers.pathways.weight_table import read_weights
from equipoise.errors import InputError, Problem

LIST = "collections.toml"
Text = Annotated[str, Field(min_length=1)]


class SetLabel(BaseModel):
    """What is said of one set: proxy of what, validated or not, and the caution."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Text
    pathway: Text
    standing: Literal["validated", "not validated"]
    caution: Text


class Collection(BaseModel):
    """One file of the folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Text
    version: Text
    file: Annotated[str, Field(pattern=r"^[\w.-]+\.(gmt|csv)$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    source: Text
    licence: Text
    sets: tuple[SetLabel, ...]


class CollectionList(BaseModel):
    """The list of a folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    collection: tuple[Collection, ...]


def read_collections(folder: Traversable) -> dict[str, GeneSets]:
    """Read every collection of a folder, by name.

    Raises
    ------
    InputError
        If the list is missing or malformed, a file does not have its hash, or a label names a set
        that its file does not hold, or a set has no label.
    """
    listed = folder / LIST
    if not listed.is_file():
        problem = Problem(LIST, "", "", "", "an existing file", "List the folder's files in it.")
        raise InputError([problem])
    try:
        parsed = CollectionList.model_validate(tomllib.loads(listed.read_text(encoding="utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = Problem(LIST, "", "", str(error), "TOML in UTF-8", "Mend the line.")
        raise InputError([problem]) from error
    except ValidationError as error:
        raise InputError(_problems(error)) from error
    made = [_read(folder, entry) for entry in parsed.collection]
    return {gene_sets.name: gene_sets for gene_sets in made}


def _read(folder: Traversable, entry: Collection) -> GeneSets:
    reader = read_gmt if entry.file.endswith(".gmt") else read_weights
    gene_sets = reader(
        folder / entry.file,
        name=entry.name,
        version=entry.version,
        source=entry.source,
        licence=entry.licence,
    )
    problems = []
    if gene_sets.sha256 != entry.sha256:
        action = "The file was changed: take it from its source again, or list its new version."
        problems.append(Problem(entry.file, "", "sha256", gene_sets.sha256, entry.sha256, action))
    labels = {label.name: label for label in entry.sets}
    for name in sorted(labels.keys() ^ set(gene_sets.names)):
        action = "Label the sets of the file, each of them."
        problems.append(Problem(LIST, entry.name, "sets", name, "in the file and here", action))
    if problems:
        raise InputError(problems)
    sets = tuple(replace(s, **labels[s.name].model_dump(exclude={"name"})) for s in gene_sets.sets)
    return replace(gene_sets, sets=sets)


def _problems(error: ValidationError) -> list[Problem]:
    return [
        Problem(
            LIST,
            ".".join(str(part) for part in entry["loc"]),
            "",
            str(entry["input"])[:80],
            entry["msg"],
            "Correct the entry.",
        )
        for entry in error.errors()
    ]
