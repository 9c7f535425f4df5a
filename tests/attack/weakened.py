"""Dashboards that are too weak on purpose: how often each answer was given, exactly, and live.

Somebody who cannot break these has proved nothing about the real one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np

from tests.attack.constraints import DIMENSIONS, value_of
from tests.attack.people import Person, items_of
from tests.attack.puzzle import Count, Flags, Puzzle, Question, Whole

ANSWERS = (1, 2, 3, 4, 5)
STATES: Whole = np.array([[answer] for answer in ANSWERS])


def given(people: Sequence[Person], domain: str) -> Whole:
    """What everybody answered at the start; the middle of the scale where nothing was answered."""
    item = items_of(domain, short=True)[0]
    told = [person.answers["before"].get(item) for person in people]
    return np.array([answer if isinstance(answer, int) else 3 for answer in told])


def two_filters(people: Sequence[Person], answers: Whole, least: int, year: int) -> Puzzle:
    """For every choice of two filters with at least so many people, how many gave each answer."""
    values = {
        dimension: np.array([value_of(person.profile, dimension, year) for person in people])
        for dimension in DIMENSIONS
    }
    groups: list[Flags] = [np.ones(len(people), bool)]
    for chosen in (*((one,) for one in DIMENSIONS), *combinations(DIMENSIONS, 2)):
        for wanted in product(*(sorted(set(values[one])) for one in chosen)):
            of = [values[one] == value for one, value in zip(chosen, wanted, strict=True)]
            groups.append(np.logical_and.reduce(of))
    return _puzzle("two filters", [who for who in groups if who.sum() >= least], answers)


def live(answers: Whole, first: int) -> list[Puzzle]:
    """The totals of all answers, shown anew whenever somebody has answered: what each newest answer tells."""
    everybody = np.arange(len(answers))
    return [
        _puzzle("live", [everybody < newest, everybody <= newest], answers)
        for newest in range(first, len(answers))
    ]


def _puzzle(name: str, groups: Sequence[Flags], answers: Whole) -> Puzzle:
    counts = [
        Count(who, STATES[:, 0] == answer, number, number)
        for who in groups
        for answer in ANSWERS
        for number in [int((answers[who] == answer).sum())]
    ]
    question = Question("before", {str(answer): STATES[:, 0] == answer for answer in ANSWERS})
    return Puzzle(name, STATES, 1, np.ones((len(answers), len(ANSWERS)), bool), (), counts, (), [question])
