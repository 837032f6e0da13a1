"""What the run hands to the rooms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from equipoise import run
from equipoise.case import load_case, packaged_cases
from equipoise.checkpoints import Checkpoints


def test_the_sizes_of_the_warning_are_the_case_s_and_a_new_size_is_a_new_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, ...]] = []

    def null_models(seed: int, sizes: tuple[int, ...]) -> tuple[()]:
        seen.append(sizes)
        return ()

    monkeypatch.setattr(run, "null_models", null_models)
    (case,) = (c for c in map(load_case, packaged_cases()) if c.markers)
    checkpoints = Checkpoints(tmp_path)
    other = replace(case, options=case.options.model_copy(update={"null_trial_sizes": (40, 41)}))
    for one in (case, case, other):
        found = run._biomarkers(one, checkpoints, "code", "evidence")
        assert found is not None
    assert seen == [case.options.null_trial_sizes, (40, 41)]
    assert case.options.null_trial_sizes == (58, 84, 620)
    silent = replace(case, markers=())
    assert run._biomarkers(silent, checkpoints, "code", "evidence") is None
