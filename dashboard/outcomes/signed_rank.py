"""Wilcoxon's signed-rank test, with the values of `scipy.stats.wilcoxon(d, method="auto")`."""

import numpy as np
from scipy.stats import rankdata, wilcoxon

from dashboard.outcomes.paired import Scores

# Up to here scipy tries every combination of signs when there are ties or zeros. That takes half a second
# a domain; counting the same combinations gives the same value at once.
ENUMERATED = 13


def signed_rank_p(change: Scores) -> float | None:
    """Two-sided p of the differences (already to ten decimals); `None` without any, 1 if all are zero."""
    if not len(change):
        return None
    moved = change[change != 0]
    if not len(moved):
        return 1.0
    ranks = rankdata(np.abs(moved))
    tied = len(moved) < len(change) or len(np.unique(ranks)) < len(ranks)
    if tied and len(change) <= ENUMERATED:
        return _by_enumeration(ranks, moved > 0)
    return float(wilcoxon(change, method="auto").pvalue)


def _by_enumeration(ranks: Scores, upward: np.ndarray) -> float:
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
    observed = int(doubled[upward].sum())
    as_small, as_large = combinations[: observed + 1].sum(), combinations[observed:].sum()
    return min(1.0, 2 * int(min(as_small, as_large)) / 2 ** len(ranks))
