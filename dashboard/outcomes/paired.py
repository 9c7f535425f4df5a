"""Before and after of the same people, one domain: means, spread, the interval, and who moved.

This part runs over every person, so it walks each column only a few times; the rank test and the
reliability of the scale live elsewhere.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from dashboard.outcomes.method import CONFIDENCE

Scores = NDArray[np.float64]

# Scores are means of whole numbers: anything smaller than the tenth decimal is floating-point noise.
DECIMALS = 10
NOISE = 10.0**-DECIMALS


@dataclass(slots=True)  # frozen would take as long to make as a thousand people to sum up
class PairedSummary:
    """What one domain's two columns say; `None` where a number does not exist for so few people."""

    n_before: int
    n_after: int
    pairs: int
    before_mean: float | None = None
    before_sd: float | None = None
    after_mean: float | None = None
    after_sd: float | None = None
    difference: float | None = None
    sd_difference: float | None = None
    low: float | None = None
    high: float | None = None
    t: float | None = None
    p: float | None = None
    r: float | None = None
    improved: int | None = None
    maintained: int | None = None
    declined: int | None = None


def complete_pairs(before: Scores, after: Scores) -> tuple[Scores, Scores, int, int]:
    """The scores of people who have both, and how many have a score before and after (NaN is no score)."""
    if before.ndim != 1 or before.shape != after.shape:
        raise ValueError("before and after must be two columns over the same people")
    no_before, no_after = np.isnan(before), np.isnan(after)
    n_before = len(before) - int(np.count_nonzero(no_before))
    n_after = len(after) - int(np.count_nonzero(no_after))
    if n_before == n_after == len(before):
        return before, after, n_before, n_after
    both = np.flatnonzero(~(no_before | no_after))
    return before.take(both), after.take(both), n_before, n_after


def differences(before: Scores, after: Scores) -> Scores:
    """After minus before of the complete pairs, to ten decimals, as ranking and thresholds need them."""
    first, second, _, _ = complete_pairs(before, after)
    return np.round(second - first, DECIMALS)


def summary(before: Scores, after: Scores, step: float | None) -> PairedSummary:
    """Means, spread, 95% interval, t test and counts of change.

    `before` and `after` are float64 columns over the same people, in points of the scale; `step` is the
    difference, in points, from which someone improved or declined (`None`: no such counts).
    Standard deviations have n - 1 below the line; the interval is mean +- t(0.975, n - 1) sd / sqrt(n).
    """
    first, second, n_before, n_after = complete_pairs(before, after)
    if not len(first):
        none = None if step is None else 0
        return PairedSummary(n_before, n_after, 0, improved=none, maintained=none, declined=none)
    before_mean, after_mean = float(first.mean()), float(second.mean())
    difference = after_mean - before_mean + 0.0
    first, second = first - before_mean, second - after_mean
    change = second - first
    improved, maintained, declined = counts(change, step, difference)
    before_sd, after_sd, sd_difference = spread(first), spread(second), spread(change)
    low, high, t, p = _t_interval(difference, sd_difference, len(first))
    return PairedSummary(
        n_before, n_after, len(first), before_mean, before_sd, after_mean, after_sd, difference,
        sd_difference, low, high, t, p, _correlation(first, second, before_sd, after_sd),
        improved, maintained, declined,
    )  # fmt: skip


def counts(
    change: Scores, step: float | None, shift: float = 0.0
) -> tuple[int, int, int] | tuple[None, None, None]:
    """How many of `change + shift` are at or over `step`, between, and at or under minus `step`.

    Allows half a unit of the tenth decimal, which is what rounding to ten decimals first would do.
    """
    if step is None:
        return None, None, None
    bound = step - NOISE / 2
    up = int(np.count_nonzero(change >= bound - shift))
    down = int(np.count_nonzero(change <= -bound - shift))
    return up, len(change) - up - down, down


def spread(centred: Scores) -> float | None:
    """Standard deviation (n - 1) of a column that has mean zero; exactly 0.0 when only noise is left."""
    if len(centred) < 2:
        return None
    deviation = sqrt(_products(centred, centred) / (len(centred) - 1))
    return deviation if deviation > NOISE else 0.0


def _t_interval(
    difference: float, deviation: float | None, n: int
) -> tuple[float | None, float | None, float | None, float | None]:
    """Interval, t and two-sided p of a mean difference; none of them exist without spread."""
    if not deviation:
        return None, None, None, None
    error = deviation / sqrt(n)
    margin = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * error
    t = difference / error
    return difference - margin, difference + margin, t, 2 * float(stdtr(n - 1, -abs(t)))


def _correlation(
    first: Scores, second: Scores, before_sd: float | None, after_sd: float | None
) -> float | None:
    """Pearson's r of two centred columns; `None` when one of them does not vary."""
    if not before_sd or not after_sd:
        return None
    r = _products(first, second) / ((len(first) - 1) * before_sd * after_sd)
    return max(-1.0, min(1.0, r)) + 0.0


def _products(one: Scores, other: Scores) -> float:
    """Sum of products. Not `@`: for a long column that starts threads, which on a busy machine wait for each
    other and then take a hundred times as long as one thread does."""
    return float(np.einsum("i,i->", one, other))
