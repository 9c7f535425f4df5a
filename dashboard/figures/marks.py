"""What a chart is made of, before anybody draws it: rows on scales, with words that are already the reader's.

The same marks are drawn twice: by the server as a picture that can be read at once (picture), and by plotly, which
replaces it (dumbbell).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: So small a part of a scale can be seen: some four pixels.
SHORT = 80


@dataclass(frozen=True)
class Dots:
    """One value or two on a line, and the ends of a margin if there is one; all in units of the scale."""

    before: float | None
    after: float
    margin: tuple[float, float] | None
    hover: str
    #: Of a margin of a difference: 1 where that is up, -1 where it is down, 0 where none was shown.
    way: int | None = None


@dataclass(frozen=True)
class Row:
    """What a row is about, its dots unless there are too few people, and what is said at its end: a figure or a word
    for it, and something small below."""

    name: str
    dots: Dots | None
    said: str
    small: str
    is_shown: bool


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Panel:
    """Rows on one scale from `low` to `high`, the values marked on it as they are written, and a title where it needs
    one."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    lines: Sequence[Row | Heading]
    title: str = ""
    #: What was aimed at, on this scale.
    goal: float | None = None
    #: Both values are differences with the start, which a heavier line marks: right after and later, in marks of those.
    of_differences: bool = False
    #: The value is an amount: a bar from nothing on, instead of a dot.
    of_amounts: bool = False

    @property
    def ends(self) -> tuple[float, float]:
        """Where the plot begins and ends: a little beyond the scale, so that dots and words at its ends are whole."""
        widest = max((len(text) for _, text in self.ticks), default=0)
        room = (self.high - self.low) / (30 if widest < 3 else 16)
        return self.low - room, self.high + room

    def band(self, dots: Dots) -> tuple[float, float] | None:
        """The margin as it is drawn. That of a difference never touches the place of none, also where its end was
        rounded to there."""
        none = 0 if self.of_differences else dots.before
        if dots.margin is None or none is None or not dots.way:
            return dots.margin
        (low, high), short = dots.margin, (self.high - self.low) / SHORT
        if dots.way > 0 and 0 <= low - none < short:
            return none + short, max(high, none + short)
        if dots.way < 0 and 0 <= none - high < short:
            return min(low, none - short), none - short
        return low, high
