"""What is known and printed, as arithmetic about people: nothing here knows what a release looks like.

Everybody is in one of a few states, such as "2 before, 4 after". Printed numbers are about groups of people. A world
gives everybody a state; it is possible when it would have been printed the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
World = NDArray[np.int64]
#: A wave in which this person has no score.
NOTHING = -1
#: Printed to one decimal: the number lies this close.
HALF = 0.05
#: Room for how numbers are kept: a half may have been rounded either way.
SLACK = 1e-9
#: Fewer people than this have a right that no number is about them alone, not even a difference of two numbers.
SMALLEST = 10
POINTS = ("before_mean", "after_mean", "difference", "low", "high")
SIGNS = {"rose": ("low", 1), "fell": ("high", -1)}


@dataclass(frozen=True)
class Numbers:
    """Means, difference and interval of the people in a group who have a score in two waves, columns of the states."""

    who: Flags
    columns: tuple[int, int]
    pairs: tuple[int, int]
    printed: Mapping[str, float | None]
    verdict: str

    def window(self, key: str) -> tuple[float, float]:
        """Between what a number lies, given what was printed and said."""
        value = self.printed[key]
        low, high = (-inf, inf) if value is None else (value - HALF, value + HALF)
        if key == "low" and self.verdict == "rose":
            low = max(low, 0.0)
        if key == "high" and self.verdict == "fell":
            high = min(high, 0.0)
        if self.verdict == "not_shown":
            low, high = (low, min(high, 0.0)) if key == "low" else (low, high)
            low, high = (max(low, 0.0), high) if key == "high" else (low, high)
        return low, high


@dataclass(frozen=True)
class Count:
    """Of the people in a group, between `least` and `most` are in a state that holds."""

    who: Flags
    holds: Flags
    least: int
    most: int


@dataclass(frozen=True)
class Question:
    """What the attacker wants to know of a person: which of these options, each a set of states."""

    name: str
    options: Mapping[str, Flags]


@dataclass(frozen=True)
class Puzzle:
    """`states`: per state the score in each wave, in parts of a point (`unit` of them make one) or NOTHING.

    `either`: of each of these, one or more hold. `allowed`: which states the attacker thinks possible beforehand.
    """

    name: str
    states: Whole
    unit: int
    allowed: Flags
    numbers: Sequence[Numbers] = ()
    counts: Sequence[Count] = ()
    either: Sequence[Sequence[Count]] = ()
    questions: Sequence[Question] = ()
    classes: Whole = field(init=False)

    def __post_init__(self) -> None:
        """People whom nothing that is printed or known tells apart are of one class."""
        groups = [
            row.who for row in (*self.numbers, *self.counts, *(one for many in self.either for one in many))
        ]
        known = np.column_stack([*groups, self.allowed]) if groups else self.allowed
        _, classes = np.unique(known, axis=0, return_inverse=True)
        object.__setattr__(self, "classes", classes.reshape(-1))

    @property
    def people(self) -> int:
        return len(self.allowed)

    def size(self) -> Whole:
        return np.bincount(self.classes)


def margin_per_deviation(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half the 95% interval of a mean for a standard deviation of one."""
    return stdtrit(np.maximum(pairs - 1, 1), 0.975) / np.sqrt(np.maximum(pairs, 1))


def table(puzzle: Puzzle, columns: tuple[int, int]) -> NDArray[np.float64]:
    """Per state: whether it counts as a pair, its two scores, and the square of the difference, all in points."""
    first, second = puzzle.states[:, columns[0]], puzzle.states[:, columns[1]]
    pair = (first != NOTHING) & (second != NOTHING)
    x, y = first / puzzle.unit * pair, second / puzzle.unit * pair
    return np.stack([pair.astype(float), x, y, (y - x) ** 2], axis=1)


def close_groups(puzzle: Puzzle) -> list[int]:
    """Sizes, below what is allowed, of printed groups and of what is left of one without another that is in it."""
    rows = [*puzzle.numbers, *puzzle.counts, *(one for many in puzzle.either for one in many)]
    groups = list({row.who.tobytes(): row.who for row in rows}.values())
    sizes = [int(who.sum()) for who in groups]
    for one, other in combinations(groups, 2):
        for inner, outer in ((one, other), (other, one)):
            if not (inner & ~outer).any():
                sizes.append(int((outer & ~inner).sum()))
    return sorted(size for size in sizes if 0 < size < SMALLEST)
