"""How every figure looks: one font, one set of colours, one way to draw axes.

The colours are told apart by people with any of the common colour-vision deficiencies and keep
their order of lightness in a grey print; no figure relies on colour alone. They follow Okabe and
Ito's set (https://jfly.uni-koeln.de/color/), darkened so that thin lines hold on white.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeAlias

import altair as alt
import vl_convert

FONT = "Inter Dossier"
"""Family name of the shipped subset of Inter; see fonts/README.md."""

INK = "#1b2128"
MUTED = "#5a6570"
LINE = "#8b95a0"
HAIR = "#d5dae0"
PAPER = "#ffffff"
BLUE = "#1d5f96"
ORANGE = "#b8540b"
GREEN = "#00795b"
SKY = "#7db7dd"
SAND = "#f0d9a8"

ROW_HEIGHT = 23
TEXT_SIZE = 12
BOLD: Literal[600] = 600
PLAIN: Literal[400] = 400

Drawing: TypeAlias = (
    alt.Chart | alt.LayerChart | alt.FacetChart | alt.HConcatChart | alt.VConcatChart
)
"""Whatever altair makes of a picture."""

VEGA_LITE = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
"""Vega-Lite version altair writes, as vl-convert names it; never "the latest"."""

CONFIG: dict[str, Any] = {
    "font": f"{FONT}, Inter, Arial, sans-serif",
    "background": PAPER,
    "padding": 4,
    "view": {"stroke": None, "continuousWidth": 400, "continuousHeight": 300},
    "axis": {
        "domainColor": LINE,
        "gridColor": HAIR,
        "grid": False,
        "labelColor": INK,
        "labelFontSize": 11,
        "tickColor": LINE,
        "tickSize": 4,
        "titleColor": INK,
        "titleFontSize": 11,
        "titleFontWeight": 400,
        "titlePadding": 6,
    },
    "legend": {
        "labelColor": INK,
        "labelFontSize": 11,
        "titleColor": INK,
        "titleFontSize": 11,
        "titleFontWeight": BOLD,
        "symbolStrokeWidth": 1.2,
    },
    "text": {"color": INK, "fontSize": TEXT_SIZE},
    "header": {"labelColor": INK, "labelFontSize": 11, "titleFontSize": 11},
}


def fonts_folder() -> Path:
    """Folder of the shipped font files."""
    return Path(str(files("equipoise.report"))) / "fonts"


@cache
def register_fonts() -> None:
    """Tell the renderer where the shipped font is; done once a process."""
    vl_convert.register_font_directory(str(fonts_folder()))


def inline(records: list[dict[str, Any]]) -> alt.Data:
    """Write data into the specification itself."""
    return alt.Data(values=records)  # type: ignore[no-untyped-call]  # altair leaves it untyped


def spec_of(chart: Drawing, *, validate: bool = False) -> dict[str, Any]:
    """Vega-Lite specification of a chart in the house style.

    Checking it against altair's schema takes longer than drawing it and is left to the tests.

    The caller's own altair theme is set aside: the same dossier must give the same bytes in a
    session that prefers dark charts.
    """
    with alt.theme.enable("none"), alt.data_transformers.enable("default", max_rows=None):
        spec: dict[str, Any] = chart.to_dict(validate=validate)
    spec["config"] = CONFIG
    return spec
