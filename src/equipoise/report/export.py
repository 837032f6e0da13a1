"""Write a dossier: one page, the same content as JSON and CSV, every figure as an image."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from equipoise.atomic import write_bytes
from equipoise.report.answers import plain
from equipoise.report.dossier import Dossier
from equipoise.report.export_csv import write_csv
from equipoise.report.export_json import dossier_document, to_bytes
from equipoise.report.figure import Figure
from equipoise.report.figures import build_figures
from equipoise.report.images import (
    charts_bundle,
    for_file,
    png_image,
    renderer_version,
    spec_key,
    svg_image,
)
from equipoise.report.render import render_html
from equipoise.report.tables import build_tables
from equipoise.report.tables_evidence import gap_records
from equipoise.report.theme import spec_of

Remember = Callable[[str, Callable[[], bytes]], bytes]
"""Returns the bytes stored under a key, or computes and stores them."""


def compute(key: str, work: Callable[[], bytes]) -> bytes:
    """Remember nothing: compute every time."""
    return work()


def write_dossier(dossier: Dossier, folder: Path, remember: Remember = compute) -> None:
    """Write dossier.html, dossier.json, run.json, tables/ and figures/ into a folder.

    Each file appears whole or not at all. Pictures and tables of an earlier run that this one
    does not make are removed; nothing else in the folder is touched. The same dossier gives the
    same bytes.

    Parameters
    ----------
    dossier : Dossier
        From `equipoise.run.assemble`.
    folder : Path
        Made if it does not exist.
    remember : callable
        Keeps expensive steps (drawing) between runs, by key.
    """
    stale = set(_written_before(folder))
    written: dict[str, str] = {}
    for name, data in _files(dossier, remember):
        write_bytes(folder / name, data)
        written[name] = hashlib.sha256(data).hexdigest()
    write_bytes(folder / "run.json", to_bytes(_run(dossier, written)))
    for name in sorted(stale - set(written)):
        (folder / name).unlink(missing_ok=True)


def _files(dossier: Dossier, remember: Remember) -> Iterator[tuple[str, bytes]]:
    figures, tables = build_figures(dossier), build_tables(dossier)
    images = {figure.id: _svg(figure, remember) for figure in figures}
    for figure in figures:
        yield f"figures/{figure.id}.svg", for_file(images[figure.id])
        yield f"figures/{figure.id}.png", _png(figure, images[figure.id], dossier, remember)
    for table in tables.values():
        if table.records:
            yield f"tables/{table.id}.csv", write_csv(table.records)
    for name, records in _further_tables(dossier):
        if records:
            yield f"tables/{name}.csv", write_csv(records)
    yield "dossier.json", to_bytes(dossier_document(dossier, tables))
    bundle = remember(f"bundle {renderer_version()}", charts_bundle)
    yield "dossier.html", render_html(dossier, figures, tables, images, bundle).encode()


def _further_tables(dossier: Dossier) -> Iterator[tuple[str, tuple[dict[str, Any], ...]]]:
    yield "evidence_rows", tuple(row.model_dump() for row in dossier.evidence.results)
    yield "gap_map", gap_records(dossier)


def _svg(figure: Figure, remember: Remember) -> bytes:
    spec = spec_of(figure.chart)
    return remember(f"svg {spec_key(spec, figure.id)}", lambda: svg_image(spec, figure.id))


def _png(figure: Figure, svg: bytes, dossier: Dossier, remember: Remember) -> bytes:
    scale = dossier.options.png_scale
    key = spec_key(spec_of(figure.chart), figure.id, scale)
    return remember(f"png {key}", lambda: png_image(svg, scale))


def _run(dossier: Dossier, written: dict[str, str]) -> dict[str, Any]:
    provenance: dict[str, Any] = plain(dossier.provenance)
    provenance["inputs"] = dict(dossier.provenance.inputs)
    provenance["packages"] = dict(dossier.provenance.packages)
    return {**provenance, "renderer": renderer_version(), "files": written}


def _written_before(folder: Path) -> Iterator[str]:
    """Pictures and tables that an earlier run says it wrote."""
    try:
        files = json.loads((folder / "run.json").read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    for name in files if isinstance(files, dict) else ():
        parts = Path(str(name)).parts
        if len(parts) == 2 and parts[0] in ("figures", "tables"):
            yield str(name)
