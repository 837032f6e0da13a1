"""Flat results: every answer of the room as one record on the natural scale."""

from __future__ import annotations

import math
from collections.abc import Iterator

from equipoise.estimate import Estimate, Result, Scale, Standing, scale_of, to_natural
from equipoise.evidence.question import Question
from equipoise.synthesis import effect_sizes, interactions, pooling, shrinkage
from equipoise.synthesis.absolute import AbsoluteDifference, without_event_sentence
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.cohorts import CohortEstimate, CohortPanel
from equipoise.synthesis.interactions import ComplementResult, Sensitivity, p_of
from equipoise.synthesis.plan import Plan
from equipoise.synthesis.printed_effects import METHOD_CITES as PRINTED_CITES

PRINTED, DERIVED = "printed", "derived"
"""Status of a number that no estimator produced."""

SAME_P = 1e-6
"""Relative difference of P values that is round-off of the subtraction."""


def pool_results(synthesis: OutcomeSynthesis, plan: Plan) -> Iterator[Result]:
    """Yield the pooled effect of one pool, then its absolute difference where there is one."""
    pooled, measure = synthesis.pooled, synthesis.measure
    rows = tuple(row for c in synthesis.contributions for row in c.row_ids)
    routes = {key for c in synthesis.contributions for key in c.cites}
    method = f"{pooled.method}, {pooled.ci} interval"
    value, low, high = (
        to_natural(measure, x) for x in (pooled.estimate, pooled.ci_low, pooled.ci_high)
    )
    if pooled.k < 2:
        method = "one trial, its own interval" if pooled.k else "none"
    if pooled.k == 1:
        value, low, high = synthesis.contributions[0].estimate.interval(pooled.level)
    yield Result(
        id=synthesis.pool.id,
        question=synthesis.pool.question or synthesis.pool.label,
        measure=measure,
        scale=scale_of(measure),
        estimate=value,
        ci_low=low,
        ci_high=high,
        ci_level=pooled.level,
        k=pooled.k,
        standing=synthesis.standing,
        method=method,
        inputs=rows,
        status=pooled.status,
        p_value=pooled.p_value,
        unit=synthesis.unit,
        note=synthesis.message,
        cites=tuple(sorted({*routes, *pool_cites(pooled.method, pooled.ci, pooled.k)})),
    )
    if synthesis.absolute is not None:
        yield _absolute(synthesis.pool.id, synthesis.pool.label, synthesis.absolute, plan)


def _absolute(pool_id: str, label: str, absolute: AbsoluteDifference, plan: Plan) -> Result:
    ci = plan.ci if absolute.k > 1 else "wald"
    trials = f"{absolute.k} trial{'s' if absolute.k > 1 else ''}"
    silent = without_event_sentence(absolute.without_event)
    return Result(
        id=f"{pool_id}.absolute",
        question=f"{label}: absolute difference in risk",
        measure="RD",
        scale="difference",
        estimate=absolute.estimate,
        ci_low=absolute.ci_low,
        ci_high=absolute.ci_high,
        ci_level=absolute.level,
        k=absolute.k,
        standing="pooled" if absolute.k > 1 else "derived",
        method=absolute.method,
        inputs=absolute.row_ids,
        status=absolute.status,
        p_value=absolute.p_value,
        unit=absolute.unit,
        note=f"From {trials} with counts or a difference. {silent}".strip(),
        cites=(*effect_sizes.METHOD_CITES["RD"], *pool_cites(plan.method, ci, absolute.k)),
    )


def pool_cites(method: str, ci: str, k: int) -> tuple[str, ...]:
    """Keys of the papers behind a pool of `k` trials; one trial is not pooled."""
    if k < 2:
        return ()
    shared = ("tau2", "prediction") if method != "EE" else ()
    return tuple(key for name in (method, ci, *shared) for key in pooling.METHOD_CITES[name])


def complement_results(found: ComplementResult, question: Question) -> Iterator[Result]:
    """Stratum, whole, complement, ratio, and the ratio under each prior."""
    spec = found.spec
    inside = question.level_label(spec.axis, spec.level)
    outside = question.level_label(spec.axis, spec.complement_level)
    label = f"{question.outcome(spec.outcome).label} in {spec.trial}"
    parts: tuple[tuple[str, Estimate, str, str], ...] = (
        ("stratum", found.stratum, f"{label}, {inside}", "as printed"),
        ("whole", found.whole, f"{label}, everybody", "fixed-effect mean of its strata"),
        (
            "complement",
            found.complement,
            f"{label}, {outside}",
            "subtraction of information",
        ),
    )
    for name, estimate, asked, method in parts:
        yield _result(f"{spec.id}.{name}", asked, estimate, found.level, method=method)
    asked = f"{label}: {inside} against {outside}"
    cites = interactions.METHOD_CITES["interaction"]
    yield _result(
        f"{spec.id}.ratio",
        asked,
        found.ratio,
        found.level,
        method="difference of stratum and complement",
        measure=contrast_name(found.ratio.measure),
        note=ratio_note(found),
        cites=cites,
    )
    for shrunken in found.shrunken:
        yield _result(
            f"{spec.id}.ratio.{shrunken.prior.name}",
            f"{asked}, under the prior '{shrunken.prior.label}'",
            shrunken.estimate,
            shrunken.level,
            method="normal prior, closed form",
            measure=contrast_name(found.ratio.measure),
            note=shrunken.label,
            p_value=math.nan,
            cites=(*cites, *shrinkage.METHOD_CITES["normal"]),
        )


def contrast_name(measure: str) -> str:
    """Name what two effects of a measure are compared by: ``ratio of HRs``."""
    joined = "ratio" if scale_of(measure) == "ratio" else "difference"
    return f"{joined} of {measure}s"


def ratio_note(found: ComplementResult) -> str:
    """P with its range from rounding, what independence rests on, and how far the ratio moves."""
    out = [
        f"Derived. P {_p(found.p_value)}, {_p(found.p_low)} to {_p(found.p_high)} from rounding "
        f"of the inputs (at the very worst {_p(found.p_worst_low)} to {_p(found.p_worst_high)}). "
        "Stratum and complement are independent only if the partition is exact."
    ]
    for name, cases in (
        ("a correlation", found.correlation_sensitivity),
        ("an unknown share", found.unknown_sensitivity),
    ):
        if len(cases) > 1:
            out.append(_swept(name, cases))
    return " ".join(out)


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else f"{value:.1g}"


def _swept(name: str, cases: tuple[Sensitivity, ...]) -> str:
    first, last = cases[0], cases[-1]
    a, b = (case[2].natural(case[2].value) for case in (first, last))
    span = f"{name} of {first[0]:g} to {last[0]:g}"
    low, high = min(case[3] for case in cases), max(case[3] for case in cases)
    if math.isclose(low, high, rel_tol=SAME_P):
        said = (
            "P stays the same, as the whole is taken to be the efficient combination of its parts"
        )
    else:
        said = f"P lies between {_p(low)} and {_p(high)}"
    return f"With {span} the ratio goes from {a:.2f} to {b:.2f}; {said}."


def _result(
    result_id: str,
    asked: str,
    estimate: Estimate,
    level: float,
    *,
    method: str,
    measure: str = "",
    note: str = "",
    p_value: float | None = None,
    cites: tuple[str, ...] = PRINTED_CITES["interval"],
) -> Result:
    value, low, high = estimate.interval(level)
    return Result(
        id=result_id,
        question=asked,
        measure=measure or estimate.measure,
        scale=scale_of(estimate.measure),
        estimate=value,
        ci_low=low,
        ci_high=high,
        ci_level=level,
        k=1,
        standing=estimate.standing,
        method=method,
        inputs=estimate.source,
        status=PRINTED if estimate.standing == "printed" else DERIVED,
        p_value=p_of(estimate) if p_value is None else p_value,
        unit=estimate.unit,
        note=note,
        cites=cites,
    )


def cohort_results(panel: CohortPanel) -> Iterator[Result]:
    """Each cohort estimate shown, direct ones first, in the order of the panel."""
    for group in panel.groups:
        for estimate in group.estimates:
            yield _cohort(estimate, f"cohort, exposure time: {group.label.lower()}")
    for estimate in panel.apart:
        yield _cohort(estimate, f"cohort, {estimate.row.contrast} contrast, shown apart")


def _cohort(shown: CohortEstimate, method: str) -> Result:
    row = shown.row
    standing: Standing = shown.estimate.standing
    scale: Scale = "ratio"
    return Result(
        id=f"cohort.{row.cohort_id}",
        question=f"{row.outcome}: {row.exposure} against {row.comparator} ({shown.label})",
        measure=row.measure,
        scale=scale,
        estimate=shown.estimate.natural(shown.estimate.value),
        ci_low=shown.ci_low,
        ci_high=shown.ci_high,
        ci_level=row.ci_level,
        k=1,
        standing=standing,
        method=method,
        inputs=(row.cohort_id,),
        status=PRINTED if standing == "printed" else DERIVED,
        note=shown.note,
    )
