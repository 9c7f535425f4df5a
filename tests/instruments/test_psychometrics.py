"""Psychometrics and precision: reference values from other programs, and the cases where there is no value."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from instruments.precision import reliable_change_from, sem, sem_of_counted, standard_error_of_difference
from instruments.psychometrics import (
    CODING_FAULT,
    NO_SPREAD,
    TOO_FEW_ITEMS,
    TOO_FEW_PEOPLE,
    cronbach_alpha,
    spearman_brown,
)

# Eight people by three items; alpha from pingouin.
REFERENCE = np.array([[1, 2, 2], [2, 2, 3], [3, 3, 2], [4, 3, 4], [2, 3, 2], [5, 4, 5], [3, 4, 4], [4, 5, 3]])
TABLES = (
    st.integers(2, 6)
    .flatmap(lambda k: st.lists(st.lists(st.integers(1, 5), min_size=k, max_size=k), min_size=2, max_size=30))
    .map(lambda rows: np.array(rows, dtype=float))
)


def test_alpha_reference() -> None:
    alpha = cronbach_alpha(REFERENCE)
    assert alpha.value == pytest.approx(0.853890, abs=5e-7)
    assert alpha.note is None


def test_error_and_reliable_change_references() -> None:
    error = sem(7.5, 0.80)
    assert error == pytest.approx(3.354, abs=5e-4)
    assert standard_error_of_difference(error) == pytest.approx(4.743, abs=5e-4)
    assert reliable_change_from(sem(0.8, 0.75)) == pytest.approx(1.109, abs=5e-4)
    assert 15 / (standard_error_of_difference(error) or 0) == pytest.approx(3.162, abs=5e-4)


@given(TABLES)
def test_the_error_of_counted_answers_is_that_of_the_table(table: NDArray[np.float64]) -> None:
    counted = Counter(tuple(map(int, row)) for row in table)
    alpha = cronbach_alpha(table).value
    expected = sem(float(table.mean(axis=1).std(ddof=1)), alpha)
    found = sem_of_counted(counted)
    if (
        alpha is not None and abs(alpha) < 1e-9
    ):  # about nothing holds together: which side it falls on is rounding
        return
    assert found == pytest.approx(expected, abs=1e-6)


def test_without_people_items_or_spread_there_is_no_error_of_measurement() -> None:
    assert sem_of_counted({}) is None
    assert sem_of_counted({(1, 2): 1}) is None
    assert sem_of_counted({(1,): 5, (3,): 5}) is None
    assert sem_of_counted({(2, 3): 9}) is None
    assert sem_of_counted({(1, 5): 3, (5, 2): 3}) is None, "alpha is negative"


@pytest.mark.parametrize(("k", "reliability"), [(2, 0.57), (3, 0.67), (4, 0.73), (5, 0.77)])
def test_spearman_brown_references(k: int, reliability: float) -> None:
    assert spearman_brown(0.40, k) == pytest.approx(reliability, abs=5e-3)


@given(TABLES)
def test_alpha_equals_the_form_with_covariances(table: NDArray[np.float64]) -> None:
    """Another way to the same number: k/(k-1) times the share of covariances in the variance of totals."""
    k = table.shape[1]
    covariance = np.cov(table, rowvar=False)
    total = covariance.sum()
    alpha = cronbach_alpha(table)
    if total < 1e-9:
        assert alpha.value is None and alpha.note == NO_SPREAD
    else:
        assert alpha.value == pytest.approx(k / (k - 1) * (1 - np.trace(covariance) / total), abs=1e-9)
        assert (alpha.note == CODING_FAULT) == (alpha.value is not None and alpha.value < 0)


@given(TABLES, st.floats(0.1, 10), st.floats(-5, 5))
def test_alpha_does_not_depend_on_the_unit(table: NDArray[np.float64], factor: float, shift: float) -> None:
    plain, other = cronbach_alpha(table), cronbach_alpha(table * factor + shift)
    assert (plain.value is None) == (other.value is None)
    assert plain.value is None or plain.value == pytest.approx(other.value, abs=1e-6)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=30), st.integers(2, 6))
def test_equal_items_are_perfectly_reliable(column: list[int], k: int) -> None:
    alpha = cronbach_alpha(np.column_stack([column] * k))
    if len(set(column)) == 1:
        assert (alpha.value, alpha.note) == (None, NO_SPREAD)
    else:
        assert alpha.value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("items", "note"),
    [
        (np.empty((0, 3)), TOO_FEW_PEOPLE),
        (np.array([[1, 2, 3]]), TOO_FEW_PEOPLE),
        (np.array([[1], [2], [3]]), TOO_FEW_ITEMS),
        (np.empty((4, 0)), TOO_FEW_ITEMS),
        (np.full((5, 3), 4), NO_SPREAD),
        (np.full((5, 3), 0.1), NO_SPREAD),
        (np.array([[1, 5], [5, 1], [2, 4]]), NO_SPREAD),
    ],
)
def test_where_alpha_is_not_defined(items: NDArray[np.float64], note: str) -> None:
    alpha = cronbach_alpha(items)
    assert (alpha.value, alpha.note) == (None, note)


def test_a_negative_alpha_is_given_and_called_a_coding_fault() -> None:
    alpha = cronbach_alpha([[1, 5, 1], [5, 1, 2], [2, 4, 1], [4, 1, 1]])
    assert alpha.value is not None and alpha.value < 0
    assert alpha.note == CODING_FAULT
    assert sem(1.0, alpha.value) is None


@pytest.mark.parametrize("items", [[1, 2, 3], [[1, np.nan], [2, 3]], [[1, np.inf], [2, 3]]])
def test_incomplete_tables_are_refused(items: list[float]) -> None:
    with pytest.raises(ValueError, match="items must be"):
        cronbach_alpha(items)


@given(st.floats(0, 100), st.floats(0, 1))
def test_error_lies_between_nothing_and_the_spread(sd: float, reliability: float) -> None:
    error = sem(sd, reliability)
    assert error is not None
    assert 0 <= error <= sd
    assert reliable_change_from(error) == pytest.approx(1.96 * 2**0.5 * error)


def test_no_reliability_gives_no_error_and_no_threshold() -> None:
    assert sem(1.0, None) is None
    assert standard_error_of_difference(None) is None
    assert reliable_change_from(None) is None


@pytest.mark.parametrize(
    ("sd", "reliability"), [(-1.0, 0.5), (float("nan"), 0.5), (1.0, 1.1), (1.0, float("nan"))]
)
def test_impossible_values_are_refused(sd: float, reliability: float) -> None:
    with pytest.raises(ValueError, match="standard deviation|reliability"):
        sem(sd, reliability)


@given(st.floats(0, 1), st.integers(1, 20))
def test_more_parallel_items_never_hurt(correlation: float, k: int) -> None:
    fewer, more = spearman_brown(correlation, k), spearman_brown(correlation, k + 1)
    assert fewer is not None and more is not None
    assert correlation - 1e-12 <= fewer <= more + 1e-12 <= 1 + 2e-12


def test_spearman_brown_edges() -> None:
    assert spearman_brown(-0.5, 3) is None
    assert spearman_brown(0.3, 1) == pytest.approx(0.3)
    for correlation, k in ((1.1, 2), (float("nan"), 2), (0.5, 0)):
        with pytest.raises(ValueError, match="correlation|number of items"):
            spearman_brown(correlation, k)
