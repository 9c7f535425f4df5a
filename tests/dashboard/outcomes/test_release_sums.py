"""What is kept of scores tells of the people, not of the order in which a database gave them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.outcomes.release.sums import of_scores

thirds = st.integers(3, 15).map(lambda answers: answers / 3)
people = st.lists(st.tuples(thirds, thirds), min_size=2, max_size=60)


@given(people, st.randoms(use_true_random=False))
def test_the_same_people_in_another_order_are_the_same_to_the_last_bit(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    assert of_scores(*np.array(shuffled).T) == of_scores(*np.array(pairs).T)
