"""How counts of people are written in a release."""

from dashboard.outcomes.method import ROUNDING

#: A rounded count stands for at least so many counts.
POSSIBLE = 3


def rounded(count: int) -> int:
    """A count of people to the nearest five."""
    return ROUNDING * round(count / ROUNDING)


def rounded_among(count: int, of: int) -> int:
    """To the nearest five, and one step lower where that would tell that it is all of them.

    Who knows the 38 people who take part would read in "40" that all 38 answered.
    """
    nearest = rounded(count)
    return nearest if of - nearest + ROUNDING // 2 + 1 >= POSSIBLE else max(nearest - ROUNDING, 0)


def population(count: int, of: int, k: int) -> int:
    """As `rounded_among`; nothing where there are fewer than k."""
    return rounded_among(count, of) if count >= k else 0
