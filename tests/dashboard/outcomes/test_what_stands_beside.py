"""How people answered, who left, how they look back, and whom a programme chose."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from dashboard.outcomes.leavers import bounds, leavers_by_fact, leavers_by_score
from dashboard.outcomes.looking_back import looked_back
from dashboard.outcomes.quality import answered_otherwise, how_answered, straight_lined
from dashboard.outcomes.regression import regression_to_the_mean
from tests.dashboard.outcomes.cases import scores

NAN = float("nan")
waves = ["before", "after"]


def test_the_same_answer_throughout_is_told_from_a_few_answers_and_from_others() -> None:
    common = np.array([[47, 47, 7, 8], [3, 2, 3, 1], [3, 3, 3, 1]], dtype=np.int8)
    assert straight_lined(common).tolist() == [True, False, False, True]


def test_modes_and_languages_are_counted_per_wave_and_who_changed_between() -> None:
    present = np.array([[True, True, True], [True, True, False]])
    mode = np.array([[0, 1, 0], [0, 0, -1]], dtype=np.int8)
    language = np.array([[0, 0, 1], [1, 0, -1]], dtype=np.int16)
    common = np.zeros((3, 2, 3), dtype=np.int8)
    first, second = how_answered(present, common, mode, language, (["self", "audio"], ["nl", "ar"]), waves)
    assert (first["people"], second["people"]) == (3, 2)
    assert (first["modes"], first["languages"]) == ({"self": 2, "audio": 1}, {"nl": 2, "ar": 1})
    assert second["modes"] == {"self": 2}
    assert first["speed"] is None and "times" in first["note"]
    assert answered_otherwise(present, mode, language, waves) == [
        {"before": "before", "after": "after", "people": 2, "other_mode": 1, "other_language": 1}
    ]


def test_who_left_is_compared_at_the_start_in_standard_deviations() -> None:
    before = [2.0, 3.0, 4.0, 1.0, 2.0, NAN]
    stayed, left = np.array([1, 1, 1, 0, 0, 0], dtype=bool), np.array([0, 0, 0, 1, 1, 1], dtype=bool)
    (found,) = leavers_by_score([scores(before, before)], stayed, left)
    assert found["smd"] == pytest.approx((3 - 1.5) / np.sqrt((1 + 0.5) / 2))
    assert found["flag"] is True and (found["stayed"], found["left"]) == (3, 2)
    (nobody,) = leavers_by_score([scores(before, before)], stayed | left, np.zeros(6, dtype=bool))
    assert nobody["smd"] is nobody["flag"] is None and nobody["note"]
    (alike,) = leavers_by_score([scores([2.0] * 6, before)], stayed, left)
    assert alike["smd"] is None and "differ" in alike["note"]


def test_facts_of_who_left_have_fishers_p_and_unknown_is_a_value() -> None:
    codes = np.array([0, 0, 0, 1, 1, -1], dtype=np.int16)
    stayed = np.array([1, 1, 1, 0, 0, 0], dtype=bool)
    woman, man, unknown = leavers_by_fact("gender", ("woman", "man", "other"), codes, stayed, ~stayed)
    assert (woman["stayed"], woman["left"], woman["of_left"]) == (3, 0, 3)
    assert woman["p"] == pytest.approx(fisher_exact([[3, 0], [0, 3]]).pvalue)
    assert unknown["value"] is None and unknown["left"] == 1 and man["left"] == 2


@given(st.lists(st.tuples(st.sampled_from([2.0, 3.0, NAN]), st.sampled_from([2.0, 3.0, NAN])), max_size=15))
def test_bounds_hold_the_share_whatever_became_of_who_left(rows) -> None:
    before, after = np.array(rows, dtype=float).reshape(-1, 2).T
    (found,) = bounds([scores(before, after)], np.isnan(after))
    if found["worst"] is None:
        assert found["note"]
        return
    everyone = found["pairs"] + found["left"]
    gains = np.sum(after - before >= 0.5)
    assert found["worst"] == pytest.approx(gains / everyone)
    assert found["best"] == pytest.approx((gains + found["left"]) / everyone)
    if found["improved"] is not None:
        assert found["worst"] - 1e-12 <= found["improved"] <= found["best"] + 1e-12


def test_then_and_now_stand_beside_the_plain_difference_of_the_same_people() -> None:
    before, after = np.array([4.0, 3.0, 2.0, NAN]), np.array([4.0, 4.0, 2.0, 3.0])
    then, now = np.array([2, 2, 0, 3], dtype=np.int8), np.array([4, 3, 5, 3], dtype=np.int8)
    anchor = np.array([5, 4, 3, 0], dtype=np.int8)
    found = looked_back("work", (before, after), (then, now), anchor)
    assert (found["people"], found["then"], found["now"]) == (3, pytest.approx(7 / 3), pytest.approx(10 / 3))
    assert found["then_now"] == pytest.approx(1.0)
    assert (found["plain_pairs"], found["plain_difference"]) == (2, pytest.approx(0.5))
    assert found["anchor"] == {"1": 0, "2": 0, "3": 1, "4": 1, "5": 1}
    assert found["plain_by_anchor"] == {"1": None, "2": None, "3": 0.0, "4": 1.0, "5": 0.0}
    without = looked_back("work", (before, after), None, None)
    assert without["then_now"] is without["anchor"] is None and without["note"]


def test_reference_value_of_regression_to_the_mean() -> None:
    before, after = np.array([1.5, 2.5, 2.0]), np.array([2.0, 3.5, 2.5])
    found = regression_to_the_mean("work", before, after, 3.0, 0.6)
    assert found["expected"] == pytest.approx(0.40)
    assert found["beyond"] == pytest.approx(found["difference"] - 0.40)
    assert found["note"] is None
    assert "stands in" in regression_to_the_mean("work", before, after, 3.0, None)["note"]
    assert regression_to_the_mean("work", before * NAN, after, 3.0, 0.6)["expected"] is None
    assert "not known" in regression_to_the_mean("work", before[:1], after[:1], 3.0, None)["note"]
    with pytest.raises(ValueError, match="between"):
        regression_to_the_mean("work", before, after, 3.0, 1.5)
