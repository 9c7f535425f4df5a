"""Whether targets are reached: one entry of `targets` in `telvertel analyse --json`.

What is counted of everybody (work, steps, plans) is compared as it was counted. Scores are what people say of
themselves, so a rise counts only where its 95% interval lies wholly above zero, as everywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from dashboard.outcomes.paired import NOISE, Scores, summary
from dashboard.outcomes.wilson import wilson

Entry = dict[str, Any]
THAN_BEFORE = ("more", "less")


@dataclass(frozen=True)
class Shares:
    """Of each unit whether it holds, before and now; None where nobody knows. `before` None: there is no before."""

    now: Sequence[bool | None]
    before: Sequence[bool | None] | None = None


@dataclass(frozen=True)
class Points:
    """Scores of the same people before and after, NaN where someone has none."""

    before: Scores
    after: Scores


@dataclass(frozen=True)
class Told:
    """Figures as they were reported, the oldest first: (value, of how many)."""

    figures: Sequence[tuple[float, int | None]]


@dataclass(frozen=True)
class Missing:
    """Nothing could be found, and why."""

    why: str


Found = Shares | Points | Told | Missing


@dataclass(frozen=True)
class Numbers:
    """What an entry says besides its definition. `n_before` and `n`: of how many; `count`: how many of `n`.

    `low` and `high` are the 95% interval of what `interval_of` names: the share now, or the difference.
    """

    before: float | None = None
    now: float | None = None
    n_before: int | None = None
    n: int | None = None
    count: int | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    interval_of: str | None = None
    note: str | None = None


def target_entry(definition: Mapping[str, Any], found: Found, day: date) -> Entry:
    """A target as it was set, what was found, and whether it is reached on this day: None where that cannot be said.

    `definition` has at least `comparator`, `value` (in the unit of what is found, or None) and `by_date` (or None).
    """
    numbers = _numbers(definition["comparator"], found)
    reached, why = _verdict(definition, numbers)
    notes = [numbers.note, why, _time(definition["by_date"], reached, day)]
    note = " ".join(one for one in notes if one) or None
    return {**definition, **asdict(numbers), "reached": reached, "note": note}


def _numbers(comparator: str, found: Found) -> Numbers:
    if isinstance(found, Missing):
        return Numbers(note=found.why)
    if isinstance(found, Points):
        return _points(found)
    if isinstance(found, Told):
        return _told(found)
    return _shares(found, paired=comparator in THAN_BEFORE)


def _shares(found: Shares, paired: bool) -> Numbers:
    """`paired`: of the same units both times, for before and now are compared."""
    before, now = list(found.before or ()), list(found.now)
    if paired and found.before is not None:
        both = [(one, other) for one, other in zip(before, now, strict=True) if None not in (one, other)]
        before, now = [one for one, _ in both], [other for _, other in both]
    known_before, known = [one for one in before if one is not None], [one for one in now if one is not None]
    count = sum(known)
    interval = wilson(count, len(known))
    low, high = interval or (None, None)
    return Numbers(
        before=sum(known_before) / len(known_before) if known_before else None,
        now=count / len(known) if known else None,
        n_before=None if found.before is None else len(known_before),
        n=len(known), count=count, low=low, high=high, interval_of="now" if interval else None,
        note=_of_whom(len(known), len(found.now)),
    )  # fmt: skip


def _of_whom(known: int, there: int) -> str | None:
    if not known:
        return "It is not known of anybody."
    return f"Known of {known} of {there}." if known < there else None


def _points(found: Points) -> Numbers:
    paired = summary(found.before, found.after, None)
    return Numbers(
        before=paired.before_mean, now=paired.after_mean, n_before=paired.pairs, n=paired.pairs,
        difference=paired.difference, low=paired.low, high=paired.high,
        interval_of=None if paired.low is None else "difference",
        note=None if paired.pairs else "Nobody has a score in both waves.",
    )  # fmt: skip


def _told(found: Told) -> Numbers:
    if not found.figures:
        return Numbers(note="No figure was reported.")
    now, n = found.figures[-1]
    before, n_before = found.figures[0] if len(found.figures) > 1 else (None, None)
    return Numbers(before=before, now=now, n_before=n_before, n=n, note="As it was reported, not worked out.")


def _verdict(definition: Mapping[str, Any], numbers: Numbers) -> tuple[bool | None, str | None]:
    comparator, value = definition["comparator"], definition["value"]
    if numbers.now is None:
        return None, None
    if comparator in THAN_BEFORE:
        return _than_before(comparator, numbers)
    if value is None:
        return None, "No number was agreed, so nobody can say whether it is reached."
    if comparator == "at_least":
        return numbers.now >= value - NOISE, None
    return numbers.now <= value + NOISE, None


def _than_before(comparator: str, numbers: Numbers) -> tuple[bool | None, str | None]:
    if numbers.before is None or numbers.now is None:
        return None, "There is no figure of before to compare with."
    up = 1 if comparator == "more" else -1
    if numbers.difference is None:
        return up * (numbers.now - numbers.before) > NOISE, None
    if numbers.low is None or numbers.high is None:
        return None, "There is no interval, so no change was shown."
    if numbers.low <= 0 <= numbers.high:
        return None, "The interval of the difference holds zero, so no change was shown."
    return up * numbers.difference > 0, None


def _time(by_date: date | None, reached: bool | None, day: date) -> str | None:
    return "The day is still to come." if by_date and by_date > day and reached is False else None
