"""Omega and the interval of alpha: reference values, the model they come from, and where they do not exist."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.psychometrics import cronbach_alpha, feldt_interval, mcdonald_omega, omega_of

ITEMS = np.array([[1, 2, 2], [2, 2, 3], [3, 3, 2], [4, 3, 4], [2, 3, 2], [5, 4, 5], [3, 4, 4], [4, 5, 3]])
loading = st.integers(3, 9).map(lambda tenths: tenths / 10)


def one_factor(loadings: list[float]) -> np.ndarray:
    """Covariances of items of variance one that share nothing but a factor."""
    covariance = np.outer(loadings, loadings)
    np.fill_diagonal(covariance, 1)
    return covariance


def test_reference_values() -> None:
    alpha = cronbach_alpha(ITEMS).value
    assert alpha == pytest.approx(0.853890, abs=1e-6)
    assert feldt_interval(alpha, *ITEMS.shape) == pytest.approx((0.506, 0.968), abs=5e-4)
    heywood = mcdonald_omega(ITEMS)
    assert heywood.value is None and "Heywood" in (heywood.note or "")
    assert omega_of(one_factor([0.8, 0.7, 0.6])).value == pytest.approx(0.744932, abs=1e-6)


@given(st.lists(loading, min_size=3, max_size=6))
def test_where_one_factor_made_the_items_omega_is_that_of_its_loadings(loadings: list[float]) -> None:
    common = sum(loadings) ** 2
    expected = common / (common + sum(1 - one**2 for one in loadings))
    assert omega_of(one_factor(loadings)).value == pytest.approx(expected, abs=1e-5)


@given(
    st.lists(loading, min_size=3, max_size=5), st.randoms(use_true_random=False), st.sampled_from([0.5, 3.0])
)
def test_neither_order_nor_unit_of_the_items_matters(loadings, random, unit) -> None:
    covariance, order = one_factor(loadings), list(range(len(loadings)))
    random.shuffle(order)
    mixed = unit**2 * covariance[np.ix_(order, order)]
    assert omega_of(mixed).value == pytest.approx(omega_of(covariance).value, abs=1e-6)


def test_two_items_have_that_of_spearman_and_brown() -> None:
    pair = ITEMS[:, [0, 2]]
    r = float(np.corrcoef(pair, rowvar=False)[0, 1])
    assert mcdonald_omega(pair).value == pytest.approx(2 * r / (1 + r))


@pytest.mark.parametrize(
    ("items", "word"),
    [
        (np.ones((9, 1)), "two items"),
        (ITEMS[:3], "more people"),
        (np.column_stack([ITEMS[:, 0], np.full(8, 3), ITEMS[:, 2]]), "same answer"),
        (np.column_stack([ITEMS[:, 0], 6 - ITEMS[:, 1], ITEMS[:, 2]]), "Heywood"),
    ],
)
def test_where_it_is_not_defined_it_says_why(items: np.ndarray, word: str) -> None:
    omega = mcdonald_omega(items)
    assert omega.value is None and word in (omega.note or "")


@given(st.floats(-1, 0.99), st.integers(3, 200), st.integers(2, 6))
def test_the_interval_of_alpha_holds_alpha_and_shrinks_with_people(alpha: float, people: int, k: int) -> None:
    low, high = feldt_interval(alpha, people, k) or (0, 0)
    assert low < alpha < high < 1
    more = feldt_interval(alpha, 4 * people, k) or (0, 0)
    assert more[1] - more[0] < high - low


def test_an_alpha_of_one_or_none_has_no_interval() -> None:
    assert feldt_interval(None, 9, 3) is feldt_interval(1.0, 9, 3) is None
    with pytest.raises(ValueError, match="two people"):
        feldt_interval(0.5, 1, 3)
