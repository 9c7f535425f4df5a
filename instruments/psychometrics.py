"""How well the items of a domain hold together, and how large one person's change must be to trust it.

The only module here that needs NumPy. Nothing else in this package, and nothing in the survey, may import it.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

# 95% of a normal distribution lies within this many standard deviations of its mean.
Z_95 = 1.96

TOO_FEW_ITEMS = "needs at least two items"
TOO_FEW_PEOPLE = "needs at least two people who answered every item"
NO_SPREAD = "everyone has the same total, so it is not defined"
CODING_FAULT = "negative, which points to a coding fault: look for an item scored the wrong way round"


@dataclass(frozen=True)
class Reliability:
    """A reliability coefficient, None when it is not defined, and a note when there is something to say."""

    value: float | None
    note: str | None = None


def cronbach_alpha(items: ArrayLike) -> Reliability:
    """Cronbach's alpha: k/(k-1) * (1 - sum of item variances / variance of totals), variances over n - 1.

    `items` is an array (n people, k items) of people who answered every item, reversed items already turned.
    Raises ValueError for another shape or for values that are not finite numbers.
    Source: Cronbach, L. J. (1951), Psychometrika 16, 297-334.
    """
    table = np.asarray(items, dtype=float)
    if table.ndim != 2:
        raise ValueError("items must be a table of people by items")
    if not np.isfinite(table).all():
        raise ValueError("items must be complete: leave out people with a missing answer")
    people, k = table.shape
    if k < 2:
        return Reliability(None, TOO_FEW_ITEMS)
    if people < 2:
        return Reliability(None, TOO_FEW_PEOPLE)
    within = float(table.var(axis=0, ddof=1).sum())
    total = float(table.sum(axis=1).var(ddof=1))
    # Totals that differ only by rounding in their last bits are equal totals.
    if total <= 1e-12 * float(np.square(table).sum(axis=1).mean()):
        return Reliability(None, NO_SPREAD)
    alpha = k / (k - 1) * (1 - within / total)
    return Reliability(alpha, CODING_FAULT if alpha < 0 else None)


def sem(sd: float, reliability: float | None) -> float | None:
    """The standard error of measurement, sd * sqrt(1 - reliability), in the units of the score.

    None when the reliability is None or negative: a coding fault is no measure of error.
    Raises ValueError for a negative sd or a reliability above 1.
    """
    if sd < 0 or not math.isfinite(sd):
        raise ValueError("a standard deviation is a number of 0 or more")
    if reliability is None or reliability < 0:
        return None
    if not reliability <= 1:
        raise ValueError("a reliability is at most 1")
    return sd * math.sqrt(1 - reliability)


def standard_error_of_difference(standard_error: float | None) -> float | None:
    """S_diff = sqrt(2) * SEM: the error in the difference between two measurements of one person."""
    return None if standard_error is None else math.sqrt(2) * standard_error


def reliable_change_from(standard_error: float | None) -> float | None:
    """The smallest change of one person that is larger than error of measurement, 1.96 * sqrt(2) * SEM.

    Source: Jacobson, N. S. and Truax, P. (1991), Journal of Consulting and Clinical Psychology 59, 12-19.
    """
    difference = standard_error_of_difference(standard_error)
    return None if difference is None else Z_95 * difference


def spearman_brown(correlation: float, k: float) -> float | None:
    """The reliability of k parallel items, k*r / (1 + (k-1)*r), from the mean correlation r between two.

    None when the items correlate so negatively that the sum has no variance left.
    Raises ValueError for a correlation outside -1..1 or a k that is not above 0.
    """
    if not -1 <= correlation <= 1:
        raise ValueError("a correlation lies between -1 and 1")
    if not k > 0:
        raise ValueError("the number of items must be above 0")
    spread = 1 + (k - 1) * correlation
    return None if spread <= 0 else k * correlation / spread
