"""`paired.summary` of many domains at once. For few people the calls cost more than the numbers, so all domains go
through each call together; for many, one domain after another stays within the processor's caches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from dashboard.outcomes.method import CONFIDENCE
from dashboard.outcomes.paired import NOISE, PairedSummary, Scores, summary

#: Up to so many people, domains are worked out together.
TOGETHER = 20_000

Numbers = NDArray[Any]


def summaries(before: Scores, after: Scores, steps: Sequence[float | None]) -> list[PairedSummary]:
    """The numbers of `summary` for each row of `before` and `after`, (domains, people), NaN where there is no score;
    `steps` in points, by row. ValueError when the arrays are not over the same domains and people.
    """
    if before.ndim != 2 or before.shape != after.shape or len(before) != len(steps):
        raise ValueError("before and after must be rows over the same people, with a step each")
    if before.shape[1] > TOGETHER or not before.size:
        return [
            summary(first, second, step) for first, second, step in zip(before, after, steps, strict=True)
        ]
    with np.errstate(all="ignore"):
        return _together(before, after, steps)


def _together(before: Scores, after: Scores, steps: Sequence[float | None]) -> list[PairedSummary]:
    people: Any = before.shape[1]
    n_before = n_after = pairs = people
    both, sums = None, (np.add.reduce(before, 1), np.add.reduce(after, 1))
    if np.isnan(sums).any():
        has_before, has_after = ~np.isnan(before), ~np.isnan(after)
        both = has_before & has_after
        n_before, n_after, pairs = (np.add.reduce(one, 1) for one in (has_before, has_after, both))
        before, after = np.where(both, before, 0.0), np.where(both, after, 0.0)
        sums = np.add.reduce(before, 1), np.add.reduce(after, 1)
    means = sums[0] / pairs, sums[1] / pairs
    first, second = before - means[0][:, None], after - means[1][:, None]
    if both is not None:
        first, second = np.where(both, first, 0.0), np.where(both, second, 0.0)
    change, difference = second - first, means[1] - means[0] + 0.0
    up, down = _moved(change, difference, both, steps)
    rows = _rows(means, difference, first, second, change, pairs)
    counts = np.broadcast_to(np.array([n_before, n_after, pairs]).reshape(3, -1), (3, len(steps))).tolist()
    return [_summary(*one) for one in zip(*counts, rows, up, down, steps, strict=True)]


def _moved(
    change: Scores, difference: Numbers, both: NDArray[np.bool_] | None, steps: Sequence[float | None]
) -> tuple[list[int], list[int]]:
    """How many went up and down by a step or more, by row; see `paired.counts`."""
    bound = np.array([np.inf if step is None else step - NOISE / 2 for step in steps])
    higher, lower = change >= (bound - difference)[:, None], change <= (-bound - difference)[:, None]
    if both is not None:
        higher, lower = higher & both, lower & both
    return np.add.reduce(higher, 1).tolist(), np.add.reduce(lower, 1).tolist()


def _rows(
    means: tuple[Numbers, Numbers], difference: Numbers, first: Scores, second: Scores, change: Scores, n: Any
) -> list[list[float]]:
    """By row, NaN for what is not defined: all of a `PairedSummary` from the first mean up to r."""
    squares = np.array([np.einsum("ij,ij->i", one, one) for one in (first, second, change)])
    freedom = np.where(n > 1, n - 1, np.nan)
    spreads = np.sqrt(squares / freedom)
    spreads[spreads <= NOISE] = 0.0
    one, other, each = spreads
    error = each / np.sqrt(n)
    margin = stdtrit(freedom, (1 + CONFIDENCE) / 2) * error
    t = difference / error
    t[each == 0] = np.nan
    margin[each == 0] = np.nan
    r = np.einsum("ij,ij->i", first, second) / (freedom * one * other)
    r = np.clip(np.where(one * other > 0, r, np.nan), -1, 1)
    p = 2 * stdtr(freedom, -np.abs(t))
    low, high = difference - margin, difference + margin
    columns = [means[0], one, means[1], other, difference, each, low, high, t, p, r]
    return np.array(columns).T.tolist()


def _summary(
    n_before: int, n_after: int, pairs: int, row: list[float], up: int, down: int, step: float | None
) -> PairedSummary:
    known: list[Any] = [None if number != number else number for number in row]
    moved = (None, None, None) if step is None else (up, pairs - up - down, down)
    return PairedSummary(n_before, n_after, pairs, *known, *moved)
