"""A file of markers: every problem of it at once."""

from pathlib import Path

import pytest

from equipoise.biomarkers.markers import assess_claims, read_markers
from equipoise.errors import InputError
from equipoise.evidence.schema import EvidenceBase, ResultRow

GOOD = """
[[marker]]
id = "m"
label = "Marker M"
kind = "other"
assay = { name = "stain" }
cut_chosen = "exploratory"
level = "high"
against = "low"
prevalence = { source = "not found" }
[[marker.claims]]
id = "m-death"
outcome = "death"
measure = "OR"
level = "high"
against = "low"
level_row = "r1"
against_row = "r2"
factors = 12
direction = "post hoc"
"""


def row(result_id, confidence="high", outcome="death", **numbers):
    given = {"events_treatment": 5, "n_treatment": 40, "events_control": 12, "n_control": 41}
    return ResultRow.model_validate(
        {
            "result_id": result_id,
            "trial_id": "t",
            "report_id": "",
            "kind": "randomised",
            "outcome": outcome,
            "analysed": "",
            "counts_from": "printed",
            "standing": "printed",
            "chosen": "yes",
            "confidence": confidence,
            "source_url": "https://example.org",
            "quote": "q",
            **(numbers or given),
        }
    )


EVIDENCE = EvidenceBase(
    trials=(),
    results=(
        row("r1"),
        row("r2", "low"),
        row("r3", outcome="cure"),
        row("r4", p_value="<0.05"),
    ),
)


def read(tmp_path: Path, text: str):
    file = tmp_path / "markers.toml"
    file.write_text(text, encoding="utf-8")
    return read_markers(file, EVIDENCE)


def test_a_good_file(tmp_path):
    (marker,) = read(tmp_path, GOOD)
    assert marker.prevalence.value is None
    (result,) = assess_claims((marker,), EVIDENCE)
    assert result.confidence == "low"
    assert result.ratio.value == pytest.approx(0.0)
    assert result.sidak_p == pytest.approx(1.0)
    items = {item.id: item.answer for item in result.credibility.items}
    assert items["cut-point"] == "definitely reduced"
    assert items["factors-examined"] == "definitely reduced"
    assert items["direction-foretold"] == "definitely reduced"


def test_all_problems_at_once(tmp_path):
    text = GOOD.replace('kind = "other"', 'kind = "magic"')
    text += GOOD.replace('"m"', '"n"').replace('"m-death"', '"n-death"').replace('"r2"', '"r9"')
    text += GOOD.replace('"m"', '"o"').replace('"m-death"', '"n-death"').replace('"r1"', '"r3"')
    text += GOOD.replace('"m"', '"p"').replace('"m-death"', '"p-death"').replace('"r1"', '"r4"')
    text += (
        GOOD.replace('"m"', '"q"')
        .replace('"m-death"', '"q-death"')
        .replace('against_row = "r2"', "")
        .replace('"post hoc"', '"later"')
    )
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    said = str(caught.value)
    for part in ("'magic'", "'r9'", "about cure", "'r4'", "three forms", "'later'", "'n-death'"):
        assert part in said
    assert len(caught.value.problems) == 7


def test_not_toml_and_wrong_tables(tmp_path):
    with pytest.raises(InputError, match="Correct the file"):
        read(tmp_path, "marker = [")
    with pytest.raises(InputError, match="two brackets"):
        read(tmp_path, "[marker]\nid = 'm'\n")
    with pytest.raises(InputError, match="Remove 'markers'"):
        read(tmp_path, "[[markers]]\nid = 'm'\n")
