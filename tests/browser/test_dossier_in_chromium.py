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
    browser.open(page)
    browser.until("document.documentElement.dataset.charts")
    link = "#figure-forest-cure .live svg a"
    href = browser.evaluate(f"document.querySelector('{link}')?.getAttribute('href') ?? ''")
    anchors = browser.evaluate("[...document.querySelectorAll('[id^=row-]')].map((e) => e.id)")
    assert not href or href.lstrip("#") in anchors


def test_a_link_into_a_folded_table_opens_it(browser: Any, page: Path) -> None:
    browser.open(page)
    browser.until("document.documentElement.dataset.charts")
    assert not browser.evaluate("document.querySelector('#table-trials').open")
    browser.evaluate("location.hash = '#trial-alpha'")
    browser.until("document.querySelector('#table-trials').open")
