"""The dossier as one HTML file that opens offline and runs nothing it was not written with."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from equipoise.report.dossier import Dossier
from equipoise.report.evidence_lines import evidence_lines
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.theme import fonts_folder
from equipoise.report.links import LinkMap
from equipoise.report.methods import write_methods
from equipoise.report.number_text import counted, grouped
from equipoise.report.page_policy import inline_json, inline_script, policy
from equipoise.report.summary.mechanism import mechanism_sentences
from equipoise.report.summary.passages import summarise
from equipoise.report.tables.mechanism import MECHANISM_NAMES
from equipoise.report.tables.table import Table

FACES = (("InterDossier-Regular.woff2", 400), ("InterDossier-SemiBold.woff2", 600))
NOTICES = ("licences/vega.txt", "licences/d3.txt", "fonts/OFL.txt")
"""Licences of the code and the fonts that every page carries."""

PHENOTYPE = ("comparisons", "comparison_rows", "movement")
BELIEF = ("complements", "beliefs", "sweep")
PAST = ("retrodiction", "retrodiction_cases")
"""Tables of the parts on an effect in a phenotype."""

BENEFIT = ("predictors", "null_models", "eligible")
"""Tables of the part on who could benefit."""

MECHANISM = tuple(f"mechanism_{name}" for name in MECHANISM_NAMES)
"""Tables of the part on what would have to be true."""

NEXT_STUDY = (
    "studies",
    "study_priors",
    "study_conclusions",
    "study_links",
    "sizing",
    "stored_outcomes",
    "stored_samples",
    "design_inputs",
)
"""Tables of the part on what to do next."""


@dataclass(frozen=True)
class Part:
    """A part of the page: anchor, heading, and the figures and tables that stand in it."""

    id: str
    title: str
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """The figures as the page needs them.

    Attributes
    ----------
    figures : tuple of Figure
        With their words.
    specs : dict
        Vega-Lite specification of each, by id.
    images : dict of str to bytes
        SVG of each, by id; it stands in the page until the live chart is ready and stays where
        scripts do not run.
    bundle : bytes
        JavaScript of the live charts.
    """

    figures: tuple[Figure, ...]
    specs: Mapping[str, dict[str, Any]]
    images: Mapping[str, bytes]
    bundle: bytes


def render_html(dossier: Dossier, tables: Mapping[str, Table], drawn: Drawn) -> str:
    """Write the page from the dossier, its tables and its drawn figures."""
    style = _template_text("dossier.css").replace("/*faces*/", _font_faces())
    scripts = (inline_script(drawn.bundle.decode()), inline_script(_template_text("dossier.js")))
    links = LinkMap(dossier)
    return (
        _environment()
        .get_template("dossier.html.j2")
        .render(
            dossier=dossier,
            question=dossier.question,
            options=dossier.options,
            provenance=dossier.provenance,
            policy=policy(scripts, (style,)),
            style=Markup(style),  # noqa: S704  # our own style sheet
            scripts=scripts,
            parts=_parts(dossier, drawn.figures, tables),
            stills={key: Markup(svg.decode()) for key, svg in drawn.images.items()},  # noqa: S704
            specs={key: inline_json(spec) for key, spec in drawn.specs.items()},
            summary=summarise(dossier),
            mechanism=tuple(mechanism_sentences(dossier)),
            methods=write_methods(dossier),
            lines=evidence_lines(dossier),
            links=links,
            focus=_focus(dossier),
            pooled_outcomes=_pooled_outcomes(dossier),
            counted=counted,
            grouped=grouped,
            licences=_licences(),
        )
    )


def _focus(dossier: Dossier) -> str:
    focus = dossier.question.focus
    return dossier.question.level_label(focus.axis, focus.level) if focus else ""


def _pooled_outcomes(dossier: Dossier) -> tuple[str, ...]:
    return tuple(dict.fromkeys(o.outcome.label for o in dossier.synthesis.outcomes))


def _parts(
    dossier: Dossier, figures: Sequence[Figure], tables: Mapping[str, Table]
) -> tuple[Part, ...]:
    """Arrange the page; a part without content is left out."""

    def drawn(section: str) -> tuple[Figure, ...]:
        return tuple(figure for figure in figures if figure.section == section)

    def shown(*names: str) -> tuple[Table, ...]:
        return tuple(tables[name] for name in names if name in tables and tables[name].records)

    parts = (
        Part("summary", "In plain language"),
        Part("question", "The question", tables=shown("trials")),
        Part("gap", "What is reported, and what is missing", drawn("gap")),
        Part(
            "known", "What is known", drawn("known"), shown("pools", "contributions", "exclusions")
        ),
        Part("harm", "Harm", drawn("harm"), shown("absolute_harm")),
        Part("phenotype", "The effect by phenotype", drawn("phenotype"), shown(*PHENOTYPE)),
        Part("believe", "How much of it to believe", drawn("believe"), shown(*BELIEF)),
        Part("retrodiction", "Tried on past questions", drawn("retrodiction"), shown(*PAST)),
        Part("mirage", "The mirage: cohorts and exposure time", drawn("mirage"), shown("cohorts")),
        Part("benefit", "Who could benefit", drawn("benefit"), shown(*BENEFIT)),
        Part(
            "mechanism",
            "Why it could work, and what would have to be true",
            drawn("mechanism"),
            shown(*MECHANISM),
        ),
        Part("next-study", "Which study would settle it", drawn("next-study"), shown(*NEXT_STUDY)),
        Part("methods", "Methods"),
        Part("results", "All results", tables=shown("results")),
        Part("evidence", "Evidence rows"),
        Part("findings", "Problems found by the rules", tables=shown("findings")),
        Part("limitations", "Limitations"),
        Part("glossary", "Glossary"),
        Part("provenance", "Provenance"),
    )
    kept = _always(dossier)
    return tuple(part for part in parts if part.id in kept or part.figures or part.tables)


def _always(dossier: Dossier) -> set[str]:
    """Name the parts that stand even without a figure or a table."""
    always = {"summary", "question", "methods", "evidence", "limitations", "provenance", "findings"}
    return always | ({"glossary"} if dossier.options.glossary else set())


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("equipoise.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _template_text(name: str) -> str:
    return (files("equipoise.report") / "templates" / name).read_text(encoding="utf-8")


def _licences() -> tuple[str, ...]:
    room = files("equipoise.report")
    texts = (room.joinpath(*name.split("/")).read_text(encoding="utf-8") for name in NOTICES)
    return tuple(text.strip() for text in texts)


def _font_faces() -> str:
    faces = []
    for name, weight in FACES:
        data = base64.b64encode((fonts_folder() / name).read_bytes()).decode()
        faces.append(
            f'@font-face{{font-family:"Inter Dossier";font-weight:{weight};font-style:normal;'
            f'src:url(data:font/woff2;base64,{data}) format("woff2")}}'
        )
    return "".join(faces)
