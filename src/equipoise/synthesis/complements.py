"""Derive the complement that a case asks for from the printed rows of one trial."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.errors import InputError, Problem
from equipoise.estimate import RATIO_MEASURES, Estimate
from equipoise.evidence.schema import EvidenceBase, ResultRow, phenotype_of
from equipoise.synthesis.interactions import (
    ComplementResult,
    Sensitivity,
    p_of,
    subtract,
    subtract_with_unknown,
)
from equipoise.synthesis.multiplicity import sidak
from equipoise.synthesis.partitions import FILE, check_partition, combine_strata
from equipoise.synthesis.plan import Complement, Plan
from equipoise.synthesis.printed_rows import has_interval, printed_estimate
from equipoise.synthesis.rounding import (
    SEED,
    Printed,
    decimals_of,
    p_value_bounds,
    p_value_range,
)
from equipoise.synthesis.shrinkage import shrink


def derive_complement(
    evidence: EvidenceBase, spec: Complement, plan: Plan, *, seed: int = SEED
) -> ComplementResult:
    """Complement of a printed stratum, with everything that could make it wrong.

    The whole is the fixed-effect mean of the rows in `spec.partition`; the complement follows by
    subtraction (see `interactions.subtract`). Every number is ``derived``: independent only if
    the partition is exact.

    Parameters
    ----------
    evidence : EvidenceBase
    spec : Complement
        Names the stratum's row and the partition's rows, all of one trial and outcome.
    plan : Plan
        Confidence level, factors examined, priors.
    seed : int
        Of the random roundings behind the range of P.

    Raises
    ------
    InputError
        A row that is missing, of another trial, outcome or measure, without an interval, or
        overlapping another of the partition.
    """
    stratum_row, partition_rows = _rows(evidence, spec)
    check_partition(partition_rows)
    stratum = printed_estimate(stratum_row)
    whole = combine_strata([printed_estimate(row) for row in partition_rows])
    complement, ratio = subtract(stratum, whole)
    p_value = p_of(ratio)
    printed = _printed(stratum_row), [_printed(row) for row in partition_rows]
    p_low, p_high = p_value_range(*printed, seed=seed)
    worst_low, worst_high = p_value_bounds(*printed)
    factors = sorted({plan.factors_examined, *plan.factors_swept})
    return ComplementResult(
        spec,
        stratum,
        whole,
        complement,
        ratio,
        p_value,
        p_low,
        p_high,
        plan.level,
        tuple(
            _sensitivity(rho, subtract(stratum, whole, correlation=rho))
            for rho in spec.correlations
        ),
        tuple(
            _sensitivity(share, subtract_with_unknown(stratum, whole, share))
            for share in spec.unknown_shares
        ),
        tuple((m, sidak(p_value, m)) for m in factors),
        tuple(shrink(ratio, prior, plan.level) for prior in plan.priors),
        p_worst_low=worst_low,
        p_worst_high=worst_high,
        factors_examined=plan.factors_examined,
    )


def _sensitivity(value: float, pair: tuple[Estimate, Estimate]) -> Sensitivity:
    return value, pair[0], pair[1], p_of(pair[1])


def _printed(row: ResultRow) -> Printed:
    ratio = row.measure in RATIO_MEASURES
    numbers = (float(row.estimate or 0.0), float(row.ci_low or 0.0), float(row.ci_high or 0.0))
    return Printed(*numbers, decimals_of(numbers, 2 if ratio else 0), row.ci_level, ratio)


def _rows(evidence: EvidenceBase, spec: Complement) -> tuple[ResultRow, Sequence[ResultRow]]:
    """Return the rows a complement names, or every reason why they will not do."""
    known = {row.result_id: row for row in evidence.results}
    problems: list[Problem] = []
    where = f"[[synthesis.complements]] {spec.id}"
    for row_id in (spec.stratum, *spec.partition):
        if row_id not in known:
            allowed, action = "a result_id of results.csv", "Correct the id."
            problems.append(
                Problem("case.toml", where, "stratum, partition", row_id, allowed, action)
            )
    if problems:
        raise InputError(problems)
    stratum, partition = known[spec.stratum], [known[i] for i in spec.partition]
    if phenotype_of(stratum).get(spec.axis) != spec.level:
        allowed = f"{spec.axis}={spec.level}"
        action = "Name the row of that stratum."
        problems.append(
            Problem(FILE, stratum.result_id, "analysed", stratum.analysed, allowed, action)
        )
    for row in (stratum, *partition):
        problems += _unfit(row, spec, stratum.measure)
    if problems:
        raise InputError(problems)
    return stratum, partition


def _unfit(row: ResultRow, spec: Complement, measure: str) -> list[Problem]:
    """Reasons why a row cannot enter the derivation."""
    action = f"Choose another row for complement {spec.id}."
    facts = (
        ("trial_id", row.trial_id, spec.trial, row.trial_id == spec.trial),
        ("outcome", row.outcome, spec.outcome, row.outcome == spec.outcome),
        ("measure", row.measure, measure or "a measure", row.measure == measure != ""),
        ("kind", row.kind, "randomised", row.kind == "randomised"),
        ("estimate", str(row.estimate), "an estimate with its interval", has_interval(row)),
    )
    return [
        Problem(FILE, row.result_id, field, value, allowed, action)
        for field, value, allowed, fits in facts
        if not fits
    ]
