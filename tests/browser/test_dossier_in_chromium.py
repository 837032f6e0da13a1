"""The dossier in a real browser without a network: silent, complete and alive."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from equipoise.report.export import write_dossier

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = importlib.util.spec_from_file_location(
        "dossier_fixture", root / "tests" / "report" / "conftest.py"
    )
    assert spec is not None
    assert spec.loader is not None
    fixture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fixture)
    folder = tmp_path_factory.mktemp("dossier")
    write_dossier(fixture.make_dossier(), folder)
    return folder / "dossier.html"


def outside(requests: list[str]) -> list[str]:
    return [url for url in requests if not url.startswith(("file:", "data:", "about:"))]


def test_live_charts_replace_the_pictures_in_silence(browser: Any, page: Path) -> None:
    browser.open(page)
    assert browser.until("document.documentElement.dataset.charts") == "live"
    figures = browser.evaluate("document.querySelectorAll('figure').length")
    assert figures >= 8
    assert browser.evaluate("document.querySelectorAll('figure .live svg').length") == figures
    assert browser.evaluate("document.querySelectorAll('figure .still').length") == 0
    assert browser.console == []
    assert outside(browser.requests) == []
    assert len([url for url in browser.requests if url.startswith("file:")]) == 1


def test_the_font_is_the_one_in_the_page(browser: Any, page: Path) -> None:
    browser.open(page)
    browser.until("document.documentElement.dataset.charts")
    assert browser.evaluate("document.fonts.check('600 16px \"Inter Dossier\"')")
    assert browser.evaluate("[...document.fonts].every((face) => face.status === 'loaded')")


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_only_boxes_scroll_sideways(browser: Any, page: Path, width: int) -> None:
    browser.open(page, width=width)
    browser.until("document.documentElement.dataset.charts")
    assert browser.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_the_pictures_stand(browser: Any, page: Path) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.call("Page.navigate", url=page.as_uri())
    browser.await_event("Page.loadEventFired")
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.evaluate("document.querySelectorAll('figure .still svg').length") >= 8
    assert browser.evaluate("document.documentElement.dataset.charts === undefined")
    assert browser.evaluate("document.querySelector('#summary').innerText.length") > 500


def test_a_chart_that_fails_leaves_its_picture(browser: Any, page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    mark = '<script type="application/json" data-figure="figure-forest-cure">'
    assert mark in text
    broken = tmp_path / "broken.html"
    broken.write_text(text.replace(mark, f"{mark}not json"), encoding="utf-8")
    browser.open(broken)
    assert browser.until("document.documentElement.dataset.charts") == "failed"
    assert browser.evaluate("!!document.querySelector('#figure-forest-cure .still svg')")
    assert browser.evaluate("document.querySelectorAll('figure .still').length") == 1


def test_injected_script_is_refused(browser: Any, page: Path, tmp_path: Path) -> None:
    """The policy holds even if text were to slip past the escaping."""
    text = page.read_text(encoding="utf-8")
    injected = tmp_path / "injected.html"
    script = "<script>window.injected = true</script><b onclick='window.clicked = true'>x</b>"
    injected.write_text(text.replace("<main>", f"<main>{script}"), encoding="utf-8")
    browser.open(injected)
    browser.until("document.documentElement.dataset.charts")
    assert browser.evaluate("window.injected === undefined")
    assert any("Content Security Policy" in line for line in browser.console)


def test_a_mark_leads_to_its_row(browser: Any, page: Path) -> None:
    """The live chart follows a link when its mark is clicked; the still one holds real links."""
    browser.open(page)
    browser.until("document.documentElement.dataset.charts")
    mark = (
        "[...document.querySelectorAll('#figure-forest-cure .live svg .mark-symbol path')]"
        ".find((path) => path.__data__?.href === '#row-gamma_cure')"
    )
    assert browser.evaluate(f"!!{mark}")
    assert browser.evaluate("location.hash") == ""
    browser.evaluate(f"{mark}.dispatchEvent(new MouseEvent('click', {{bubbles: true}}))")
    browser.until("location.hash === '#row-gamma_cure'")
    assert browser.evaluate("document.querySelector(':target')?.id") == "row-gamma_cure"


def test_a_picture_links_to_its_rows_without_scripts(browser: Any, page: Path) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.call("Page.navigate", url=page.as_uri())
    browser.await_event("Page.loadEventFired")
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    links = browser.evaluate(
        "[...document.querySelectorAll('#figure-forest-cure .still svg a')]"
        ".map((a) => a.getAttribute('href') ?? a.getAttribute('xlink:href'))"
    )
    rows = browser.evaluate("[...document.querySelectorAll('[id^=row-]')].map((e) => '#' + e.id)")
    assert len(links) == 4
    assert set(links) <= set(rows)


@pytest.mark.parametrize(("width", "shown"), [(390, True), (1280, False)])
def test_a_narrow_screen_shows_the_numbers_of_a_forest(
    browser: Any, page: Path, width: int, shown: bool
) -> None:
    browser.open(page, width=width)
    browser.until("document.documentElement.dataset.charts")
    last = "document.querySelector('#figure-forest-cure .compact li:last-child .value')"
    box = browser.evaluate(f"(() => {{const r = {last}.getBoundingClientRect();"
                           "return [r.left, r.right];})()")  # fmt: skip
    assert (box[1] > box[0]) is shown
    assert box[1] <= width


def words_of(selector: str) -> str:
    """Expression for the boxes of the words under an axis in a live chart."""
    return (
        f"[...document.querySelectorAll('{selector} .live svg text')]"
        ".filter((t) => /←|→/.test(t.textContent)).map((t) => t.getBoundingClientRect())"
        ".map((r) => [r.left, r.top, r.right, r.bottom])"
    )


@pytest.mark.parametrize("figure", ["harm-absolute", "complement-delta-os", "forest-cure"])
def test_words_under_an_axis_stand_apart(browser: Any, page: Path, figure: str) -> None:
    browser.open(page)
    browser.until("document.documentElement.dataset.charts")
    boxes = browser.evaluate(words_of(f"#figure-{figure}"))
    assert len(boxes) >= 2
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            beside = one[2] <= other[0] or other[2] <= one[0]
            below = one[3] <= other[1] + 4 or other[3] <= one[1] + 4
            assert beside or below, (one, other)


def test_a_link_into_a_folded_table_opens_it(browser: Any, page: Path) -> None:
    browser.open(page)
    browser.until("document.documentElement.dataset.charts")
    assert not browser.evaluate("document.querySelector('#table-trials').open")
    browser.evaluate("location.hash = '#trial-alpha'")
    browser.until("document.querySelector('#table-trials').open")


def test_in_print_a_table_keeps_its_heading_and_note(browser: Any, page: Path) -> None:
    """What the browser is asked to keep together; where it breaks depends on the paper."""
    browser.call("Emulation.setEmulatedMedia", media="print")
    browser.open(page)
    styles = browser.evaluate(
        "['.table h3', '.table .note', '.table thead', '.table .gt_group_heading_row']"
        ".map((s) => getComputedStyle(document.querySelector(s)).breakAfter)"
    )
    assert styles == ["avoid"] * 4
    box = "getComputedStyle(document.querySelector('.table > .scroll'))"
    assert browser.evaluate(f"{box}.breakBefore") == "avoid"
    assert browser.evaluate(f"{box}.overflowX") == "visible"
    hidden = browser.evaluate(
        "['.compact', '.wide', '.licences']"
        ".map((s) => getComputedStyle(document.querySelector(s)).display)"
    )
    assert hidden == ["none"] * 3
