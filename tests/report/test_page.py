"""The page: complete, strict, and deaf to hostile text."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from equipoise.report.dossier import Dossier
from equipoise.report.figures.all_figures import build_figures
from equipoise.report.figures.theme import spec_of
from equipoise.report.page_policy import inline_json, inline_script
from equipoise.report.render import Drawn, render_html
from equipoise.report.tables.all_tables import build_tables

BUNDLE = b"window.vegaEmbed = null; // </script> <!-- in a string"


class Reader(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.styles: list[str] = []
        self.text: list[str] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._open = tag
            if tag == "script":
                self.scripts.append((dict(attrs), ""))
            else:
                self.styles.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open:
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open == "script":
            attributes, before = self.scripts[-1]
            self.scripts[-1] = (attributes, before + data)
        elif self._open == "style":
            self.styles[-1] += data
        else:
            self.text.append(data)


@pytest.fixture(scope="module")
def page(dossier: Dossier) -> str:
    figures = build_figures(dossier)
    images = {figure.id: b"<svg><text>still</text></svg>" for figure in figures}
    specs = {figure.id: spec_of(figure.chart) for figure in figures}
    return render_html(dossier, build_tables(dossier), Drawn(figures, specs, images, BUNDLE))


@pytest.fixture(scope="module")
def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def test_hostile_text_appears_as_text_and_nowhere_as_markup(page: str, read: Reader) -> None:
    assert '<script>alert("x")</script>' in "".join(read.text)
    assert "<script>alert" not in page
    assert not [tag for tag, attributes in read.tags if tag == "img" or "onerror" in attributes]
    assert "=cmd()|" in "".join(read.text)


def test_only_our_two_scripts_run(read: Reader) -> None:
    running = [text for attributes, text in read.scripts if attributes.get("type") is None]
    data = [a for a, _ in read.scripts if a.get("type") == "application/json"]
    assert len(running) == 2
    assert len(data) == len(read.scripts) - 2 > 0
    assert not [a for a, _ in read.scripts if "src" in a]


def test_the_policy_names_scripts_and_style_by_hash(read: Reader) -> None:
    policy = next(a["content"] for t, a in read.tags if a.get("http-equiv"))
    assert policy is not None
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none';")
    running = [text for attributes, text in read.scripts if attributes.get("type") is None]
    for text in (*running, *read.styles):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_nothing_is_styled_or_wired_in_attributes(read: Reader) -> None:
    """The policy would refuse it, with an error on the console."""
    for tag, attributes in read.tags:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag


def test_no_address_is_loaded(page: str, read: Reader) -> None:
    for tag, attributes in read.tags:
        assert "src" not in attributes, tag
        if tag == "link":
            pytest.fail("a link element loads something")
    assert "@import" not in page
    assert not re.findall(r"url\((?!data:|#)", page)


def test_links_lead_somewhere(read: Reader) -> None:
    ids = [a["id"] for _, a in read.tags if a.get("id")]
    assert len(ids) == len(set(ids)), "an id is used twice"
    for tag, attributes in read.tags:
        href = attributes.get("href") or ""
        if tag == "a" and href.startswith("#"):
            assert href[1:] in ids, href
        elif tag == "a":
            assert href.startswith("https://"), href
            assert attributes.get("rel") == "noopener noreferrer"


def test_the_page_carries_the_licences_of_what_it_carries(page: str, read: Reader) -> None:
    text = " ".join("".join(read.text).split())
    assert "University of Washington Interactive Data Lab and other contributors" in text
    assert "Redistributions in binary form must reproduce the above copyright notice" in text
    assert "The Inter Project Authors" in text
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert page.index('id="licences"') > page.index('id="provenance"')


def test_every_box_that_scrolls_has_a_hint_and_every_forest_its_numbers(page: str) -> None:
    boxes = re.findall(r'<p class="wide"[^>]*>[^<]+</p>\s*<div class="scroll"', page)
    assert len(boxes) == page.count('<div class="scroll"') > 10
    figure = page.partition('id="figure-forest-cure"')[2].partition("</figure>")[0]
    assert re.search(r'<ul class="compact">.*Pooled, four trials: <span', figure, re.DOTALL)


def test_without_a_date_the_head_gives_none(dossier: Dossier, page: str) -> None:
    assert "Evidence closed 2026-01-31;" in page
    undated = replace(dossier, provenance=replace(dossier.provenance, evidence_date=""))
    bare = render_html(undated, build_tables(undated), Drawn((), {}, {}, BUNDLE))
    assert "Evidence closed" not in bare


def test_parts_stand_in_the_order_of_the_story(read: Reader) -> None:
    parts = [a["id"] for t, a in read.tags if t == "section" and a.get("class") == "part"]
    assert parts == [
        "summary", "question", "gap", "known", "harm", "phenotype", "believe", "retrodiction",
        "mirage", "benefit", "mechanism", "next-study", "methods", "results", "evidence",
        "findings", "limitations", "provenance",
    ]  # fmt: skip


def test_headings_step_down_one_at_a_time(read: Reader) -> None:
    levels = [int(tag[1]) for tag, _ in read.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_picture_has_words_and_the_page_a_language(read: Reader) -> None:
    pictures = [a for _, a in read.tags if a.get("role") == "img"]
    assert pictures
    assert all(a.get("aria-label") for a in pictures)
    assert ("html", {"lang": "en"}) in read.tags


def test_each_evidence_row_can_be_reached_and_tells_its_source(page: str, dossier: Dossier) -> None:
    for row in dossier.evidence.results:
        assert f'id="row-{row.result_id}"' in page
    assert "doi:10.1000/xyz" in page
    assert "PMID 123" in page
    assert "read at" in page


def test_a_closing_tag_inside_a_script_does_not_close_it() -> None:
    assert inline_script("'</script>' + '<!--'") == "'\\x3c/script>' + '\\x3c!--'"
    assert inline_script("a\r\nb") == "a\nb"


def test_json_blocks_hold_no_markup() -> None:
    written = inline_json({"a": "</script><!--&\u2028"})
    assert not re.search("[<>&\u2028]", written)
