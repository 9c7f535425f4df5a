"""The ladder of participation before and after: people on each step, and who went up or down. Steps have an order and
no distance, so there is no mean."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

STEPS = ("1", "2", "3", "4", "5", "6")


def ladder(people: Iterable[tuple[str | None, str | None]]) -> dict[str, Any]:
    """`people`: each one's step before and after, None where nobody knows. Who moved is over those with both."""
    steps = list(people)
    moves = Counter((after > before) - (after < before) for before, after in steps if before and after)
    return {
        "before": _on_each(before for before, _ in steps),
        "after": _on_each(after for _, after in steps),
        "up": moves[1],
        "same": moves[0],
        "down": moves[-1],
    }


def _on_each(steps: Iterable[str | None]) -> dict[str, int]:
    counted = Counter(steps)
    return {step: counted[step] for step in STEPS}


def ladder_matrix(people: Iterable[tuple[str | None, str | None]]) -> dict[str, dict[str, int]]:
    """By step before, how many people are on each step after; of those with both."""
    counted = Counter((before, after) for before, after in people if before and after)
    return {before: {after: counted[before, after] for after in STEPS} for before in STEPS}
