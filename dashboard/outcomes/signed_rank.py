"""Wilcoxon's signed-rank test, with the values of `scipy.stats.wilcoxon(d, method="auto")`, and its effect size."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from dashboard.outcomes.paired import Scores

# Up to here scipy tries every combination of signs when there are ties or zeros, and up to there when there are none.
# Counting the same combinations gives the same value at once.
ENUMERATED = 13
ENUMERATED_UNTIED = 50


def signed_rank_p(change: Scores) -> float | None:
    """Two-sided p of the differences (already to ten decimals); `None` without any, 1 if all are zero.

    Source: Wilcoxon, F. (1945), Biometrics Bulletin 1, 80-83; for many people normal, corrected for ties.
    """
    if not len(change):
        return None
    ranks, times, upward = _ranks(change)
    moved = int(times.sum())
    if not moved:
        return 1.0
    tied = moved < len(change) or len(ranks) < moved
    if len(change) <= (ENUMERATED if tied else ENUMERATED_UNTIED):
        return _by_enumeration(np.repeat(ranks, times), float(np.dot(ranks, upward)))
    middle = moved * (moved + 1) / 4
    ties = float(np.sum(times.astype(float) ** 3 - times))
    deviation = sqrt((moved * (moved + 1) * (2 * moved + 1) - ties / 2) / 24)
    return min(1.0, 2 * float(ndtr(-abs(float(np.dot(ranks, upward)) - middle) / deviation)))


def rank_biserial(change: Scores) -> float | None:
    """(W+ - W-) / (W+ + W-): from -1, where everyone who changed went down, to 1; None where nobody changed.

    `change`: the differences of each pair, in points, to ten decimals.
    Source: Kerby, D. S. (2014), Comprehensive Psychology 3, 1.
    """
    ranks, times, upward = _ranks(change)
    total = float(np.dot(ranks, times))
    return (2 * float(np.dot(ranks, upward)) - total) / total if total else None


def _ranks(change: Scores) -> tuple[Scores, NDArray[np.int64], NDArray[np.int64]]:
    """The mid-rank of each different size of change that is not zero; of how many people, and of how many upward.

    There are few different changes, so they are counted, not sorted person by person.
    """
    values, times = np.unique(change, return_counts=True)
    sizes, place = np.unique(np.abs(values[values != 0]), return_inverse=True)
    times, up = times[values != 0], values[values != 0] > 0
    each = np.bincount(place, times, len(sizes)).astype(np.int64)
    upward = np.bincount(place, times * up, len(sizes)).astype(np.int64)
    return np.cumsum(each) - (each - 1) / 2, each, upward


def _by_enumeration(ranks: Scores, upward: float) -> float:
    """Exact p from the number of sign combinations with a rank sum as small, or as large, as this one.

    Ranks are halves at most, so doubled they are whole numbers, and `combinations[s]` counts the ways to
    reach the doubled sum s. Zeros take no sign, so they would double every count and change nothing.
    """
    doubled = np.rint(2 * ranks).astype(np.int64)
    combinations = np.ones(1, dtype=np.int64)
    for rank in doubled:
        longer = np.zeros(len(combinations) + rank, dtype=np.int64)
        longer[: len(combinations)] = combinations
        longer[rank:] += combinations
        combinations = longer
    observed = round(2 * upward)
    as_small, as_large = combinations[: observed + 1].sum(), combinations[observed:].sum()
    return min(1.0, 2 * int(min(as_small, as_large)) / 2 ** len(ranks))
