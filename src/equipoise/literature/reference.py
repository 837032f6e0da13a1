"""One paper of the literature."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """One paper.

    Attributes
    ----------
    key : str
        Short name that a method gives, for instance ``viechtbauer2005``.
    authors, title, journal : str
        As in the reference list of a paper; `journal` holds volume and pages.
    year : int
    doi : str
        Without the resolver's address; empty if there is none.
    """

    key: str
    authors: str
    year: int
    title: str
    journal: str
    doi: str

    @property
    def url(self) -> str:
        """Address of the DOI resolver, empty without a DOI."""
        return f"https://doi.org/{self.doi}" if self.doi else ""

    def __str__(self) -> str:
        end = f" doi:{self.doi}" if self.doi else ""
        return f"{self.authors} ({self.year}). {self.title}. {self.journal}.{end}"
