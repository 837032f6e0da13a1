from __future__ import annotations

import pytest

from equipoise.evidence.schema import Report
from equipoise.report.dossier import Dossier
from equipoise.report.links import LinkMap, external, published, safe_url


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/x",
        "http://",
        "https://exa mple.org",
        "http://[broken",
        "",
    ],
)
def test_only_web_addresses_become_links(address: str) -> None:
    assert safe_url(address) == ""
    assert "href" not in external(address, "<b>words</b>")
    assert "<b>" not in external(address, "<b>words</b>")


def test_a_web_address_is_escaped_and_opens_without_referrer() -> None:
    link = external('https://example.org/?a="><script>', "x")
    assert link == (
        '<a href="https://example.org/?a=&#34;&gt;&lt;script&gt;" rel="noopener noreferrer">x</a>'
    )


def test_doi_first_then_pmid_then_registry() -> None:
    report = Report(report_id="r", trial_id="t", type="article", doi="10.1/a<b>", pmid="7",
                    registry_id="NCT1")  # fmt: skip
    assert 'href="https://doi.org/10.1/a%3Cb%3E"' in published(report)
    assert "pubmed.ncbi.nlm.nih.gov/7/" in published(report.model_copy(update={"doi": ""}))
    assert published(report.model_copy(update={"doi": "", "pmid": ""})) == "NCT1"
    assert published(None) == ""


def test_ids_link_to_where_they_stand(dossier: Dossier) -> None:
    links = LinkMap(dossier)
    assert links.link("delta-os.ratio") == '<a href="#result-delta-os.ratio">delta-os.ratio</a>'
    assert links.link("alpha_cure", "1") == '<a href="#row-alpha_cure">1</a>'
    assert links.link("alpha") == '<a href="#trial-alpha">alpha</a>'
    assert links.link("<i>") == "&lt;i&gt;"
