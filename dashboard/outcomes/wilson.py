"""The interval of a share."""

from math import sqrt

from scipy.special import ndtri

from dashboard.outcomes.method import CONFIDENCE


def wilson(successes: int, of: int) -> tuple[float, float] | None:
    """Wilson's 95% score interval of `successes` out of `of`, both counts; ends are shares from 0 to 1.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), without correction for continuity. None where there is nobody.
    Source: Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209-212.
    """
    if not 0 <= successes <= of:
        raise ValueError("successes must be a count between 0 and of")
    if of == 0:
        return None
    z = float(ndtri((1 + CONFIDENCE) / 2))
    share, square = successes / of, z * z / of
    middle = (share + square / 2) / (1 + square)
    margin = z * sqrt(share * (1 - share) / of + square / (4 * of)) / (1 + square)
    low = 0.0 if successes == 0 else middle - margin
    high = 1.0 if successes == of else middle + margin
    return low, high
