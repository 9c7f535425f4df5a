"""The bootstrap interval: the reference, scipy's own on other data, and what must not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap

from dashboard.outcomes.bootstrap import bca_interval

TEN = np.array([1, 0.5, 0, 1, 0.5, 0.5, -0.5, 0.5, 1, 1])
steps = st.lists(st.integers(-8, 8).map(lambda n: n / 4), min_size=6, max_size=40).filter(
    lambda d: len(set(d)) > 2
)


def test_reference_value() -> None:
    assert bca_interval(TEN) == pytest.approx((0.20, 0.80), abs=0.05)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_scipy_agrees_on_skewed_data(seed: int) -> None:
    change = np.round(np.random.default_rng(seed).exponential(1, 40) * 4) / 4 - 0.5
    theirs = bootstrap((change,), np.mean, method="BCa", rng=np.random.default_rng(5)).confidence_interval
    assert bca_interval(change) == pytest.approx(tuple(theirs), abs=0.05)


@settings(max_examples=15)
@given(steps, st.randoms(use_true_random=False))
def test_order_does_not_matter_unit_does_what_it_should_and_the_same_seed_gives_the_same(
    change, random
) -> None:
    found = bca_interval(np.array(change), resamples=999)
    mixed = list(change)
    random.shuffle(mixed)
    assert bca_interval(np.array(mixed), resamples=999) == found
    if found is not None:
        doubled = bca_interval(2 * np.array(change), resamples=999)
        assert doubled == pytest.approx((2 * found[0], 2 * found[1]), abs=1e-9)


def test_the_other_way_round_is_its_mirror_image() -> None:
    low, high = bca_interval(TEN) or (0, 0)
    assert bca_interval(-TEN) == pytest.approx((-high, -low), abs=0.05)


@pytest.mark.parametrize("change", [[], [0.5], [0.5] * 9, [0.0] * 3])
def test_without_people_or_spread_there_is_none(change: list[float]) -> None:
    assert bca_interval(np.array(change)) is None
