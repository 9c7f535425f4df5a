"""How sure is a mean change, without assuming a shape: the bias-corrected and accelerated bootstrap."""

from math import sqrt

import numpy as np
from scipy.special import ndtr, ndtri

from dashboard.outcomes.method import CONFIDENCE
from dashboard.outcomes.paired import DECIMALS, NOISE, Scores

RESAMPLES = 9_999
SEED = 12345


def bca_interval(change: Scores, resamples: int = RESAMPLES, seed: int = SEED) -> tuple[float, float] | None:
    """The 95% BCa interval of the mean of `change`, in its points; the same seed gives the same interval.

    `change`: the differences of each pair, one column, to ten decimals. Drawing people anew is drawing how often each
    different value occurs, so the cost hardly grows with people. None for fewer than two, and without spread.
    Source: Efron, B. (1987), Journal of the American Statistical Association 82, 171-185; as in scipy.stats.bootstrap.
    """
    values, times = np.unique(change, return_counts=True)
    if len(change) < 2 or len(values) < 2:
        return None
    n, mean = len(change), float(change.mean())
    drawn = np.random.default_rng(seed).multinomial(n, times / n, size=resamples)
    means = np.round(np.einsum("ij,j->i", drawn, values) / n, DECIMALS)
    below, upto = np.count_nonzero(means < mean - NOISE), np.count_nonzero(means <= mean + NOISE)
    share = (below + upto) / (2 * resamples)
    if share in (0, 1):
        return None
    away = mean - values
    cubes, squares = float(np.dot(times, away**3)), float(np.dot(times, away**2))
    # Leaving out one value after another moves the mean against it, hence the sign.
    points = _points(float(ndtri(share)), -cubes / (6 * squares * sqrt(squares)))
    low, high = (float(one) for one in np.quantile(means, points))
    return low, high


def _points(bias: float, acceleration: float) -> list[float]:
    """At which shares of the resampled means the interval ends."""
    ends = [float(ndtri(point)) for point in ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)]
    return [float(ndtr(bias + (bias + z) / (1 - acceleration * (bias + z)))) for z in ends]
