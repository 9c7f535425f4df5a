"""Tests of counts have the values of scipy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, fisher_exact

from dashboard.outcomes.tables import fisher_p, mcnemar_p

count = st.integers(0, 40)


def test_reference_value() -> None:
    assert mcnemar_p(12, 2) == pytest.approx(0.012939, abs=1e-6)


@given(count, count)
def test_mcnemar_is_the_binomial_test_of_who_changed_either_way(gained: int, lost: int) -> None:
    if not gained + lost:
        assert mcnemar_p(gained, lost) is None
        return
    assert mcnemar_p(gained, lost) == pytest.approx(binomtest(gained, gained + lost).pvalue)
    assert mcnemar_p(gained, lost) == mcnemar_p(lost, gained)


@given(count, count, count, count)
def test_fisher_is_scipys(one: int, rest: int, other: int, its_rest: int) -> None:
    found = fisher_p(one, one + rest, other, other + its_rest)
    if not (one + rest and other + its_rest and one + other and rest + its_rest):
        assert found is None
        return
    assert found == pytest.approx(fisher_exact([[one, rest], [other, its_rest]]).pvalue, abs=1e-9)


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="counts"):
        mcnemar_p(-1, 3)
    with pytest.raises(ValueError, match="out of"):
        fisher_p(5, 4, 1, 2)
