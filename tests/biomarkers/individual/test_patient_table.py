"""A user's table: everything wrong with it at once."""

import numpy as np
import pandas as pd
import pytest

from equipoise.biomarkers.individual import read_patient_table
from equipoise.errors import InputError


def good(n=40):
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {"arm": np.arange(n) % 2, "gone": (np.arange(n) // 2) % 2, "age": rng.normal(50, 9, n)}
    )


def read(frame, **changes):
    options = {"treatment": "arm", "event": "gone", "covariates": ["age"], **changes}
    return read_patient_table(frame, **options)


def test_a_frame_and_its_file_are_the_same(tmp_path):
    frame = good()
    file = tmp_path / "patients.csv"
    frame.to_csv(file, index=False)
    one, two = read(frame), read(file)
    assert one.size == 40
    assert one.family == "binary"
    assert two.covariates == pytest.approx(one.covariates)
    assert (one.sign, read(frame, event_is="benefit").sign) == (1.0, -1.0)


def test_a_table_of_some_patients():
    frame = good()
    frame["months"] = np.arange(40.0)
    table = read(frame, time="months")
    part = table.take(np.array([3, 3, 5]))
    assert list(part.treatment) == [1.0, 1.0, 1.0]
    assert part.time[0] == part.time[1] == table.time[3]


def test_all_cells_that_are_none_are_named_with_what_to_do():
    frame = good().astype(object)
    frame.loc[0, "arm"] = "control"
    frame.loc[1, "arm"] = 2
    frame.loc[2, "gone"] = None
    frame.loc[3, "age"] = "51,5"
    frame.loc[4, "age"] = "inf"
    frame.loc[5, "age"] = " "
    with pytest.raises(InputError) as caught:
        read(frame)
    found = [(p.row, p.field, p.value) for p in caught.value.problems]
    assert found == [
        ("row 1", "arm", "control"),
        ("row 3", "gone", ""),
        ("row 4", "age", "51,5"),
        ("row 5", "age", "inf"),
        ("row 6", "age", ""),
        ("row 2", "arm", "2"),
    ]
    said = str(caught.value)
    for action in ("decimal point", "columns of 0 and 1", "leave the patient out", "finite"):
        assert action in said


def test_columns_that_are_missing_doubled_or_unknown_options():
    with pytest.raises(InputError) as caught:
        read(good(), treatment="drug", covariates=["age", "age"], event_is="bad")
    assert [p.field for p in caught.value.problems] == ["drug", "age", "event_is"]
    assert "the columns are arm, gone, age" in str(caught.value)


def test_content_that_cannot_be_analysed():
    frame = good()
    frame["arm"] = 0
    frame["gone"] = 1
    frame["age"] = 3.0
    with pytest.raises(InputError) as caught:
        read(frame)
    assert [p.field for p in caught.value.problems] == ["arm", "gone", "age"]


def test_negative_times_and_a_long_list_is_cut():
    frame = good(200)
    frame["time"] = -1.0
    with pytest.raises(InputError) as caught:
        read(frame, time="time")
    assert len(caught.value.problems) == 51
    assert "150 more" in str(caught.value)


def test_no_such_file(tmp_path):
    with pytest.raises(InputError, match="Check path"):
        read(tmp_path / "none.csv")
