"""The methods section, written from what ran, with the papers behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from equipoise.cite import references
from equipoise.literature.reference import Reference
from equipoise.report.dossier import Dossier
from equipoise.report.effect_routes import Paragraph, route_sentences
from equipoise.report.methods_biomarkers import biomarker_paragraphs
from equipoise.report.methods_design import design_paragraphs
from equipoise.report.methods_mechanism import mechanism_paragraphs
from equipoise.report.methods_phenotype import phenotype_paragraphs
from equipoise.report.number_text import counted, joined, sentence_case, spelled
from equipoise.report.pool_numbers import LEAST_FOR_PREDICTION
from equipoise.report.words import (
    INTERVAL_NAMES,
    METHOD_NAMES,
    measure_name,
    scopes_beyond,
    scopes_text,
)
from equipoise.synthesis import cohorts, interactions, multiplicity, pooling, shrinkage
from equipoise.synthesis.by_outcome import OutcomeSynthesis


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
    written = (
        *_evidence(dossier),
        *route_sentences(dossier.synthesis.cites),
        *_pools(dossier),
        *_complements(dossier),
        *phenotype_paragraphs(dossier),
        *biomarker_paragraphs(dossier),
        *mechanism_paragraphs(dossier),
        *design_paragraphs(dossier),
        *_rest(dossier),
    )
    left = unclaimed(dossier.synthesis.cites, written)
    if left:
        text = "Methods that no sentence here describes also ran; these are their papers."
        written = (*written, Paragraph(text, left))
    ordered = tuple(dict.fromkeys(key for paragraph in written for key in paragraph.cites))
    return Methods(written, tuple(references((key,))[0] for key in ordered))


def unclaimed(ran: Iterable[str], written: Iterable[Paragraph]) -> tuple[str, ...]:
    """Keys of methods that ran and that no paragraph describes."""
    cited = {key for paragraph in written for key in paragraph.cites}
    return tuple(sorted(set(ran) - cited))


def _evidence(dossier: Dossier) -> Iterator[Paragraph]:
    evidence, question = dossier.evidence, dossier.question
    kinds = sorted({row.kind.replace("_", " ") for row in evidence.results})
    date = dossier.provenance.evidence_date
    lead = f"The evidence was closed on {date}" if date else "The evidence holds"
    yield Paragraph(
        f"{lead}{':' if date else ''} "
        f"{counted(len(evidence.trials), 'trial')}, {counted(len(evidence.reports), 'report')}, "
        f"{counted(len(evidence.results), 'trial number')} and "
        f"{counted(len(evidence.cohorts), 'cohort number')}. Every number is held with the page "
        "it was read at, the words it was read in, a confidence and a standing (printed, derived "
        f"or reconstructed). Kinds of number held apart: {joined(kinds)}."
    )
    contrast = question.contrast
    widened = any(scopes_beyond(o.pool, question) for o in dossier.synthesis.outcomes)
    yield Paragraph(
        "A pool takes randomised contrasts only, from trials of scope "
        f"{scopes_text(contrast.scopes, 'or')} and numbers of standing "
        f"{joined(list(contrast.standings), 'or')}"
        f"{'; a pool of other scopes says so' if widened else ''}. The phenotype "
        "enrolled and the phenotype analysed are separate facts, and “not stated” is neither."
    )


def _pools(dossier: Dossier) -> Iterator[Paragraph]:
    pooled = [o for o in dossier.synthesis.outcomes if o.pooled.k >= 2]
    if pooled:
        yield _pooling(pooled)
    if any(o.alternatives for o in pooled):
        keys = {o.ci for outcome in pooled for o in outcome.alternatives}
        yield Paragraph(
            "Where few trials contribute, the same data are shown under other intervals, because "
            "none is right for every case.",
            tuple(key for ci in sorted(keys) for key in pooling.METHOD_CITES.get(ci, ())),
        )
    if any(o.absolute for o in dossier.synthesis.outcomes):
        yield Paragraph(
            "Differences per 100 patients are pooled risk differences within trials, not "
            "differences of pooled sums."
        )


def _pooling(pooled: Sequence[OutcomeSynthesis]) -> Paragraph:
    """Tell how many pools there are, of how many outcomes, and by which methods."""
    methods = dict.fromkeys(o.pooled.method for o in pooled)
    intervals = dict.fromkeys(o.pooled.ci for o in pooled)
    measures = dict.fromkeys(measure_name(o.measure) for o in pooled)
    keys = [key for m in (*methods, *intervals) for key in pooling.METHOD_CITES.get(m, ())]
    keys += pooling.METHOD_CITES["tau2"]
    predicted = ""
    if any(o.pooled.k >= LEAST_FOR_PREDICTION for o in pooled):
        keys += pooling.METHOD_CITES["prediction"]
        predicted = ", and from three trials on with the prediction interval for a further trial"
    outcomes = counted(len({o.outcome.name for o in pooled}), "outcome")
    return Paragraph(
        f"{sentence_case(counted(len(pooled), 'pool'))} of {outcomes} "
        f"{'holds' if len(pooled) == 1 else 'hold'} at least two trials "
        f"({joined([METHOD_NAMES.get(m, m) for m in methods])}; "
        f"{joined([INTERVAL_NAMES.get(c, c) for c in intervals])}), as {joined(list(measures))}, "
        "ratios on the log scale. Between-trial variance is given with its Q-profile interval "
        f"and with I²{predicted}.",
        tuple(keys),
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
        "unknown phenotype, and the P value was traced over the rounding of the printed inputs. "
        "The whole is taken as the efficient combination of its strata, so that the P is that of "
        "the stratum against the whole under each of these assumptions.",
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


def _findings(dossier: Dossier) -> Iterator[Paragraph]:
    rules = {finding.rule for finding in dossier.findings}
    if not rules:
        return
    total = len(dossier.findings)
    explained = sum(bool(finding.explanation) for finding in dossier.findings)
    looked = "each" if explained == total else spelled(explained)
    yield Paragraph(
        f"Rules redid the arithmetic of the printed numbers; {counted(len(rules), 'rule')} "
        f"raised {counted(total, 'alarm')}, {looked} of them listed with what a person made of it."
    )


def _rest(dossier: Dossier) -> Iterator[Paragraph]:
    if any(group.estimates for group in dossier.synthesis.cohorts.groups):
        keys = [key for cites in cohorts.METHOD_CITES.values() for key in cites]
        yield Paragraph(
            "Cohort estimates are grouped by how the time before the drug was started was "
            "handled, and are not pooled, with each other or with the trials.",
            tuple(keys),
        )
    yield from _findings(dossier)
    provenance = dossier.provenance
    packages = joined([f"{name} {version}" for name, version in provenance.packages])
    yield Paragraph(
        f"Computed with equipoise {provenance.version}{f' on {packages}' if packages else ''}, "
        f"seed {provenance.seed}."
    )
