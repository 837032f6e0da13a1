"""The literature behind the methods: citations are computed from what ran.

A method names its keys here (`METHOD_CITES` in its own module, or the `cites` of a result), so
that a dossier lists the papers of the estimators it used and no others.
"""

from __future__ import annotations

from collections.abc import Iterable
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


_LIST = (
    Reference(
        "altman2003",
        "Altman DG, Bland JM",
        2003,
        "Interaction revisited: the difference between two estimates",
        "BMJ 326:219",
        "10.1136/bmj.326.7382.219",
    ),
    Reference(
        "cochran1954",
        "Cochran WG",
        1954,
        "The combination of estimates from different experiments",
        "Biometrics 10:101-129",
        "10.2307/3001666",
    ),
    Reference(
        "dersimonian1986",
        "DerSimonian R, Laird N",
        1986,
        "Meta-analysis in clinical trials",
        "Controlled Clinical Trials 7:177-188",
        "10.1016/0197-2456(86)90046-2",
    ),
    Reference(
        "deft2017",
        "Fisher DJ, Carpenter JR, Morris TP, Freeman SC, Tierney JF",
        2017,
        "Meta-analytical methods to identify who benefits most from treatments: daft, deluded, "
        "or deft approach?",
        "BMJ 356:j573",
        "10.1136/bmj.j573",
    ),
    Reference(
        "hartung2001",
        "Hartung J, Knapp G",
        2001,
        "A refined method for the meta-analysis of controlled clinical trials with binary outcome",
        "Statistics in Medicine 20:3875-3889",
        "10.1002/sim.1009",
    ),
    Reference(
        "hedges1981",
        "Hedges LV",
        1981,
        "Distribution theory for Glass's estimator of effect size and related estimators",
        "Journal of Educational Statistics 6:107-128",
        "10.3102/10769986006002107",
    ),
    Reference(
        "hedges1999",
        "Hedges LV, Gurevitch J, Curtis PS",
        1999,
        "The meta-analysis of response ratios in experimental ecology",
        "Ecology 80:1150-1156",
        "10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2",
    ),
    Reference(
        "higgins2002",
        "Higgins JPT, Thompson SG",
        2002,
        "Quantifying heterogeneity in a meta-analysis",
        "Statistics in Medicine 21:1539-1558",
        "10.1002/sim.1186",
    ),
    Reference(
        "higgins2009",
        "Higgins JPT, Thompson SG, Spiegelhalter DJ",
        2009,
        "A re-evaluation of random-effects meta-analysis",
        "Journal of the Royal Statistical Society A 172:137-159",
        "10.1111/j.1467-985X.2008.00552.x",
    ),
    Reference(
        "jackson2017",
        "Jackson D, Law M, Ruecker G, Schwarzer G",
        2017,
        "The Hartung-Knapp modification for random-effects meta-analysis: a useful refinement "
        "but are there any residual concerns?",
        "Statistics in Medicine 36:3923-3934",
        "10.1002/sim.7411",
    ),
    Reference(
        "katz1978",
        "Katz D, Baptista J, Azen SP, Pike MC",
        1978,
        "Obtaining confidence intervals for the risk ratio in cohort studies",
        "Biometrics 34:469-474",
        "10.2307/2530610",
    ),
    Reference(
        "knapp2003",
        "Knapp G, Hartung J",
        2003,
        "Improved tests for a random effects meta-regression with a single covariate",
        "Statistics in Medicine 22:2693-2710",
        "10.1002/sim.1482",
    ),
    Reference(
        "levesque2010",
        "Levesque LE, Hanley JA, Kezouh A, Suissa S",
        2010,
        "Problem of immortal time bias in cohort studies: example using statins for preventing "
        "progression of diabetes",
        "BMJ 340:b5087",
        "10.1136/bmj.b5087",
    ),
    Reference(
        "parmar1998",
        "Parmar MKB, Torri V, Stewart L",
        1998,
        "Extracting summary statistics to perform meta-analyses of the published literature for "
        "survival endpoints",
        "Statistics in Medicine 17:2815-2834",
        "10.1002/(SICI)1097-0258(19981230)17:24<2815::AID-SIM110>3.0.CO;2-8",
    ),
    Reference(
        "paule1982",
        "Paule RC, Mandel J",
        1982,
        "Consensus values and weighting factors",
        "Journal of Research of the National Bureau of Standards 87:377-385",
        "10.6028/jres.087.022",
    ),
    Reference(
        "riley2011",
        "Riley RD, Higgins JPT, Deeks JJ",
        2011,
        "Interpretation of random effects meta-analyses",
        "BMJ 342:d549",
        "10.1136/bmj.d549",
    ),
    Reference(
        "sidak1967",
        "Sidak Z",
        1967,
        "Rectangular confidence regions for the means of multivariate normal distributions",
        "Journal of the American Statistical Association 62:626-633",
        "10.1080/01621459.1967.10482935",
    ),
    Reference(
        "sidik2002",
        "Sidik K, Jonkman JN",
        2002,
        "A simple confidence interval for meta-analysis",
        "Statistics in Medicine 21:3153-3159",
        "10.1002/sim.1262",
    ),
    Reference(
        "spiegelhalter1994",
        "Spiegelhalter DJ, Freedman LS, Parmar MKB",
        1994,
        "Bayesian approaches to randomized trials",
        "Journal of the Royal Statistical Society A 157:357-416",
        "10.2307/2983527",
    ),
    Reference(
        "suissa2008",
        "Suissa S",
        2008,
        "Immortal time bias in pharmaco-epidemiology",
        "American Journal of Epidemiology 167:492-499",
        "10.1093/aje/kwm324",
    ),
    Reference(
        "suissa2017",
        "Suissa S, Moodie EEM, Dell'Aniello S",
        2017,
        "Prevalent new-user cohort designs for comparative drug effect studies by "
        "time-conditional propensity scores",
        "Pharmacoepidemiology and Drug Safety 26:459-468",
        "10.1002/pds.4107",
    ),
    Reference(
        "sweeting2004",
        "Sweeting MJ, Sutton AJ, Lambert PC",
        2004,
        "What to add to nothing? Use and avoidance of continuity corrections in meta-analysis "
        "of sparse data",
        "Statistics in Medicine 23:1351-1375",
        "10.1002/sim.1761",
    ),
    Reference(
        "tierney2007",
        "Tierney JF, Stewart LA, Ghersi D, Burdett S, Sydes MR",
        2007,
        "Practical methods for incorporating summary time-to-event data into meta-analysis",
        "Trials 8:16",
        "10.1186/1745-6215-8-16",
    ),
    Reference(
        "viechtbauer2005",
        "Viechtbauer W",
        2005,
        "Bias and efficiency of meta-analytic variance estimators in the random-effects model",
        "Journal of Educational and Behavioral Statistics 30:261-293",
        "10.3102/10769986030003261",
    ),
    Reference(
        "viechtbauer2007",
        "Viechtbauer W",
        2007,
        "Confidence intervals for the amount of heterogeneity in meta-analysis",
        "Statistics in Medicine 26:37-52",
        "10.1002/sim.2514",
    ),
    Reference(
        "woolf1955",
        "Woolf B",
        1955,
        "On estimating the relation between blood group and disease",
        "Annals of Human Genetics 19:251-253",
        "10.1111/j.1469-1809.1955.tb01348.x",
    ),
)

REFERENCES: dict[str, Reference] = {reference.key: reference for reference in _LIST}
"""Every reference a method may name, by key."""


def references(keys: Iterable[str]) -> tuple[Reference, ...]:
    """Return the references of `keys`, each once, sorted by author and year.

    Parameters
    ----------
    keys : iterable of str
        Keys as methods name them; repeats are allowed.

    Raises
    ------
    KeyError
        If a key is not in `REFERENCES`; the message lists the keys there are.

    Examples
    --------
    >>> [reference.year for reference in references(["sidak1967", "sidak1967"])]
    [1967]
    """
    wanted = set(keys)
    unknown = sorted(wanted - REFERENCES.keys())
    if unknown:
        raise KeyError(f"unknown reference {unknown}; known: {sorted(REFERENCES)}")
    return tuple(sorted((REFERENCES[key] for key in wanted), key=lambda r: (r.authors, r.year)))
