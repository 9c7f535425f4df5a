"""Tests of counts: yes or no of the same people twice, and of two groups of people."""

import numpy as np
from scipy.special import bdtr, gammaln

#: Two chances that differ less than this are the same chance, worked out another way (as in scipy).
SAME = 1 + 1e-7


def mcnemar_p(gained: int, lost: int) -> float | None:
    """McNemar's exact two-sided p: the chance of a split this uneven, or more so, when each of those who changed was as
    likely to gain as to lose. Counts of people; None where nobody changed.

    Source: McNemar, Q. (1947), Psychometrika 12, 153-157; exact: binomial with one half.
    """
    if min(gained, lost) < 0:
        raise ValueError("gained and lost are counts")
    changed = gained + lost
    return min(1.0, 2 * float(bdtr(min(gained, lost), changed, 0.5))) if changed else None


def fisher_p(one: int, of_one: int, other: int, of_other: int) -> float | None:
    """Fisher's exact two-sided p of `one` out of `of_one` against `other` out of `of_other`: the chance, at these
    totals, of a table that is as unlikely or more so. Counts of people; None where either group is empty, or all or
    none of both.

    Source: Fisher, R. A. (1922), Journal of the Royal Statistical Society 85, 87-94.
    """
    if not (0 <= one <= of_one and 0 <= other <= of_other):
        raise ValueError("each is a count out of its group")
    have, everybody = one + other, of_one + of_other
    if not of_one or not of_other or have in (0, everybody):
        return None
    there = np.arange(max(0, have - of_other), min(of_one, have) + 1)
    chances = _choose(of_one, there) + _choose(of_other, have - there) - _choose(everybody, np.array([have]))
    exact = np.exp(chances)
    return min(1.0, float(exact[exact <= exact[one - there[0]] * SAME].sum()))


def _choose(of: int, taken: np.ndarray) -> np.ndarray:
    """The logarithm of in how many ways."""
    return gammaln(of + 1) - gammaln(taken + 1) - gammaln(of - taken + 1)
