"""How much looking at several subgroups takes away from a P value."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.theme import BLUE, LINE, MUTED, ORANGE, Drawing, inline
from equipoise.report.number_text import p_value
from equipoise.report.options import ReportOptions
from equipoise.report.words import outcome_label, trial_label
from equipoise.synthesis.interactions import ComplementResult


def multiplicity_figure(
    results: Sequence[ComplementResult],
    evidence: EvidenceBase,
    question: Question,
    options: ReportOptions,
) -> Figure:
    """P of each interaction against the number of factors that may have been looked at."""
    records = [
        {
            "factors": factors,
            "p": float(f"{p:.6g}"),
            "shown": p_value(p),
            "what": _name(r, question),
        }
        for r in results
        for factors, p in ((1, r.p_value), *(pair for pair in r.sidak if pair[0] != 1))
    ]
    sentences = [
        f"{_name(r, question)}: "
        + ", ".join(f"{p_value(p)} for {factors}" for factors, p in r.sidak)
        for r in results
    ]
    trials = sorted({trial_label(evidence, r.spec.trial) for r in results})
    return Figure(
        id="multiplicity",
        title="What looking at several subgroups does to the P value",
        caption=(
            "The P value of each derived interaction, and the same P adjusted (Šidák) for the "
            "number of subgroup factors that may have been looked at. The dotted line is 0.05; "
            "it is a landmark, not a verdict."
        ),
        alt=f"Adjusted P by number of factors in {', '.join(trials)}. {'; '.join(sentences)}.",
        chart=_multiplicity_chart(records, options),
        section="believe",
    )


def _name(result: ComplementResult, question: Question) -> str:
    return outcome_label(question, result.spec.outcome)


def _multiplicity_chart(records: list[dict[str, object]], options: ReportOptions) -> Drawing:
    names = list(dict.fromkeys(str(record["what"]) for record in records))
    factors = sorted({int(str(record["factors"])) for record in records})
    colours = [BLUE, ORANGE, MUTED][: len(names)] + [LINE] * max(0, len(names) - 3)
    shapes = (["circle", "square", "triangle-up", "diamond"] * len(names))[: len(names)]
    base = alt.Chart(inline(records)).encode(
        x=alt.X(
            "factors:Q",
            title="Subgroup factors looked at",
            scale=alt.Scale(domain=[0, max(factors) + 0.8], nice=False, zero=False),
            axis=alt.Axis(values=factors, format="d"),
        ),
        y=alt.Y("p:Q", title="P, adjusted", axis=alt.Axis(tickCount=5, format="~g")),
        color=alt.Color(
            "what:N", title=None, scale=alt.Scale(domain=names, range=colours), sort=names
        ),
    )
    shape = alt.Shape("what:N", title=None, scale=alt.Scale(domain=names, range=shapes))
    tooltip = [
        alt.Tooltip("what:N", title="Interaction"),
        alt.Tooltip("factors:Q", title="Factors"),
        alt.Tooltip("shown:N", title="P"),
    ]
    landmark = alt.Chart(inline([{"p": 0.05}])).mark_rule(strokeDash=[2, 3], color=LINE)
    worst = str(max(records, key=lambda record: float(str(record["p"])))["what"])
    above = alt.FieldEqualPredicate(field="what", equal=worst)
    below = alt.FieldOneOfPredicate(field="what", oneOf=[n for n in names if n != worst])
    texts = base.encode(text="shown:N")
    layers = [
        landmark.encode(y="p:Q"),
        base.mark_line(strokeWidth=1.3),
        base.mark_point(filled=True, opacity=1, size=55).encode(shape=shape, tooltip=tooltip),
        texts.transform_filter(above).mark_text(align="right", dx=-5, dy=-9, fontSize=11),
    ]
    if len(names) > 1:
        layers.append(
            texts.transform_filter(below).mark_text(align="left", dx=6, dy=11, fontSize=11)
        )
    return alt.layer(*layers).properties(width=min(440, options.figure_width - 160), height=190)
