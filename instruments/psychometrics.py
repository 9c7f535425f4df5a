"""How well the items of a domain hold together. What that says about one person's change is in `precision`.

The only module here that needs NumPy. Nothing else in this package, and nothing in the survey, may import it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

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
