"""The rank test has scipy's values, also where scipy would try every combination of signs itself."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata, wilcoxon

from dashboard.outcomes.signed_rank import rank_biserial, signed_rank_p

thirds = st.integers(-8, 8).map(lambda n: round(n / 3, 10))


@settings(max_examples=60)
@given(st.lists(thirds, min_size=1, max_size=9).filter(any))
def test_small_samples_have_scipys_value_to_the_last_bit(change):
    differences = np.array(change)
    assert signed_rank_p(differences) == wilcoxon(differences, method="auto").pvalue


@given(st.lists(thirds, min_size=14, max_size=80).filter(any))
def test_larger_samples_have_scipys_value(change):
    differences = np.array(change)
    assert signed_rank_p(differences) == wilcoxon(differences, method="auto").pvalue


@pytest.mark.parametrize("n", [10, 11, 12, 13])
def test_the_largest_samples_that_are_enumerated_have_scipys_value(n):
    differences = np.round(np.random.default_rng(n).integers(-4, 7, n) / 3, 10)
    assert signed_rank_p(differences) == wilcoxon(differences, method="auto").pvalue


def test_reference_values():
    ten_people = np.array([1, 0.5, 0, 1, 0.5, 0.5, -0.5, 0.5, 1, 1])
    assert signed_rank_p(ten_people) == 0.0234375
    assert signed_rank_p(np.full(5, 0.5)) == 0.0625


def test_no_differences_at_all():
    assert signed_rank_p(np.array([])) is None
    assert signed_rank_p(np.zeros(7)) == 1.0


def test_sixteen_small_domains_take_no_noticeable_time():
    """scipy's enumeration takes half a second a domain here; the whole questionnaire may not."""
    random = np.random.default_rng(1)
    started = time.process_time()
    for _ in range(16):
        signed_rank_p(np.round(random.integers(-4, 7, 13) / 3, 10))
    assert time.process_time() - started < 1


@given(st.lists(thirds, max_size=60))
def test_rank_biserial_is_the_balance_of_ranks_and_turns_with_the_sign(change):
    differences = np.array(change)
    moved = differences[differences != 0]
    found = rank_biserial(differences)
    if not len(moved):
        assert found is None
        return
    ranks = rankdata(np.abs(moved))
    assert found == pytest.approx((ranks[moved > 0].sum() - ranks[moved < 0].sum()) / ranks.sum())
    assert rank_biserial(-differences) == pytest.approx(-found)


@given(st.lists(st.integers(1, 200), min_size=1, max_size=50, unique=True), st.randoms(use_true_random=False))
def test_without_ties_scipys_exact_value_is_found_up_to_fifty(sizes, random):
    differences = np.array([size * random.choice((-1, 1)) / 4 for size in sizes])
    assert signed_rank_p(differences) == pytest.approx(wilcoxon(differences, method="auto").pvalue)
