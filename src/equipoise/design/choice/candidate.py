"""Which studies a case considers, and what they would cost: the design room's slice of case.toml.

Every number says where it comes from; one that was not found anywhere says that it is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from equipoise.errors import Problem
from equipoise.evidence.question import Question, Slice
from equipoise.synthesis.plan import Plan

Finite = Annotated[float, Field(allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Inside = Annotated[float, Field(gt=0, lt=1)]
Proportion = Annotated[float, Field(ge=0, le=1)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
Early = Annotated[float, Field(ge=0, lt=1)]

Kind = Literal["nothing", "existing_data", "stored_samples", "trial"]
Enrolment = Literal["all", "stratified", "enriched", "adaptive"]


class Sourced(Slice):
    """A number with its source."""

    value: NotNegative
    """The number."""
    source: str
    """Where it was read, or that it is assumed."""


class SourcedProportion(Slice):
    """A share between 0 and 1 with its source."""

    value: Proportion
    """The share."""
    source: str
    """Where it was read, or that it is assumed."""


class Decision(Slice):
    """The choice between using the drug and not, for one patient."""

    horizon_years: Positive
    """Years over which the absolute difference is counted."""
    baseline_risk: SourcedProportion
    """Risk of the outcome by the horizon without the drug."""
    harms: tuple[Sourced, ...] = ()
    """Harms of using it a patient, each in money."""
    cost: Sourced
    """Price of using it a patient."""
    currency: str = "USD"
    """Unit of every cost."""


class Stake(Slice):
    """Patients for whom the answer matters."""

    patients_a_year: Sourced
    """New patients a year with the phenotype."""
    uptake: SourcedProportion
    """Share treated as the result says."""
    horizon_years: Sourced
    """Years from now for which the question stays alive."""
    discount_rate: SourcedProportion
    """Rate a year at which later patients count for less."""


class Samples(Slice):
    """Stored samples and the assay on them, where a trial does not print its own."""

    share: SourcedProportion
    """Share of the phenotype among patients."""
    available: SourcedProportion
    """Share of patients with a sample."""
    consent: SourcedProportion
    """Share whose data may be used."""
    assay_success: SourcedProportion
    """Share of samples that give a result."""
    sensitivity: SourcedProportion
    """Sensitivity of the assay on stored samples."""
    specificity: SourcedProportion
    """Specificity of the assay on stored samples."""
    cost_per_trial: Sourced
    """Cost of negotiating and cleaning one trial's data."""
    cost_per_sample: Sourced
    """Cost of one assay."""


class Link(Slice):
    """From an early outcome to the one that counts; wide, and swept."""

    early: str
    """Outcome declared in the question."""
    r_squared: tuple[Early, ...] = Field(min_length=1)
    """Trial-level R2 to try; the middle one is the headline."""
    source: str
    """Where these come from."""
    sd_early: Sourced
    """Spread of true effects on the early outcome between trials, analysis scale."""
    sd_late: Sourced
    """Spread of true effects on the late outcome between trials, analysis scale."""


class Threshold(Slice):
    """Another cut of a continuous marker."""

    label: str
    """The cut as shown."""
    prevalence: SourcedProportion
    """Share beyond that cut, inside the phenotype."""


class MarkerSplit(Slice):
    """A marker that may tell who benefits, inside the phenotype."""

    axis: str
    """Axis declared in the question."""
    level: str
    """Level in which more benefit is expected."""
    prevalence: SourcedProportion
    """Share of that level inside the phenotype."""
    row: str = ""
    """Result row of that level on the outcome, if one is printed."""
    rest: str = ""
    """Result row of the other level."""
    cut: str = ""
    """Cut of a continuous marker, as shown."""
    thresholds: tuple[Threshold, ...] = ()
    """Other cuts to try; the difference believed is the same at each."""

    @property
    def key(self) -> str:
        """Axis and cut: one way to divide the phenotype."""
        return f"{self.axis} {self.cut}".strip()

    def splits(self) -> tuple[MarkerSplit, ...]:
        """Return the marker at its own cut and at every other one."""
        others = (
            self.model_copy(update={"cut": t.label, "prevalence": t.prevalence, "thresholds": ()})
            for t in self.thresholds
        )
        return (self.model_copy(update={"thresholds": ()}), *others)


class Candidate(Slice):
    """One study that could be done next."""

    id: Identifier
    """Name of the candidate."""
    label: str
    """Name as shown."""
    kind: Kind
    """`nothing`, `existing_data` (ask for what was recorded), `stored_samples` or `trial`."""
    outcome: str = ""
    """Outcome it reads; that of the decision, or the early one of the link."""
    in_belief: bool = False
    """For `existing_data`: its patients are in the belief already."""
    enrolment: Enrolment = "all"
    """By marker: everybody with the phenotype, stratified, enriched or adaptive."""
    marker: str = ""
    """Axis of the marker, for the last three."""
    sizes: tuple[Annotated[int, Field(ge=4, le=1_000_000)], ...] = ()
    """Events (time to event) or patients (binary) to try."""
    looks: tuple[Annotated[int, Field(ge=1, le=20)], ...] = (1,)
    """Numbers of analyses to try; O'Brien-Fleming spending at equal steps."""
    control_risk: SourcedProportion | None = None
    """Risk in the control arm of a binary outcome."""
    accrual_per_month: Sourced | None = None
    """Patients entering a month."""
    accrual_months: Sourced | None = None
    """Months of accrual of a trial with a time to an event."""
    drop_out_per_year: SourcedProportion | None = None
    """Share of patients lost to follow-up a year."""
    start_up_months: Sourced | None = None
    """Months before the first patient, or until data that exist arrive."""
    read_out_months: Sourced | None = None
    """Months from the last patient to a binary outcome."""
    fixed_cost: Sourced | None = None
    """Cost whatever the size."""
    cost_per_patient: Sourced | None = None
    """Cost of each patient."""
    screening_cost: Sourced | None = None
    """Cost of determining the marker in one patient."""
    note: str = ""
    """A word to the reader."""


class DesignPlan(Slice):
    """The decision, what is at stake, and the studies to choose from."""

    comparison: str
    """Comparison of the synthesis whose level asked about is believed."""
    between_trial_sd: Sourced
    """Spread of effects between trials for the predictive assurance, analysis scale."""
    truths: tuple[Positive, ...] = (0.64, 0.8, 0.9, 1.0)
    """Effects for which it is shown what each study would conclude."""
    decision: Decision
    """Use or not."""
    stake: Stake
    """How many patients."""
    samples: Samples | None = None
    """Stored samples."""
    interaction: Positive = 1.5
    """Ratio of ratios that the stored samples are asked to find."""
    link: Link | None = None
    """From an early outcome."""
    markers: tuple[MarkerSplit, ...] = ()
    """Markers of the candidates."""
    budget: Sourced | None = None
    """Most a study may cost; dearer sizes are shown as beyond it."""
    candidates: tuple[Candidate, ...] = Field(min_length=1)
    """Studies to choose from."""


NEEDED: dict[Kind, tuple[str, ...]] = {
    "nothing": (),
    "existing_data": ("outcome", "sizes", "start_up_months", "fixed_cost"),
    "stored_samples": ("outcome", "start_up_months"),
    "trial": ("outcome", "sizes", "accrual_per_month", "fixed_cost", "cost_per_patient"),
}
"""Fields without which a candidate of each kind says nothing."""


def design_problems(plan: DesignPlan, question: Question, synthesis: Plan) -> Iterator[Problem]:
    """Yield every name and every gap in the design slice."""
    comparisons = {asked.id: asked for asked in synthesis.comparisons}
    yield from _one_of("", "comparison", [plan.comparison], list(comparisons))
    outcomes = {outcome.name: outcome for outcome in question.outcomes}
    if plan.link is not None:
        yield from _one_of("link", "early", [plan.link.early], list(outcomes))
    axes = {axis.name: [level.name for level in axis.levels] for axis in question.axes}
    for marker in plan.markers:
        yield from _one_of(f"marker {marker.axis}", "axis", [marker.axis], list(axes))
        yield from _one_of(
            f"marker {marker.axis}", "level", [marker.level], axes.get(marker.axis, [])
        )
    ids = [candidate.id for candidate in plan.candidates]
    for name in sorted({i for i in ids if ids.count(i) > 1}):
        yield _problem(name, "id", name, "each id once", "Rename one of them.")
    late = comparisons[plan.comparison].outcome if plan.comparison in comparisons else ""
    for candidate in plan.candidates:
        yield from _candidate_problems(candidate, plan, late)


def _candidate_problems(candidate: Candidate, plan: DesignPlan, late: str) -> Iterator[Problem]:
    row = candidate.id
    for field in NEEDED[candidate.kind]:
        if not getattr(candidate, field):
            allowed = f"a value, for kind {candidate.kind!r}"
            yield _problem(row, field, "missing", allowed, f"Add {field}.")
    if candidate.kind == "nothing":
        return
    readable = [late, *([plan.link.early] if plan.link else [])]
    yield from _one_of(row, "outcome", [candidate.outcome], [name for name in readable if name])
    if candidate.enrolment != "all":
        yield from _one_of(row, "marker", [candidate.marker], [m.axis for m in plan.markers])
    early = plan.link is not None and candidate.outcome == plan.link.early
    if candidate.kind == "trial":
        wanted = ("control_risk", "read_out_months") if early else ("accrual_months",)
        for field in wanted:
            if getattr(candidate, field) is None:
                yield _problem(row, field, "missing", "a value for this outcome", f"Add {field}.")
    if candidate.kind == "stored_samples" and plan.samples is None:
        action = "Add [design.samples]."
        yield _problem(row, "kind", "stored_samples", "a description of the samples", action)


def _one_of(row: str, field: str, values: Sequence[str], names: Sequence[str]) -> Iterator[Problem]:
    allowed = "one of " + ", ".join(names) if names else "nothing: none is declared"
    for value in values:
        if value not in names:
            yield _problem(row, field, value, allowed, f"Correct {field!r} or declare the name.")


def _problem(row: str, field: str, value: str, allowed: str, action: str) -> Problem:
    where = f"[design] {row}".strip()
    return Problem("case.toml", where, field, value, allowed, action)
