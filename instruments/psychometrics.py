"""How well the items of a domain hold together. What that says about one person's change is in `precision`.

The only module here that needs NumPy and SciPy. Nothing else in this package, and nothing in the survey, may import it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtri

TOO_FEW_ITEMS = "needs at least two items"
TOO_FEW_PEOPLE = "needs at least two people who answered every item"
NO_SPREAD = "everyone has the same total, so it is not defined"
HEYWOOD = "the items do not fit one factor (Heywood), so it is not defined"
#: Of finding loadings; it takes a few dozen where there is one factor.
MOST_STEPS = 2000
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


def feldt_interval(alpha: float | None, people: int, k: int) -> tuple[float, float] | None:
    """Feldt's 95% interval of Cronbach's alpha: 1 - (1 - alpha) F, at the 97.5% and 2.5% points of F with n - 1 and
    (n - 1)(k - 1) degrees of freedom.

    `people` answered all `k` items. No unit. None where alpha is not defined, or is 1 (then there is no error to
    judge). ValueError for fewer than two people or items.
    Source: Feldt, L. S. (1965), Psychometrika 30, 357-370.
    """
    if alpha is None or alpha >= 1:
        return None
    if people < 2 or k < 2:
        raise ValueError("alpha takes two people and two items")
    freedom = people - 1, (people - 1) * (k - 1)
    low, high = (1 - (1 - alpha) * float(fdtri(*freedom, point)) for point in (0.975, 0.025))
    return low, high


def mcdonald_omega(items: ArrayLike) -> Reliability:
    """McDonald's omega of one factor: (sum of loadings)^2 over itself plus the sum of what each item has for itself.

    `items` as in `cronbach_alpha`. Two items: Spearman and Brown's 2r/(1+r). Where the loadings cannot be (Heywood: an
    item would have less than no variance of its own, or loads the other way), there is no omega and a note.
    Source: McDonald, R. P. (1999), Test Theory: A Unified Treatment.
    """
    table = np.asarray(items, dtype=float)
    if table.ndim != 2:
        raise ValueError("items must be a table of people by items")
    people, k = table.shape
    if k < 2:
        return Reliability(None, TOO_FEW_ITEMS)
    if people <= k:
        return Reliability(None, "needs more people than items")
    return omega_of(np.cov(table, rowvar=False, ddof=1))


def omega_of(covariance: ArrayLike) -> Reliability:
    """The same from the items' covariances, shape (k, k).

    Three items have one solution, loading 1 = sqrt(s12 s13 / s23) and so on; for more it is the one that leaves the
    least of the covariances unexplained (principal axes). None and a note as above.
    """
    s = np.asarray(covariance, dtype=float)
    own = np.diag(s)
    if own.min() <= 1e-12:
        return Reliability(None, "an item has the same answer of everybody, so it is not defined")
    if len(s) == 2:
        omega = spearman_brown(float(s[0, 1] / np.sqrt(own.prod())), 2)
        return Reliability(omega, CODING_FAULT if omega is not None and omega < 0 else None)
    loadings = _three(s) if len(s) == 3 else _principal_axis(s)
    if loadings is None or np.any(own - loadings**2 < -1e-9) or np.any(loadings < 0):
        return Reliability(None, HEYWOOD)
    common = float(loadings.sum()) ** 2
    return Reliability(common / (common + float((own - loadings**2).sum())))


def _three(s: np.ndarray) -> np.ndarray | None:
    one, two, three = s[0, 1], s[0, 2], s[1, 2]
    if min(one, two, three) <= 0:
        return None
    return np.sqrt(np.array([one * two / three, one * three / two, two * three / one]))


def _principal_axis(s: np.ndarray) -> np.ndarray | None:
    """Loadings on one factor; None where it does not settle or an item has less than nothing for itself."""
    own = np.diag(s).copy()
    unique = own / 2
    for _ in range(MOST_STEPS):
        values, vectors = np.linalg.eigh(s - np.diag(unique))
        loadings = vectors[:, -1] * np.sqrt(max(values[-1], 0.0))
        found = own - loadings**2
        if found.min() < 0:
            return None
        if np.abs(found - unique).max() < 1e-9 * own.max():
            return loadings * (1 if loadings.sum() >= 0 else -1)
        unique = found
    return None
