"""How precisely one person is measured, and how large their change must be to trust it. Plain numbers, no NumPy."""

from __future__ import annotations

import math
from collections.abc import Mapping

# 95% of a normal distribution lies within this many standard deviations of its mean.
Z_95 = 1.96


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


def sem_of_counted(answers: Mapping[tuple[int, ...], int]) -> float | None:
    """The standard error of measurement of a mean over k items, from how many people gave which answers to all of them:
    `sem` with Cronbach's alpha, as `psychometrics.cronbach_alpha` has it.

    `answers` are codes in the order of the items, reversed ones turned. None with fewer than two items or people, where
    all have the same total, and where alpha is negative.
    """
    people, k = sum(answers.values()), len(next(iter(answers), ()))
    if people < 2 or k < 2:
        return None
    within = sum(_variance({codes: codes[item] for codes in answers}, answers) for item in range(k))
    total = _variance({codes: sum(codes) for codes in answers}, answers)
    if total == 0:
        return None
    return sem(math.sqrt(total) / k, k / (k - 1) * (1 - within / total))


def _variance(values: Mapping[tuple[int, ...], int], times: Mapping[tuple[int, ...], int]) -> float:
    """Over n - 1, from whole numbers: exact where nothing varies."""
    n = sum(times.values())
    first = sum(value * times[codes] for codes, value in values.items())
    second = sum(value * value * times[codes] for codes, value in values.items())
    return (n * second - first * first) / (n * (n - 1))
