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
from equipoise.report.figures.all_figures import build_figures
from equipoise.report.figures.images import (
    charts_bundle,
    for_file,
    png_image,
    renderer_version,
    spec_key,
    svg_image,
)
from equipoise.report.figures.theme import spec_of
from equipoise.report.render import Drawn, render_html
from equipoise.report.tables.all_tables import build_tables
from equipoise.report.tables.evidence import gap_records

Remember = Callable[[str, Callable[[], bytes]], bytes]
"""Returns the bytes stored under a key, or computes and stores them."""


def compute(key: str, work: Callable[[], bytes]) -> bytes:
    """Remember nothing: compute every time."""
    return work()


def write_dossier(dossier: Dossier, folder: Path, remember: Remember = compute) -> None:
    """Write dossier.html, dossier.json, run.json, tables/ and figures/ into a folder.

    Everything is made before the first file is put in place, and each file appears whole or not
    at all: a run that fails or is interrupted while it draws leaves the old dossier. Pictures
    and tables of an earlier run that this one does not make are removed; nothing else in the
    folder is touched. The same dossier gives the same bytes.

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
    for name, data in list(_files(dossier, remember)):
        write_bytes(folder / name, data)
        written[name] = hashlib.sha256(data).hexdigest()
    write_bytes(folder / "run.json", to_bytes(_run(dossier, written)))
    for name in sorted(stale - set(written)):
        (folder / name).unlink(missing_ok=True)


def _files(dossier: Dossier, remember: Remember) -> Iterator[tuple[str, bytes]]:
    figures, tables = build_figures(dossier), build_tables(dossier)
    specs = {figure.id: spec_of(figure.chart) for figure in figures}
    images = {name: _svg(name, spec, remember) for name, spec in specs.items()}
    scale = dossier.options.png_scale
    for name, spec in specs.items():
        yield f"figures/{name}.svg", for_file(images[name])
        yield f"figures/{name}.png", _png(name, spec, images[name], scale, remember)
    for table in tables.values():
        if table.records:
            yield f"tables/{table.id}.csv", write_csv(table.records)
    for name, records in _further_tables(dossier):
        if records:
            yield f"tables/{name}.csv", write_csv(records)
    yield "dossier.json", to_bytes(dossier_document(dossier, tables))
    bundle = remember(f"bundle {renderer_version()}", charts_bundle)
    drawn = Drawn(figures, specs, images, bundle)
    yield "dossier.html", render_html(dossier, tables, drawn).encode()


def _further_tables(dossier: Dossier) -> Iterator[tuple[str, tuple[dict[str, Any], ...]]]:
    yield "evidence_rows", tuple(row.model_dump() for row in dossier.evidence.results)
    yield "gap_map", gap_records(dossier)


def _svg(name: str, spec: dict[str, Any], remember: Remember) -> bytes:
    return remember(f"svg {spec_key(spec, name)}", lambda: svg_image(spec, name))


def _png(name: str, spec: dict[str, Any], svg: bytes, scale: float, remember: Remember) -> bytes:
    return remember(f"png {spec_key(spec, name, scale)}", lambda: png_image(svg, scale))


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
