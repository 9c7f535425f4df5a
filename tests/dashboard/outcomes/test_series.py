"""More than two waves: pairs of them, headings, and gains that were kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.outcomes.paired import summary
from dashboard.outcomes.series import Series, every_pair, gain_kept, heading_change, headings
from tests.dashboard.outcomes.cases import score_or_none

NAN = float("nan")
rows = st.lists(st.tuples(score_or_none, score_or_none, score_or_none), max_size=20)


def series(scores, domain="work", heading="Means", low=1.0, high=5.0) -> Series:
    return Series("integration", domain, heading, low, high, np.array(scores, dtype=float).reshape(3, -1))


@given(rows)
def test_a_gain_is_kept_as_long_as_less_than_a_step_was_lost_since(people) -> None:
    found = gain_kept(series(np.array(people, dtype=float).reshape(-1, 3).T))
    gained = [one for one in people if one[1] - one[0] >= 0.5 - 1e-9]
    known = [one for one in gained if one[2] == one[2]]
    assert found["improved"] == len(known)
    assert found["kept"] == sum(one[2] - one[1] > -0.5 + 1e-9 for one in known)
    if known:
        assert found["low"] <= found["share"] <= found["high"]
    else:
        assert found["share"] is None and found["note"]
    assert len(known) == len(gained) or found["note"]


def test_a_gain_on_a_scale_without_a_step_is_not_judged() -> None:
    found = gain_kept(series([[1], [5], [5]], low=1.0, high=7.0))
    assert found["improved"] is None and "No step" in found["note"]


def test_every_pair_of_waves_is_compared_as_two_waves_are() -> None:
    scores = np.array([[2, 3, NAN, 4], [3, 3, 2, NAN], [4, 2, 3, 5]])
    found = every_pair([series(scores)], ["a", "b", "c"])
    assert [(one["before"], one["after"]) for one in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    for one, (first, second) in zip(found, [(0, 1), (0, 2), (1, 2)], strict=True):
        (entry,), expected = one["domains"], summary(scores[first], scores[second], 0.5)
        for key in ("pairs", "difference", "low", "high", "p", "improved", "declined"):
            assert entry[key] == getattr(expected, key)


def test_a_heading_is_the_mean_of_its_domains_for_who_has_half_of_them() -> None:
    one = series([[1, 2, NAN]] * 3, "work")
    other = series([[3, NAN, NAN]] * 3, "housing")
    third = series([[5, NAN, 4]] * 3, "health")
    alone = series([[1, 1, 1]] * 3, "wellbeing", None)
    (found,) = headings([one, other, third, alone])
    np.testing.assert_array_equal(found.scores[0], [3, NAN, NAN])
    entry = heading_change(found, 0, 1)
    assert (entry["pairs"], entry["difference"], entry["heading"]) == (1, 0.0, "Means")
    assert entry["low"] is None and entry["note"]


def test_two_domains_of_which_one_is_there_are_half() -> None:
    (found,) = headings([series([[1, NAN]] * 3, "work"), series([[2, 4]] * 3, "housing")])
    assert found.scores[0].tolist() == pytest.approx([1.5, 4])
