"""Words of a case file: which measure, who is meant, what kind of study, which day is later."""

from __future__ import annotations

import re

from equipoise.estimate import RATIO_MEASURES, Measure

MEASURE_WORDS: dict[str, Measure] = {
    "hr": "HR",
    "ahr": "HR",
    "shr": "HR",
    "hazard ratio": "HR",
    "or": "OR",
    "aor": "OR",
    "odds ratio": "OR",
    "rr": "RR",
    "irr": "RR",
    "risk ratio": "RR",
    "relative risk": "RR",
    "rate ratio": "RR",
    "ratio of means": "ROM",
    "rom": "ROM",
    "rd": "RD",
    "risk difference": "RD",
    "md": "MD",
    "mean difference": "MD",
    "smd": "SMD",
    "standardised mean difference": "SMD",
    "standardized mean difference": "SMD",
}
"""How a measure may be written; "adjusted" and the like before it make no difference."""

WHOLE = ""
"""Name under which the whole trial goes once its words have been understood."""

WHOLE_WORDS = frozenset(
    {
        "",
        "all",
        "all comers",
        "all enrolled",
        "all patients",
        "all participants",
        "all randomised",
        "all randomised patients",
        "all randomized",
        "all randomized patients",
        "entire population",
        "entire trial",
        "everybody",
        "everyone",
        "full",
        "full population",
        "intent to treat",
        "intention to treat",
        "itt",
        "itt population",
        "none",
        "overall",
        "overall population",
        "overall trial",
        "total",
        "unselected",
        "whole",
        "whole cohort",
        "whole population",
        "whole trial",
    }
)
"""Words of a stratum that mean the whole trial."""

UNNAMED = frozenset(
    {"", "effect", "effect size", "n/a", "na", "not reported", "other", "unclear", "unknown"}
)
"""Words for a measure that leave open whether 0 or 1 means no effect."""

_OBSERVATIONAL = re.compile(
    r"cohort|observation|retrospective|registr|database|case.?control|non.?random|epidemiolog"
)
_RANDOMISED = re.compile(r"(?<!non)(?<!non-)(?<!non )\brandomi[sz]|\brct\b")


def measure_of(words: str) -> Measure | None:
    """Measure meant by some words, or None if it is none of those known.

    A logarithm and a reduction in per cent are not: their numbers are on another scale.
    """
    text = " ".join(re.findall(r"[a-z]+", words.casefold()))
    if text.startswith(("log ", "ln ")) or "reduction" in text:
        return None
    for known in sorted(MEASURE_WORDS, key=len, reverse=True):
        if text == known or text.endswith(f" {known}") or text.startswith(f"{known} "):
            return MEASURE_WORDS[known]
    return None


def is_ratio(words: str) -> bool:
    """Say whether some words name a measure that is analysed as a logarithm.

    Ratios that are none of those known, a win ratio say, are among them: no effect is 1.
    """
    text = " ".join(re.findall(r"[a-z]+", words.casefold()))
    if text.startswith(("log ", "ln ")):
        return False
    return measure_of(words) in RATIO_MEASURES or text.endswith(" ratio")


def is_named(words: str) -> bool:
    """Say whether some words tell which number means no effect."""
    return " ".join(words.casefold().split()) not in UNNAMED


def stratum_key(words: str) -> str:
    """Bring the name of a stratum to the form in which it is compared; `WHOLE` for all.

    Capitals, hyphens and blanks make no difference, nor, for a whole trial, what stands in
    brackets; a sign after a word is read as positive or negative.

    Examples
    --------
    >>> stratum_key("Marker+"), stratum_key("marker-positive"), stratum_key("ITT (n = 12)")
    ('marker positive', 'marker positive', '')
    """
    text = re.sub(r"(?<=\w)\+(?!\w)", " positive", words.casefold())
    text = re.sub(r"(?<=\w)[-\u2212](?!\w)", " negative", text)
    text = " ".join(re.sub(r"[-\u2010-\u2015]", " ", text).split())
    bare = re.sub(r" *\([^()]*\)$", "", text)
    return WHOLE if bare in WHOLE_WORDS else text


def is_observational(design: str) -> bool:
    """Say whether a design is that of a study without random allocation.

    A subgroup of a randomised trial compared by something that was not allocated should be
    called a cohort in the file. No design means randomised.
    """
    text = design.casefold()
    return bool(_OBSERVATIONAL.search(text)) and not _RANDOMISED.search(text)


def is_later(date: str, cutoff: str) -> bool:
    """Say whether a date lies after a cutoff, at the coarser precision of the two."""
    pattern = r"\d{4}(-\d{2}(-\d{2})?)?"
    if not (re.fullmatch(pattern, date) and re.fullmatch(pattern, cutoff)):
        return False
    size = min(len(date), len(cutoff))
    return date[:size] > cutoff[:size]
