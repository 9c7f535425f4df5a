"""Shares, their interval, and when a target counts as reached."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from dashboard.outcomes.targets import Found, Missing, Points, Shares, Told, target_entry
from dashboard.outcomes.wilson import wilson

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("successes", "of", "low", "high"),
    [(19, 38, 0.3485, 0.6515), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 1, 0.2065, 1.0)],
)
def test_wilson_is_that_of_the_reference(successes: int, of: int, low: float, high: float) -> None:
    assert wilson(successes, of) == pytest.approx((low, high), abs=5e-5)


def test_wilson_holds_the_share_mirrors_and_wants_people() -> None:
    for of in (1, 5, 38, 100_000):
        for successes in {0, 1, of // 2, of}:
            low, high = wilson(successes, of) or (2, -1)
            assert 0 <= low <= successes / of <= high <= 1
            mirrored = wilson(of - successes, of) or (0, 0)
            assert (1 - high, 1 - low) == pytest.approx(mirrored)
    assert wilson(0, 0) is None
    for wrong in ((-1, 3), (4, 3)):
        with pytest.raises(ValueError, match="count"):
            wilson(*wrong)


def entry(comparator: str, found: Found, value: float | None = None, by_date: date | None = None) -> Any:
    return target_entry({"comparator": comparator, "value": value, "by_date": by_date}, found, DAY)


def test_a_number_counts_everybody_who_is_known_now_and_than_before_the_same_people() -> None:
    found = Shares(before=[True, False, False, None], now=[True, True, None, True])
    enough = entry("at_least", found, 1.0)
    assert (enough["now"], enough["n"], enough["count"], enough["reached"]) == (1.0, 3, 3, True)
    assert (enough["before"], enough["n_before"]) == (pytest.approx(1 / 3), 3)
    assert enough["note"] == "Known of 3 of 4." and enough["interval_of"] == "now"
    more = entry("more", found)
    assert (more["before"], more["now"], more["n_before"], more["n"]) == (0.5, 1.0, 2, 2)
    assert more["reached"] is True
    assert entry("less", found)["reached"] is False
    assert entry("more", Shares(before=[True, False], now=[False, True]))["reached"] is False


@pytest.mark.parametrize(
    ("comparator", "value", "reached"),
    [("at_least", 0.5, True), ("at_least", 0.51, False), ("at_most", 0.5, True), ("at_most", 0.49, False)],
)
def test_at_the_number_itself_it_is_reached(comparator: str, value: float, reached: bool) -> None:
    assert entry(comparator, Shares([True, False]), value)["reached"] is reached
    assert entry(comparator, Told([(value, None)]), value)["reached"] is True


def test_scores_rose_only_where_the_interval_lies_above_zero() -> None:
    before = np.array([2.0, 3.0, 2.0, 3.0, np.nan])
    rose = entry("more", Points(before, before + np.array([1.0, 1.0, 2.0, 1.0, 1.0])))
    assert (rose["reached"], rose["n"], rose["difference"]) == (True, 4, pytest.approx(1.25))
    assert rose["low"] > 0 and rose["interval_of"] == "difference"
    fell = entry("more", Points(before + np.array([1.0, 1.0, 2.0, 1.0, 1.0]), before))
    assert fell["reached"] is False and fell["high"] < 0
    unclear = entry("more", Points(before, before + np.array([1.0, -1.0, 2.0, 0.0, 1.0])))
    assert unclear["reached"] is None and "no change was shown" in unclear["note"]
    same = entry("more", Points(before, before + 1))
    assert same["reached"] is None and same["low"] is None, "no spread, no interval"
    assert entry("at_least", Points(before, before), 2.5)["reached"] is True


@pytest.mark.parametrize(
    "found",
    [
        Missing("It is not asked."), Shares([None, None]), Shares([]), Told([]),
        Points(np.array([np.nan]), np.array([3.0])),
    ],
)  # fmt: skip
@pytest.mark.parametrize("comparator", ["at_least", "at_most", "more", "less"])
def test_without_figures_nothing_is_said_but_why(found: Found, comparator: str) -> None:
    told = entry(comparator, found, 0.5 if comparator.startswith("at") else None)
    assert told["reached"] is None and told["now"] is None and told["note"]


def test_without_a_number_or_a_before_it_cannot_be_said() -> None:
    assert entry("at_least", Shares([True]))["reached"] is None
    for found in (Shares([True]), Told([(0.5, 10)])):
        assert "before" in entry("more", found)["note"] and entry("more", found)["reached"] is None
    assert entry("less", Told([(0.68, 160), (0.6, None), (0.5, 90)]))["reached"] is True


def test_a_day_to_come_is_told_only_of_what_is_not_reached() -> None:
    later, earlier = date(2027, 1, 1), date(2026, 1, 1)
    assert "still to come" in entry("at_least", Shares([False]), 0.5, later)["note"]
    assert entry("at_least", Shares([True]), 0.5, later)["note"] is None
    assert entry("at_least", Shares([False]), 0.5, earlier)["note"] is None
