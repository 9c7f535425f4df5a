"""What is kept of a group of people's scores: sums from which means and intervals follow, and no score of anyone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import fsum, sqrt
from typing import Any

import numpy as np
from scipy.special import stdtr, stdtrit

from dashboard.outcomes.method import CONFIDENCE
from dashboard.outcomes.paired import DECIMALS, NOISE, Scores

#: Nobody's score may follow from a mean: this many people at least could have the score at the far end of the scale.
FREE_TO_DIFFER = 2
#: No more than this share of people may have changed by the same amount, for then the interval would tell it of each.
SAME_AT_MOST = 0.9
OTHERS_AT_LEAST = 3


@dataclass(frozen=True, slots=True)
class Sums:
    """Of `n` people with both scores: the sums of their scores before and after, and of their squared differences."""

    n: int = 0
    before: float = 0.0
    after: float = 0.0
    squares: float = 0.0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.n + other.n,
            self.before + other.before,
            self.after + other.after,
            self.squares + other.squares,
        )

    @property
    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Points:
    """Means, difference and its 95% interval, in points of the scale, and the two-sided p of the difference."""

    before: float
    after: float
    difference: float
    low: float
    high: float
    p: float


def total(parts: Iterable[Sums]) -> Sums:
    return sum(parts, Sums())


def of_scores(before: Scores, after: Scores) -> Sums:
    """Of two columns over the same people, without gaps; the same in whatever order they stand."""
    return Sums(len(before), fsum(before), fsum(after), fsum(np.square(after - before)))


def points(sums: Sums) -> Points:
    """mean +- t(0.975, n - 1) s / sqrt(n), where (n - 1) s^2 = sum d^2 - n mean^2; the same as from the scores."""
    before, after = sums.before / sums.n, sums.after / sums.n
    difference = after - before + 0.0
    error = sqrt(max(sums.squares - sums.n * difference**2, NOISE) / (sums.n - 1) / sums.n)
    margin = float(stdtrit(sums.n - 1, (1 + CONFIDENCE) / 2)) * error
    p = 2 * float(stdtr(sums.n - 1, -abs(difference / error)))
    return Points(before, after, difference, difference - margin, difference + margin, p)


def safe_sums(before: Scores, after: Scores, ends: tuple[float, float], least: int) -> Sums | str:
    """The sums of those with both scores; or, where they would tell too much, why: too_few_pairs or no_spread.

    A mean close to an end of the scale tells that nobody is at the other end. Here at least two people could be, at
    both waves: a mean keeps a distance of 2 (high - low) / n from either end, twice what one person needs. And where
    nine in ten changed by the same amount, the narrow interval would give that amount away; CBS holds back a cell
    with nine in ten of the people in it.
    """
    both = ~(np.isnan(before) | np.isnan(after))
    before, after = before[both], after[both]
    if len(before) < least:
        return "too_few_pairs"
    if not (_is_free(before, ends) and _is_free(after, ends) and _differs(after - before)):
        return "no_spread"
    return of_scores(before, after)


def _is_free(scores: Scores, ends: tuple[float, float]) -> bool:
    low, high = ends
    distance = FREE_TO_DIFFER * (high - low) - NOISE
    return float((scores - low).sum()) >= distance and float((high - scores).sum()) >= distance


def _differs(change: Scores) -> bool:
    same = int(np.unique(np.round(change, DECIMALS), return_counts=True)[1].max())
    return same <= SAME_AT_MOST * len(change) and len(change) - same >= OTHERS_AT_LEAST


def from_json(sums: dict[str, Any]) -> Sums:
    return Sums(**sums)
