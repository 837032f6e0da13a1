"""The methods section, written from what ran, with the papers behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.cite import Reference, references
from equipoise.report.dossier import Dossier
from equipoise.report.number_text import counted, joined, sentence_case
from equipoise.report.words import INTERVAL_NAMES, METHOD_NAMES, measure_name
from equipoise.synthesis import cohorts, interactions, multiplicity, pooling, shrinkage


@dataclass(frozen=True)
class Paragraph:
    """A paragraph with the keys of the papers it cites."""

    text: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Methods:
    """Paragraphs and the numbered references, in the order in which they are first cited."""

    paragraphs: tuple[Paragraph, ...]
    references: tuple[Reference, ...]

    def numbers(self, paragraph: Paragraph) -> tuple[int, ...]:
        """Numbers of the references of a paragraph."""
        keys = [reference.key for reference in self.references]
        return tuple(sorted(keys.index(key) + 1 for key in paragraph.cites if key in keys))


def write_methods(dossier: Dossier) -> Methods:
    """Describe what was done, and nothing that was not."""
    written = (*_evidence(dossier), *_pools(dossier), *_complements(dossier), *_rest(dossier))
    cited = {key for paragraph in written for key in paragraph.cites}
    left = tuple(sorted(set(dossier.synthesis.cites) - cited))
    if left:
        text = "Effects and their standard errors were computed by the published formulae."
        written = (*written[:2], Paragraph(text, left), *written[2:])
    ordered = tuple(dict.fromkeys(key for paragraph in written for key in paragraph.cites))
    return Methods(written, tuple(references((key,))[0] for key in ordered))


def _evidence(dossier: Dossier) -> Iterator[Paragraph]:
    evidence, question = dossier.evidence, dossier.question
    kinds = sorted({row.kind.replace("_", " ") for row in evidence.results})
    yield Paragraph(
        f"The evidence was closed on {dossier.provenance.evidence_date}: "
        f"{counted(len(evidence.trials), 'trial')}, {counted(len(evidence.reports), 'report')}, "
        f"{counted(len(evidence.results), 'trial number')} and "
        f"{counted(len(evidence.cohorts), 'cohort number')}. Every number is held with the page "
        "it was read at, the words it was read in, a confidence and a standing (printed, derived "
        f"or reconstructed). Kinds of number held apart: {joined(kinds)}."
    )
    contrast = question.contrast
    yield Paragraph(
        "A pool takes randomised contrasts only, from trials of scope "
        f"{joined([s.replace('_', ' ') for s in contrast.scopes], 'or')} and numbers of standing "
        f"{joined(list(contrast.standings), 'or')}; a pool that widens this says so. The phenotype "
        "enrolled and the phenotype analysed are separate facts, and “not stated” is neither."
    )


def _pools(dossier: Dossier) -> Iterator[Paragraph]:
    pooled = [o for o in dossier.synthesis.outcomes if o.pooled.k >= 2]
    if not pooled:
        return
    methods = dict.fromkeys(o.pooled.method for o in pooled)
    intervals = dict.fromkeys(o.pooled.ci for o in pooled)
    measures = dict.fromkeys(measure_name(o.measure) for o in pooled)
    keys = [key for m in (*methods, *intervals) for key in pooling.METHOD_CITES.get(m, ())]
    keys += [*pooling.METHOD_CITES["tau2"], *pooling.METHOD_CITES["prediction"]]
    yield Paragraph(
        f"{sentence_case(counted(len(pooled), 'outcome'))} with at least two trials "
        f"{'was' if len(pooled) == 1 else 'were'} pooled "
        f"({joined([METHOD_NAMES.get(m, m) for m in methods])}; "
        f"{joined([INTERVAL_NAMES.get(c, c) for c in intervals])}) as {joined(list(measures))}, "
        "ratios on the log scale. Between-trial variance is given with its Q-profile interval, "
        "with I², and with the prediction interval for a further trial.",
        tuple(keys),
    )
    if any(o.alternatives for o in pooled):
        yield Paragraph(
            "Where few trials contribute, the same data are shown under other intervals, because "
            "none is right for every case."
        )
    if any(o.absolute for o in dossier.synthesis.outcomes):
        yield Paragraph(
            "Differences per 100 patients are pooled risk differences within trials, not "
            "differences of pooled sums."
        )


def _complements(dossier: Dossier) -> Iterator[Paragraph]:
    results = dossier.synthesis.complements
    if not results:
        return
    yield Paragraph(
        "Where a trial printed a subgroup and the whole but not the rest, the rest was derived by "
        "subtracting the subgroup from the whole, each weighted by the inverse of its variance; "
        "the two were then compared within the trial. This assumes that the strata share no "
        "patient and cover the whole; it was repeated with correlated errors and with a share of "
        "unknown phenotype, and the P value was traced over the rounding of the printed inputs.",
        interactions.METHOD_CITES["interaction"],
    )
    if any(result.sidak for result in results):
        keys = [key for cites in multiplicity.METHOD_CITES.values() for key in cites]
        yield Paragraph(
            "P values were adjusted for the number of subgroup factors that may have been looked "
            "at (Šidák).",
            tuple(keys),
        )
    if any(result.shrunken for result in results):
        yield Paragraph(
            "The interaction was also combined with normal priors that are stated with it; the "
            "share of each answer that is data is given.",
            shrinkage.METHOD_CITES["normal"],
        )


def _rest(dossier: Dossier) -> Iterator[Paragraph]:
    if any(group.estimates for group in dossier.synthesis.cohorts.groups):
        keys = [key for cites in cohorts.METHOD_CITES.values() for key in cites]
        yield Paragraph(
            "Cohort estimates are grouped by how the time before the drug was started was "
            "handled, and are not pooled, with each other or with the trials.",
            tuple(keys),
        )
    rules = sorted({finding.rule for finding in dossier.findings})
    if rules:
        yield Paragraph(
            f"Rules redid the arithmetic of the printed numbers; {counted(len(rules), 'rule')} "
            f"raised {counted(len(dossier.findings), 'alarm')}, each listed with what a person "
            "made of it."
        )
    provenance = dossier.provenance
    packages = joined([f"{name} {version}" for name, version in provenance.packages])
    yield Paragraph(
        f"Computed with equipoise {provenance.version}{f' on {packages}' if packages else ''}, "
        f"seed {provenance.seed}."
    )
