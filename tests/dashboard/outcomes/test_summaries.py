"""Many domains at once have the numbers of one after another."""

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.outcomes import summaries as together
from dashboard.outcomes.paired import summary
from tests.dashboard.outcomes.cases import score, score_or_none


@st.composite
def domains(draw):
    """A few domains of the same people: with gaps or without, with spread or without."""
    people, rows = draw(st.integers(0, 9)), draw(st.integers(1, 3))
    cell = draw(st.sampled_from([score, score_or_none, st.sampled_from([2.0, 2.5])]))
    table = st.lists(st.lists(cell, min_size=people, max_size=people), min_size=rows, max_size=rows)
    steps = draw(st.lists(st.sampled_from([0.5, 1.0, None]), min_size=rows, max_size=rows))
    return *(np.array(draw(table), dtype=float).reshape(rows, people) for _ in range(2)), steps


@given(domains())
def test_together_and_one_by_one_are_the_same(made):
    before, after, steps = made
    kept = before.copy()
    for found, *row in zip(together.summaries(before, after, steps), before, after, steps, strict=True):
        expected = asdict(summary(*row))
        found = asdict(found)
        if expected["t"] is not None and found["t"] is not None:
            assert found.pop("t") == pytest.approx(expected.pop("t"), rel=1e-6, abs=1e-9)
        assert {key: value is None for key, value in found.items()} == {
            key: expected[key] is None for key in found
        }
        numbers = {key: value for key, value in found.items() if value is not None}
        assert numbers == pytest.approx({key: expected[key] for key in numbers}, abs=1e-9)
    assert np.array_equal(before, kept, equal_nan=True)


def test_of_many_people_each_domain_is_worked_out_by_itself(monkeypatch):
    random = np.random.default_rng(1)
    before, after = (random.integers(2, 11, (3, 40)) / 2 for _ in range(2))
    at_once = together.summaries(before, after, [0.5] * 3)
    monkeypatch.setattr(together, "TOGETHER", 10)
    for one, other in zip(at_once, together.summaries(before, after, [0.5] * 3), strict=True):
        assert asdict(one) == pytest.approx(asdict(other), abs=1e-12)


def test_rows_of_other_people_are_refused():
    with pytest.raises(ValueError, match="same people"):
        together.summaries(np.ones((2, 3)), np.ones((2, 4)), [0.5, 0.5])
