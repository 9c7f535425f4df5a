"""The agreed numbers behind an analysis and a release."""

CONFIDENCE = 0.95

# A person counts as improved or declined from this many points, by the ends of the scale. It is an
# agreed step (about half a standard deviation), not an established minimal important change.
STEPS: dict[tuple[float, float], float] = {(1.0, 5.0): 0.5, (0.0, 10.0): 1.0}

# Disclosure: counts of people in fives, no number about fewer than ten, no distribution under thirty.
ROUNDING = 5
MINIMUM_PAIRS = 10
DISTRIBUTION_MINIMUM = 30
SMALLEST_K = 5


def step_of_change(low: float, high: float) -> float | None:
    """The agreed step for a scale that runs from `low` to `high`; `None` if none was agreed."""
    return STEPS.get((float(low), float(high)))
