"""All waves together: score ~ wave + (1 | person), by restricted maximum likelihood. A check beside matched pairs, for
it also uses people who answered only some of the waves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import ndtr, ndtri

from dashboard.outcomes.method import CONFIDENCE
from dashboard.outcomes.paired import NOISE, Scores

Matrix = NDArray[np.float64]
LEAST_WAVES = 3
#: From this share between people on, the rest is what is left of rounding.
NOBODY_CHANGES = 1 - 1e-6


@dataclass(frozen=True)
class _Sums:
    """All that the likelihood needs of the scores. By the number of waves that somebody answered: of people, of pairs
    of waves, of totals in each wave, and of squared totals. Then answers and scores in each wave; squared scores."""

    people: NDArray[np.int64]
    together: Matrix
    totals: Matrix
    squares: Matrix
    answers: NDArray[np.int64]
    scores: Matrix
    squared: float


def mixed_change(scores: Scores, waves: Sequence[str]) -> dict[str, Any]:
    """Differences with the first wave, in points, under a random intercept per person.

    `scores`: (waves, people), NaN where somebody has no score; `waves` their keys. Each wave has `difference`, `low`,
    `high` (95%, normal) and `p`; `between` is the share of the variance that lies between people (0-1). None and a
    `note` where it cannot be worked out. ValueError when there are not as many keys as rows.
    Source: Laird, N. M. and Ware, J. H. (1982), Biometrics 38, 963-974. The variance of the intercept is found by one
    search over sums, so the cost is one walk over the people.
    """
    if scores.ndim != 2 or len(scores) != len(waves):
        raise ValueError("scores must be a row per wave")
    used = [place for place, row in enumerate(scores) if not np.isnan(row).all()]
    found = scores[used]
    answered = ~np.isnan(found)
    entry: dict[str, Any] = {
        "people": int(answered.any(axis=0).sum()), "scores": int(answered.sum()), "waves": [], "between": None,
    }  # fmt: skip
    why = _why_not(answered)
    if why:
        return {**entry, "note": why}
    sums = _sums(np.where(answered, found - float(np.nanmean(found)), 0.0), answered)
    between = _share_between(sums)
    estimates, covariance, variance = _fit(between, sums)
    if variance <= NOISE or between >= NOBODY_CHANGES:
        return {**entry, "note": "No spread besides that between people, so there is no margin."}
    later = [
        {"wave": waves[used[place]], **_difference(estimates, covariance * variance, place)}
        for place in range(1, len(used))
    ]
    return {**entry, "waves": later, "between": between, "note": None}


def _share_between(sums: _Sums) -> float:
    """The share of the variance between people at which the scores are most likely. None of it is at the edge of the
    search."""
    best = minimize_scalar(
        _deviance, bounds=(0.0, 1 - 1e-9), args=(sums,), method="bounded", options={"xatol": 1e-9}
    )
    return min((0.0, float(best.x)), key=lambda share: _deviance(share, sums))


def _why_not(answered: NDArray[np.bool_]) -> str | None:
    if len(answered) < LEAST_WAVES:
        return "There are no three waves with answers, so there is nothing beside the pairs."
    if (answered.sum(axis=0) > 1).sum() < 2:
        return "Fewer than two people answered more than once, so people cannot be told from chance."
    return None


def _sums(scores: Scores, answered: NDArray[np.bool_]) -> _Sums:
    """`scores` are about zero, and zero where there is none."""
    waves = len(scores)
    each, total = answered.sum(axis=0), scores.sum(axis=0)
    mine = [each == number for number in range(1, waves + 1)]
    known = answered.astype(float)
    return _Sums(
        np.array([one.sum() for one in mine]),
        np.array([np.einsum("ip,jp->ij", known[:, one], known[:, one]) for one in mine]),
        np.array([np.einsum("ip,p->i", known[:, one], total[one]) for one in mine]),
        np.array([np.square(total[one]).sum() for one in mine]),
        answered.sum(axis=1), scores.sum(axis=1), float(np.square(scores).sum()),
    )  # fmt: skip


def _fit(between: float, sums: _Sums) -> tuple[Matrix, Matrix, float]:
    """Means of the waves, their covariance per unit of variance, and the variance within people."""
    ratio = between / (1 - between)
    weights = ratio / (1 + ratio * np.arange(1, len(sums.people) + 1))
    information = np.diag(sums.answers.astype(float)) - np.einsum("n,nij->ij", weights, sums.together)
    right = sums.scores - np.einsum("n,ni->i", weights, sums.totals)
    covariance = np.linalg.inv(information)
    estimates = np.einsum("ij,j->i", covariance, right)
    left = sums.squared - float(np.dot(weights, sums.squares)) - float(np.dot(right, estimates))
    return estimates, covariance, max(left, 0.0) / (int(sums.answers.sum()) - len(estimates))


def _deviance(between: float, sums: _Sums) -> float:
    """Minus twice the restricted log likelihood, but for a constant, at its best variance within people."""
    ratio = between / (1 - between)
    _, covariance, variance = _fit(between, sums)
    freedom = int(sums.answers.sum()) - len(covariance)
    spread = float(np.dot(sums.people, np.log1p(ratio * np.arange(1, len(sums.people) + 1))))
    return freedom * log(max(variance, 1e-300)) + spread - float(np.linalg.slogdet(covariance)[1])


def _difference(estimates: Matrix, covariance: Matrix, place: int) -> dict[str, float]:
    difference = float(estimates[place] - estimates[0])
    error = sqrt(float(covariance[place, place] + covariance[0, 0] - 2 * covariance[0, place]))
    margin = float(ndtri((1 + CONFIDENCE) / 2)) * error
    return {
        "difference": difference, "low": difference - margin, "high": difference + margin,
        "p": 2 * float(ndtr(-abs(difference) / error)),
    }  # fmt: skip
