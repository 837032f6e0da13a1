"""Turn a specification into an image: the same bytes in every process and on every machine."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from importlib.metadata import version
from typing import Any

import vl_convert

from equipoise.report.figures.theme import VEGA_LITE, fonts_folder, register_fonts

LOADER_BASE = "https://vega.github.io/vega-datasets/"
"""Address the renderer puts before a link inside the page; taken off again."""

_TAG = re.compile(r"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_ID = re.compile(r'\bid="([^"]+)"')
_REFERENCE = re.compile(r'(url\(#|href="#)([^")]+)')


def svg_image(spec: dict[str, Any], name: str) -> bytes:
    """Draw a specification as SVG; ids begin with `name` and count from 1."""
    register_fonts()
    drawn = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)
    drawn = drawn.replace(f'xlink:href="{LOADER_BASE}#', 'xlink:href="#')
    return renumbered(drawn, name).encode()


def renumbered(svg: str, name: str) -> str:
    """Give the ids of an SVG stable names, unlike those of any other figure of a page.

    The renderer counts ids through the life of the process, so that the same picture would
    differ with what was drawn before it.
    """
    found = (old for tag in _TAG.findall(svg) for old in _ID.findall(tag))
    new = {old: f"{name}-{place}" for place, old in enumerate(dict.fromkeys(found), 1)}

    def renamed(tag: re.Match[str]) -> str:
        text = _ID.sub(lambda m: f'id="{new[m[1]]}"', tag[0])
        return _REFERENCE.sub(lambda m: f"{m[1]}{new.get(m[2], m[2])}", text)

    return _TAG.sub(renamed, svg)


def for_file(svg: bytes) -> bytes:
    """Point the links of a picture that stands alone at the dossier beside its folder."""
    return svg.replace(b'xlink:href="#', b'xlink:href="../dossier.html#')


def png_image(svg: bytes, scale: float) -> bytes:
    """Draw an SVG as PNG."""
    register_fonts()
    return bytes(vl_convert.svg_to_png(svg.decode(), scale=scale))


def spec_key(spec: dict[str, Any], *more: object) -> str:
    """Name what an image depends on: the specification, renderer, fonts and options."""
    text = json.dumps(spec, sort_keys=True, ensure_ascii=True)
    digest = hashlib.sha256(text.encode())
    for part in (renderer_version(), _fonts_digest(), *more):
        digest.update(f"|{part}".encode())
    return digest.hexdigest()


def renderer_version() -> str:
    """Version of the renderer and of the grammar it is asked for."""
    return f"vl-convert {version('vl-convert-python')}, vega-lite {VEGA_LITE}"


@cache
def _fonts_digest() -> str:
    digest = hashlib.sha256()
    for file in sorted(fonts_folder().glob("*.otf")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def charts_bundle() -> bytes:
    """JavaScript that draws the live charts: vega, vega-lite and vega-embed in one file."""
    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", VEGA_LITE)).encode()
