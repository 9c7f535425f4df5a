"""Where a number does not exist, it is null and the note says why; nothing warns, nothing is infinite."""

import numpy as np
import pytest

from dashboard.outcomes.change import domain_change
from tests.dashboard.outcomes.cases import scores

BEFORE = [2, 2.5, 3, 2.5, 3.5, 2, 3, 4, 2.5, 3]
AFTER = [3, 3, 3, 3.5, 4, 2.5, 2.5, 4.5, 3.5, 4]
GOOD_ITEMS = np.array([[1, 1, 2], [2, 3, 2], [3, 3, 3], [4, 4, 5], [5, 4, 5], [2, 2, 1]])
NAN = float("nan")


def change(before, after, **changed):
    return domain_change(scores(before, after, **changed))


def test_nobody_at_all():
    entry = change([], [])
    assert (entry["n_before"], entry["n_after"], entry["pairs"]) == (0, 0, 0)
    assert (entry["improved"], entry["maintained"], entry["declined"]) == (0, 0, 0)
    assert all(entry[key] is None for key in ("difference", "low", "t", "p", "wilcoxon_p", "d_z", "r", "sem"))
    assert entry["note"]


def test_a_wave_without_data_keeps_the_other_waves_count():
    entry = change([2.0, 3.0], [NAN, NAN], items_before=GOOD_ITEMS)
    assert (entry["n_before"], entry["n_after"], entry["pairs"]) == (2, 0, 0)
    assert entry["before_mean"] is None
    assert entry["alpha_before"] is not None
    assert "Nobody has a score in the second wave." in entry["note"]


def test_one_pair_has_a_change_but_no_interval():
    entry = change([2.0, NAN], [3.0, 4.0])
    assert (entry["pairs"], entry["n_after"], entry["difference"], entry["improved"]) == (1, 2, 1.0, 1)
    undefined = ("before_sd", "sd_difference", "low", "high", "t", "p", "d_z", "d_av", "g_av", "r")
    assert all(entry[key] is None for key in undefined)
    assert "Only one person" in entry["note"]


@pytest.mark.parametrize("shift", [0.0, 0.5, -1 / 3])
def test_everyone_the_same_change_is_no_spread_and_no_test(shift):
    before = np.array([5 / 3, 7 / 3, 3.0, 8 / 3])
    entry = change(before, before + shift)
    assert entry["difference"] == pytest.approx(shift)
    assert entry["sd_difference"] == 0.0
    assert all(entry[key] is None for key in ("low", "high", "t", "p", "d_z", "d_av", "g_av"))
    assert "No spread" in entry["note"]


@pytest.mark.parametrize("n", [1, 5, 13, 14, 50, 51])
def test_when_nobody_changed_the_rank_test_gives_one(n):
    assert change([2.5] * n, [2.5] * n)["wilcoxon_p"] == 1.0


def test_five_changes_in_one_direction_cannot_reach_five_percent_and_the_note_says_so():
    entry = change([1, 1.5, 2, 2.5, 3], [2, 3, 2.5, 4.5, 5])
    assert entry["wilcoxon_p"] == 0.0625
    assert "cannot reach 0.05" in entry["note"]


def test_a_constant_wave_has_no_correlation_and_no_measurement_error():
    entry = change([3.0, 3.0, 3.0], [3.0, 4.0, 5.0], items_before=GOOD_ITEMS)
    assert entry["before_sd"] == 0.0
    assert entry["r"] is None
    assert entry["d_av"] is not None
    assert (entry["sem"], entry["reliable_from"], entry["reliably_improved"]) == (0.0, 0.0, None)
    assert "reliable change is not defined" in entry["note"]


def test_two_pairs_have_an_interval_but_no_small_sample_correction():
    entry = change([2.0, 3.0], [3.0, 3.5])
    assert entry["low"] is not None
    assert entry["d_av"] is not None
    assert entry["g_av"] is None
    assert "g_av" in entry["note"]


def test_totals_without_variance_leave_alpha_undefined():
    items = np.array([[1, 5], [5, 1], [3, 3]])
    entry = change(BEFORE, AFTER, items_before=items, items_after=items)
    assert (
        entry["alpha_before"] is entry["sem"] is entry["reliable_from"] is entry["reliably_improved"] is None
    )
    assert "alpha_before and alpha_after" in entry["note"]


def test_negative_alpha_is_shown_as_a_coding_fault_and_not_used():
    items = np.array([[1, 5], [5, 1], [3, 4], [2, 4.5]])
    entry = change(BEFORE, AFTER, items_before=items, items_after=GOOD_ITEMS)
    assert entry["alpha_before"] < 0
    assert entry["sem"] is None
    assert "coding fault" in entry["note"]


def test_a_single_item_has_no_alpha_and_the_note_says_why():
    entry = change(BEFORE, AFTER, items_before=np.ones((9, 1)), items_after=np.ones((9, 1)))
    assert entry["alpha_before"] is None
    assert "two items" in entry["note"]


@pytest.mark.parametrize("k", range(2, 12))
def test_identical_items_have_no_error_and_count_nobody_as_reliably_changed(k):
    items = np.repeat(np.array([[1], [2], [4], [5], [3]]), k, axis=1)
    entry = change(BEFORE, AFTER, items_before=items, items_after=items)
    assert entry["alpha_before"] == pytest.approx(1.0)
    assert entry["alpha_before"] <= 1.0
    assert entry["sem"] == pytest.approx(0.0, abs=1e-7)


def test_nothing_to_say_is_no_note():
    assert change(BEFORE, AFTER, items_before=GOOD_ITEMS, items_after=GOOD_ITEMS)["note"] is None


def test_columns_of_different_people_are_refused():
    with pytest.raises(ValueError, match="same people"):
        change([1.0, 2.0], [1.0])
