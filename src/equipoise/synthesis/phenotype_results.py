"""Flat results of a comparison between two levels of a phenotype."""

from __future__ import annotations

import math
from collections.abc import Iterator

from equipoise.estimate import Result, Standing, scale_of, to_natural
from equipoise.evidence.question import Question
from equipoise.synthesis.belief import Belief, Credible
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.flat_results import contrast_name
from equipoise.synthesis.posteriors import prior_sweep, signal_to_noise, spike_and_slab
from equipoise.synthesis.subgroups import trial_interactions

Numbers = tuple[float, float, float]


def phenotype_results(found: PhenotypeSynthesis, question: Question) -> Iterator[Result]:
    """Yield the difference within trials, the effect in each level, and what to believe of it."""
    yield _within(found, question)
    yield from _levels(found, question)
    if found.belief is not None:
        yield from _beliefs(found, found.belief, question)


def _words(found: PhenotypeSynthesis, question: Question) -> tuple[str, str, str]:
    """Return the outcome and the two levels as shown."""
    asked = found.asked
    inside, outside = (question.level_label(asked.axis, x) for x in (asked.level, asked.reference))
    return asked.label, inside, outside


def _inputs(found: PhenotypeSynthesis, *parts: str) -> tuple[str, ...]:
    rows = (row for row in found.rows if not parts or row.part in parts)
    return tuple(dict.fromkeys(row_id for row in rows for row_id in row.row_ids))


def _result(
    found: PhenotypeSynthesis, name: str, asked: str, numbers: Numbers, **more: object
) -> Result:
    value, low, high = (to_natural(found.measure, x) for x in numbers)
    fields: dict[str, object] = {
        "measure": found.measure,
        "scale": scale_of(found.measure),
        "ci_level": found.interaction.within.level,
        "inputs": _inputs(found),
    }
    return Result(
        id=f"{found.asked.id}.{name}",
        question=asked,
        estimate=value,
        ci_low=low,
        ci_high=high,
        **(fields | more),  # type: ignore[arg-type]  # every field is named in Result
    )


def _within(found: PhenotypeSynthesis, question: Question) -> Result:
    label, inside, outside = _words(found, question)
    within = found.interaction.within
    standing: Standing = "pooled" if within.k > 1 else "derived"
    methods = trial_interactions.METHOD_CITES
    return _result(
        found,
        "within",
        f"{label}: {inside} against {outside}, within trials",
        (within.estimate, within.ci_low, within.ci_high),
        measure=contrast_name(found.measure),
        k=within.k,
        standing=standing,
        method=f"within-trial differences, {within.method}, {within.ci} interval",
        status=within.status,
        p_value=within.p_value,
        inputs=_inputs(found, "level", "reference"),
        note=found.interaction.message,
        cites=(*methods["deft"], *methods["difference"]) if within.k else (),
    )


def _levels(found: PhenotypeSynthesis, question: Question) -> Iterator[Result]:
    label, inside, outside = _words(found, question)
    missing = found.missing
    k = missing.k_both + missing.k_one + missing.k_whole
    standing: Standing = "pooled" if k > 1 else "derived"
    for name, words, effect in (
        ("all-trials.level", inside, missing.positive),
        ("all-trials.reference", outside, missing.negative),
    ):
        yield _result(
            found,
            name,
            f"{label}: {words}, from all trials, those that do not report the phenotype too",
            (effect.estimate, effect.ci_low, effect.ci_high),
            k=k,
            standing=standing,
            method=f"missing-phenotype model, {missing.method}, wald interval",
            status=missing.status,
            p_value=effect.p_value,
            note=missing.message,
        )


def _beliefs(found: PhenotypeSynthesis, belief: Belief, question: Question) -> Iterator[Result]:
    label, inside, _ = _words(found, question)
    slab = (*spike_and_slab.METHOD_CITES["spike and slab"], *prior_sweep.METHOD_CITES["sweep"])
    for one in belief.named:
        before, after = (100 * p for p in (one.prior_probability, one.probability_difference))
        mean = to_natural(found.measure, one.positive.mean)
        yield _posterior(
            found,
            one.name,
            f"{label}: {inside}, believed under the prior '{one.name}'",
            one.positive,
            one.positive.median,
            method="spike and slab, exact mixture",
            note=(
                f"Prior-driven: any difference had {before:g} % before the data and has "
                f"{after:.0f} % after them. The posterior median; as exp(mean) {mean:.2f}."
            ),
            cites=slab,
        )
    yield _posterior(
        found,
        "signal",
        f"{label}: {inside}, shrunk like a trial drawn from a register of trials",
        belief.signal,
        belief.signal.mean,
        method="signal-to-noise shrinkage",
        note=belief.signal_words,
        cites=signal_to_noise.METHOD_CITES["signal to noise"],
    )


def _posterior(
    found: PhenotypeSynthesis,
    name: str,
    asked: str,
    effect: Credible,
    centre: float,
    *,
    method: str,
    note: str,
    cites: tuple[str, ...],
) -> Result:
    return _result(
        found,
        name,
        asked,
        (centre, effect.low, effect.high),
        k=found.interaction.within.k,
        standing="posterior",
        method=method,
        status="posterior",
        p_value=math.nan,
        inputs=_inputs(found, "level", "reference"),
        note=note,
        cites=cites,
    )
