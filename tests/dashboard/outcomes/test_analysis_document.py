"""The whole analysis and who was there."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.outcomes.analysis import analysis
from dashboard.outcomes.attrition import attrition
from tests.dashboard.outcomes.cases import analysed, pilot

presence = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60)


@given(presence, st.integers(0, 20))
def test_attrition_counts_people_in_each_wave(rows, never):
    before, after = [row[0] for row in rows], [row[1] for row in rows]
    found = attrition(len(rows) + never, before, after)
    assert found == {
        "enrolled": len(rows) + never,
        "before": before.count(True),
        "after": after.count(True),
        "both": rows.count((True, True)),
        "left": rows.count((True, False)),
    }
    assert found["both"] + found["left"] == found["before"]


def test_attrition_takes_arrays_and_gives_plain_numbers():
    found = attrition(np.int64(3), np.array([True, True, False]), np.array([True, False, False]))
    assert json.dumps(found) == '{"enrolled": 3, "before": 2, "after": 1, "both": 1, "left": 1}'


def test_attrition_refuses_columns_of_different_people():
    with pytest.raises(ValueError, match="same people"):
        attrition(2, [True], [True, False])


def test_the_document_has_the_parts_of_the_contract():
    document = analysed(pilot(), enrolled=40)
    assert list(document) == [
        "programme", "before", "after", "domains", "attrition", "ladder", "participation", "themes",
        "targets",
    ]  # fmt: skip
    assert (document["programme"], document["before"], document["after"]) == ("aalten", "before", "after")
    assert [entry["domain"] for entry in document["domains"]] == [domain.domain for domain in pilot()]
    assert document["attrition"] == {"enrolled": 40, "before": 38, "after": 38, "both": 38, "left": 0}
    empty = {"1": 0, "2": 0, "3": 0, "4": 0, "5": 0, "6": 0}
    assert document["ladder"] == {"before": empty, "after": empty, "up": 0, "same": 0, "down": 0}
    assert document["participation"] == document["themes"] == document["targets"] == []
    json.dumps(document, allow_nan=False)


def test_a_programme_nobody_answered_gives_zeros_and_nulls():
    document = analysis("new", "before", "after", [], 0, [], [])
    assert document["domains"] == []
    assert set(document["attrition"].values()) == {0}
