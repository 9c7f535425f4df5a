"""One entry of the analysis: reference values, scipy as an independent source, and invariants."""

import json
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from dashboard.outcomes.change import all_changes, domain_change, small_sample_correction
from tests.dashboard.outcomes.cases import NOTHING, people, score, scores

KEYS = [
    "instrument",
    "domain",
    "heading",
    "n_before",
    "n_after",
    "pairs",
    "before_mean",
    "before_sd",
    "after_mean",
    "after_sd",
    "difference",
    "sd_difference",
    "low",
    "high",
    "bca_low",
    "bca_high",
    "t",
    "p",
    "p_holm",
    "p_bh",
    "p_holm_primary",
    "wilcoxon_p",
    "rank_biserial",
    "d_z",
    "d_av",
    "g_av",
    "r",
    "alpha_before",
    "alpha_before_low",
    "alpha_before_high",
    "omega_before",
    "alpha_after",
    "alpha_after_low",
    "alpha_after_high",
    "omega_after",
    "sem",
    "reliable_from",
    "improved",
    "maintained",
    "declined",
    "reliably_improved",
    "reliably_declined",
    "complete_pairs",
    "complete_difference",
    "complete_low",
    "complete_high",
    "note",
]

NOT_OF_ONE_DOMAIN = ("heading", "p_holm", "p_bh", "p_holm_primary", "note")

BEFORE = [2, 2.5, 3, 2.5, 3.5, 2, 3, 4, 2.5, 3]
AFTER = [3, 3, 3, 3.5, 4, 2.5, 2.5, 4.5, 3.5, 4]
ITEMS = np.array([[1, 2, 2], [2, 3, 3], [3, 2, 4], [3, 4, 2], [3, 2, 5], [4, 5, 3], [4, 4, 4], [5, 3, 3]])
GOOD_ITEMS = np.array([[1, 1, 2], [2, 3, 2], [3, 3, 3], [4, 4, 5], [5, 4, 5], [2, 2, 1]])
NAN = float("nan")


def change(before, after, **changed):
    return domain_change(scores(before, after, **changed))


# --- values worked out elsewhere (scipy, statsmodels, pingouin; error of measurement by hand)

REFERENCE = {
    "difference": 0.55, "sd_difference": 0.497214, "t": 3.497993, "p": 0.006745, "low": 0.194314,
    "high": 0.905686, "r": 0.709299, "d_z": 1.106163, "d_av": 0.845043, "g_av": 0.772264,
    "wilcoxon_p": 0.0234375, "improved": 8, "maintained": 1, "declined": 1, "pairs": 10,
    "rank_biserial": 0.866667,
}  # fmt: skip


@pytest.mark.parametrize(("key", "value"), REFERENCE.items())
def test_reference_values_of_ten_people(key, value):
    assert change(BEFORE, AFTER)[key] == pytest.approx(value, abs=1e-6)


def test_reference_value_of_the_small_sample_correction():
    assert small_sample_correction(9) == pytest.approx(0.913875, abs=1e-6)


def test_small_sample_correction_of_huge_samples_approaches_one_without_overflow():
    assert small_sample_correction(1_000_000) == pytest.approx(1 - 3 / (4e6 - 1), abs=1e-9)


def test_reference_value_of_reliable_change():
    """A spread of .8 and a reliability of .75 give an error of .4 and reliable change from 1.109."""
    before = np.array([2.2, 3.8, 3.0])
    entry = change(before, before + np.array([1.2, 0.1, -1.11]), items_before=_items_with_alpha(0.75))
    assert entry["before_sd"] == pytest.approx(0.8)
    assert entry["alpha_before"] == pytest.approx(0.75, abs=1e-9)
    assert entry["sem"] == pytest.approx(0.4, abs=1e-9)
    assert entry["reliable_from"] == pytest.approx(1.109, abs=5e-4)
    assert (entry["reliably_improved"], entry["reliably_declined"]) == (1, 1)


def _items_with_alpha(alpha):
    """Two items with equal variance and the correlation r for which 2r/(1+r) is `alpha`."""
    r = alpha / (2 - alpha)
    first, second = np.array([-1.0, -1.0, 1.0, 1.0]), np.array([-1.0, 1.0, -1.0, 1.0])
    return np.column_stack([first, r * first + math.sqrt(1 - r * r) * second])


def test_alpha_is_taken_over_the_answers_of_each_wave():
    entry = change(BEFORE, AFTER, items_before=GOOD_ITEMS, items_after=NOTHING)
    totals = GOOD_ITEMS.sum(axis=1)
    by_hand = 3 / 2 * (1 - GOOD_ITEMS.var(axis=0, ddof=1).sum() / totals.var(ddof=1))
    assert entry["alpha_before"] == pytest.approx(by_hand)
    assert entry["alpha_after"] is None
    assert "alpha_after" in entry["note"]


# --- scipy on random data


@given(people(2))
def test_scipy_agrees_on_mean_interval_and_test(columns):
    before, after = columns
    both = ~np.isnan(before) & ~np.isnan(after)
    first, second = before[both], after[both]
    assume(len(first) > 1 and len(set(np.round(second - first, 10))) > 1)
    entry, expected = change(before, after), stats.ttest_rel(second, first)
    interval = expected.confidence_interval(0.95)
    assert entry["pairs"] == len(first)
    assert entry["t"] == pytest.approx(expected.statistic, rel=1e-9, abs=1e-9)
    assert entry["p"] == pytest.approx(expected.pvalue, rel=1e-9, abs=1e-12)
    assert (entry["low"], entry["high"]) == pytest.approx(tuple(interval), abs=1e-9)
    assert entry["difference"] == pytest.approx(np.mean(second - first), abs=1e-12)
    assert entry["sd_difference"] == pytest.approx(np.std(second - first, ddof=1), abs=1e-12)
    assert entry["before_sd"] == pytest.approx(np.std(first, ddof=1), abs=1e-12)
    assert entry["after_sd"] == pytest.approx(np.std(second, ddof=1), abs=1e-12)
    if len(set(first)) > 1 and len(set(second)) > 1:
        assert entry["r"] == pytest.approx(stats.pearsonr(first, second).statistic, abs=1e-9)
    else:
        assert entry["r"] is None


@given(people(1, of=score))
def test_counts_are_those_of_rounded_differences(columns):
    before, after = columns
    difference = np.round(after - before, 10)
    entry = change(before, after)
    assert entry["improved"] == sum(difference >= 0.5)
    assert entry["declined"] == sum(difference <= -0.5)
    assert entry["improved"] + entry["maintained"] + entry["declined"] == entry["pairs"]


@given(people(2, of=score))
def test_reliable_change_counts_those_beyond_the_error(columns):
    before, after = columns
    entry = change(before, after, items_before=GOOD_ITEMS)
    if not entry["reliable_from"]:
        assert entry["reliably_improved"] is None
        return
    index = (after - before) / (math.sqrt(2) * entry["sem"])
    assume(not np.any(np.isclose(np.abs(index), 1.96, rtol=1e-9)))
    assert entry["reliably_improved"] == sum(index >= 1.96)
    assert entry["reliably_declined"] == sum(index <= -1.96)


# --- thresholds


def test_a_step_is_half_a_point_on_five_and_a_whole_point_on_eleven():
    assert change([2.0, 2.0], [2.5, 2.4])["improved"] == 1
    ten = {"low": 0.0, "high": 10.0}
    entry = change([5.0, 5.0, 5.0], [6.0, 5.0, 4.0], **ten)
    assert (entry["improved"], entry["maintained"], entry["declined"]) == (1, 1, 1)


def test_thirds_that_differ_by_exactly_a_step_count_in_spite_of_floating_point():
    before = np.array([7 / 3, 8 / 3, 11 / 3, 5 / 3])
    entry = change(before, before + 0.5 - 1e-13)
    assert entry["improved"] == 4
    assert change(before, before - 0.5 + 1e-13)["declined"] == 4


def test_a_scale_without_an_agreed_step_counts_nobody_and_says_so():
    entry = change([3.0, 4.0], [5.0, 4.0], low=1.0, high=7.0)
    assert entry["improved"] is entry["maintained"] is entry["declined"] is None
    assert "No step of change" in entry["note"]


# --- whatever the data


def numbers(entry):
    return {key: value for key, value in entry.items() if isinstance(value, float)}


@given(people(), st.sampled_from([(1.0, 5.0), (0.0, 10.0), (1.0, 7.0)]))
def test_every_entry_has_the_keys_of_the_contract_and_is_json(columns, scale):
    entry = change(*columns, low=scale[0], high=scale[1], items_before=ITEMS, items_after=GOOD_ITEMS)
    assert tuple(sorted(entry)) == tuple(sorted(KEYS))
    json.dumps(entry, allow_nan=False)
    assert entry["note"] is None or isinstance(entry["note"], str)


@given(people())
def test_what_is_undefined_is_explained(columns):
    entry = change(*columns, items_before=GOOD_ITEMS, items_after=GOOD_ITEMS)
    missing = [key for key in KEYS if entry[key] is None and key not in NOT_OF_ONE_DOMAIN]
    assert not missing or entry["note"]


@given(people(2, of=score), st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter(columns, random):
    order = list(range(len(columns[0])))
    random.shuffle(order)
    one, other = change(*columns), change(columns[0][order], columns[1][order])
    assert numbers(other) == pytest.approx(numbers(one), abs=1e-9)
    assert {**one, **numbers(one)} == {**other, **numbers(one)}


@given(people(2, of=score), st.sampled_from([-2.0, -0.5, 0.25, 3.0]))
def test_shifting_both_waves_changes_only_the_means(columns, shift):
    one, other = change(*columns), change(columns[0] + shift, columns[1] + shift)
    for mean in ("before_mean", "after_mean"):
        assert other[mean] - shift == pytest.approx(one[mean], abs=1e-9)
    kept = {key: value for key, value in numbers(one).items() if not key.endswith("_mean")}
    assert {key: other[key] for key in kept} == pytest.approx(kept, abs=1e-7)


@given(people(2, of=score))
def test_swapping_the_waves_mirrors_the_change(columns):
    one, other = change(*columns), change(columns[1], columns[0])
    for key in ("difference", "t", "d_z", "d_av", "g_av"):
        assert (one[key] is None) == (other[key] is None)
        assert one[key] is None or other[key] == pytest.approx(-one[key], abs=1e-9)
    if one["low"] is not None:
        assert (other["low"], other["high"]) == pytest.approx((-one["high"], -one["low"]), abs=1e-9)
        assert (other["p"], other["sd_difference"]) == pytest.approx(
            (one["p"], one["sd_difference"]), abs=1e-9
        )
    assert other["wilcoxon_p"] == pytest.approx(one["wilcoxon_p"], abs=1e-12)
    assert (other["improved"], other["declined"]) == (one["declined"], one["improved"])


@given(people(2, of=score))
def test_the_interval_excludes_zero_exactly_when_the_test_says_so(columns):
    entry = change(*columns)
    assume(entry["p"] is not None and abs(entry["p"] - 0.05) > 1e-9)
    assert (entry["low"] > 0 or entry["high"] < 0) == (entry["p"] < 0.05)


@given(people(0, of=score), st.integers(0, 20))
def test_people_with_one_score_count_but_change_nothing(columns, more):
    before = np.concatenate([columns[0], np.full(more, 2.0)])
    after = np.concatenate([columns[1], np.full(more, np.nan)])
    one, other = change(*columns), change(before, after)
    assert other["n_before"] == one["n_before"] + more
    ignored = ("n_before", "note")
    assert {k: v for k, v in other.items() if k not in ignored} == {
        k: v for k, v in one.items() if k not in ignored
    }


def test_the_columns_handed_in_stay_as_they_were():
    before, after = np.array([1.0, 2.0, NAN, 4.0]), np.array([2.0, 2.5, 3.0, NAN])
    kept = before.copy(), after.copy()
    all_changes([scores(before, after)])
    assert np.array_equal(before, kept[0], equal_nan=True)
    assert np.array_equal(after, kept[1], equal_nan=True)
