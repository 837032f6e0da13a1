"""Links inside the page and out of it; only addresses of the web become links."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from equipoise.evidence.schema import CohortRow, Report, ResultRow
from equipoise.report.dossier import Dossier


def safe_url(address: str) -> str:
    """Return a web address that may become a link, else an empty text.

    Only ``http`` and ``https`` with a host pass, so that no ``javascript:`` or ``data:`` address
    found in the evidence can ever be followed.
    """
    text = address.strip()
    if any(character.isspace() or ord(character) < 32 for character in text):
        return ""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return ""
    return text if parts.scheme.lower() in ("http", "https") and host else ""


def external(address: str, words: str) -> Markup:
    """Link out of the page, or plain text where the address is not one of the web."""
    url = safe_url(address)
    if not url:
        return Markup("{}").format(words)
    return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(url, words)


def row_link(row_id: str, words: str = "") -> Markup:
    """Link to an evidence row of this page."""
    return Markup('<a href="#row-{}">{}</a>').format(row_id, words or row_id)


def result_link(result_id: str, words: str = "") -> Markup:
    """Link to a result of this page."""
    return Markup('<a href="#result-{}">{}</a>').format(result_id, words or result_id)


def anchor(identifier: str) -> Markup:
    """Mark a place that links can point at."""
    return Markup('<span class="anchor" id="{}"></span>').format(identifier)


class LinkMap:
    """Knows which ids are results, rows, trials, claims or studies to come, and links each."""

    def __init__(self, dossier: Dossier) -> None:
        self._rows = {row.result_id for row in dossier.evidence.results}
        self._rows |= {row.cohort_id for row in dossier.evidence.cohorts}
        self._results = {result.id for result in dossier.results}
        self._trials = {trial.trial_id for trial in dossier.evidence.trials}
        ranked = dossier.design.studies.evaluations if dossier.design else ()
        self._anchors = {f"study-{one.study.id}" for one in ranked}
        claims = dossier.biomarkers.claims if dossier.biomarkers else ()
        self._anchors |= {f"claim-{one.claim.id}" for one in claims}
        effects = dossier.mechanism.effects if dossier.mechanism else ()
        self._anchors |= {f"rival-{one.rival}" for one in effects}

    def link(self, identifier: str, words: str = "") -> Markup:
        """Link an id to where it stands; an unknown one stays text."""
        if identifier in self._results:
            return result_link(identifier, words)
        if identifier in self._rows:
            return row_link(identifier, words)
        if identifier in self._trials:
            return Markup('<a href="#trial-{}">{}</a>').format(identifier, words or identifier)
        if identifier in self._anchors:
            return Markup('<a href="#{}">{}</a>').format(identifier, words or identifier)
        return Markup("{}").format(words or identifier)

    def links(self, identifiers: Iterable[str]) -> Markup:
        """Link several ids, one after the other."""
        return Markup(", ").join(self.link(identifier) for identifier in identifiers)

    def numbered(self, identifiers: Iterable[str]) -> Markup:
        """Link several ids by small numbers, for the end of a sentence."""
        unique = tuple(dict.fromkeys(identifiers))
        return Markup(" ").join(
            self.link(identifier, str(place)) for place, identifier in enumerate(unique, 1)
        )


def published(report: Report | None) -> Markup:
    """Link a report by DOI, else PMID, else registry id; empty when it has none."""
    if report is None:
        return Markup("")
    if report.doi:
        address = f"https://doi.org/{quote(report.doi, safe='/:;()._-')}"
        return external(address, f"doi:{report.doi}")
    if report.pmid:
        address = f"https://pubmed.ncbi.nlm.nih.gov/{quote(report.pmid, safe='')}/"
        return external(address, f"PMID {report.pmid}")
    return Markup("{}").format(report.registry_id)


def read_at(row: ResultRow | CohortRow) -> Markup:
    """Link to the page where a number was read, named by its host."""
    url = safe_url(row.source_url)
    if not url:
        return Markup("{}").format(row.source_url)
    host = urlsplit(url).hostname or url
    return external(url, host.removeprefix("www."))
