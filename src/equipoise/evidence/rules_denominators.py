"""Rules on denominators: the patients analysed against each other and against the randomised."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.evidence.finding import Finding, Rule, covers_whole
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase, ResultRow, Trial, phenotype_of


def patients(row: ResultRow) -> int | None:
    """Return the printed total of a row, else the patients of both arms together."""
    if row.n_total is not None or row.n_treatment is None or row.n_control is None:
        return row.n_total
    return row.n_treatment + row.n_control


def randomised_to_contrast(evidence: EvidenceBase, trial: Trial) -> int | None:
    """Patients randomised to the two arms compared; None where that is not known.

    A trial with further arms compares only part of those it randomised.
    """
    arms = [arm for arm in evidence.arms if arm.trial_id == trial.trial_id]
    pair = [arm for arm in arms if arm.role != "other"]
    sizes = [arm.n_randomised for arm in pair if arm.n_randomised is not None]
    if len(arms) > 2:
        return sum(sizes) if len(pair) == len(sizes) == 2 else None
    if trial.n_randomised is not None:
        return trial.n_randomised
    return sum(sizes) if len(sizes) == 2 else None


def _whole_rows(evidence: EvidenceBase, trial: Trial) -> list[ResultRow]:
    """Comparisons of the arms in everybody the trial enrolled."""
    return [
        row
        for row in evidence.results
        if row.trial_id == trial.trial_id
        and row.kind in {"randomised", "post_treatment"}
        and covers_whole(row, trial)
    ]


def _by_patients(rows: list[ResultRow]) -> dict[int, list[ResultRow]]:
    groups: dict[int, list[ResultRow]] = {}
    for row in rows:
        n = patients(row)
        if n is not None:
            groups.setdefault(n, []).append(row)
    return dict(sorted(groups.items()))


def _ids(rows: list[ResultRow]) -> tuple[str, ...]:
    return tuple(row.result_id for row in rows)


def itt_against_randomised(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report analyses called intention-to-treat that hold fewer patients than were randomised."""
    del question
    for trial in evidence.trials:
        total = randomised_to_contrast(evidence, trial)
        rows = [row for row in _whole_rows(evidence, trial) if row.analysis_set == "itt"]
        for n, same in _by_patients(rows).items():
            if total is None or n >= total:
                continue
            yield Finding(
                "itt-against-randomised",
                "warning",
                _ids(same),
                trial.trial_id,
                f"{trial.trial_id}: {n} patients are called intention-to-treat, {total} were "
                f"randomised ({', '.join(_ids(same))}).",
                f"{n} / {total} = {100 * n / total:.1f}%; {total - n} missing",
            )


def _arm_sums(evidence: EvidenceBase, trial: Trial) -> Iterator[Finding]:
    arms = [arm for arm in evidence.arms if arm.trial_id == trial.trial_id]
    sizes = [arm.n_randomised for arm in arms if arm.n_randomised is not None]
    if trial.n_randomised is None or not arms:
        return
    total, complete = sum(sizes), len(sizes) == len(arms)
    if total > trial.n_randomised or (complete and total < trial.n_randomised):
        above = total > trial.n_randomised
        yield Finding(
            "patients-against-randomised",
            "error" if above else "warning",
            (trial.trial_id,),
            trial.trial_id,
            f"{trial.trial_id}: the arms do not add up to the number randomised.",
            f"{' + '.join(map(str, sizes))} = {total} {'>' if above else '<'} {trial.n_randomised}",
        )


def _ceilings(
    evidence: EvidenceBase, trial: Trial, row: ResultRow
) -> Iterator[tuple[str, int, int]]:
    n = patients(row)
    if n is not None and trial.n_randomised is not None:
        yield "randomised", n, trial.n_randomised
    for role, size in (("treatment", row.n_treatment), ("control", row.n_control)):
        arms = [a for a in evidence.arms if a.trial_id == trial.trial_id and a.role == role]
        if size is not None and len(arms) == 1 and arms[0].n_randomised is not None:
            yield f"randomised to {role}", size, arms[0].n_randomised
    for record in evidence.phenotypes:
        inside = phenotype_of(row).get(record.axis) == record.level
        if record.trial_id == trial.trial_id and inside and n is not None and record.n is not None:
            yield f"with {record.axis} {record.level}", n, record.n


def patients_against_randomised(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report more patients analysed than randomised, overall, by arm or by phenotype."""
    del question
    for trial in evidence.trials:
        yield from _arm_sums(evidence, trial)
        for row in evidence.results:
            if row.trial_id != trial.trial_id or row.kind == "modifier_within_arm":
                continue
            above = [
                f"{n} analysed > {ceiling} {what}"
                for what, n, ceiling in _ceilings(evidence, trial, row)
                if n > ceiling
            ]
            if above:
                yield Finding(
                    "patients-against-randomised",
                    "error",
                    (row.result_id,),
                    trial.trial_id,
                    f"{row.result_id}: more patients analysed than the trial has.",
                    "; ".join(above),
                )


def analysed_numbers_differ(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Note trials whose outcomes rest on different numbers of patients."""
    del question
    for trial in evidence.trials:
        groups = _by_patients(_whole_rows(evidence, trial))
        if len(groups) < 2:
            continue
        rows = [row for same in groups.values() for row in same]
        listed = "; ".join(f"{n} in {', '.join(_ids(same))}" for n, same in groups.items())
        total = randomised_to_contrast(evidence, trial)
        yield Finding(
            "analysed-numbers-differ",
            "note",
            _ids(rows),
            trial.trial_id,
            f"{trial.trial_id}: its outcomes rest on {len(groups)} different numbers of patients.",
            listed + (f"; randomised {total}" if total is not None else ""),
        )


RULES = (
    Rule(
        "itt-against-randomised",
        "Does an analysis called intention-to-treat hold everybody randomised?",
        "warning",
        itt_against_randomised,
    ),
    Rule(
        "patients-against-randomised",
        "Are the patients analysed, and the arms together, no more than the randomised?",
        "error",
        patients_against_randomised,
    ),
    Rule(
        "analysed-numbers-differ",
        "Do the outcomes of a trial rest on the same number of patients?",
        "note",
        analysed_numbers_differ,
    ),
)
