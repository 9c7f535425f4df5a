"""Which answer is the latest, whatever order they arrive in.

Answers of a page may be sent twice, late, and one before the other. So each carries a stamp, and of two to the same
question the one with the greater stamp stays. Merging is then the same in any order and any number of times. The
stamps hold no time: the clocks of tablets are not to be trusted, and when someone answered is nobody's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from instruments.scoring import Answer

#: The key, among those of items, of the stamp of the page itself.
WHOLE = ""


class Stamp(NamedTuple):
    """When something was answered, compared with what else the same person answered."""

    #: How many times the person had come in.
    sitting: int
    #: How many times they had answered in that sitting.
    order: int
    #: The sitting's own name. After an older backup was put back, two may have the same number.
    token: str


#: Of what was kept before there were stamps.
LONG_AGO = Stamp(0, 0, "")


class Shown(NamedTuple):
    """In what a page was shown: the language, and the hash of the words."""

    language: str
    wording: str = ""


@dataclass(frozen=True)
class Latest:
    """A page: its answers, and for each of them (and for the page itself) when it was given."""

    answers: Mapping[str, Answer]
    given: Mapping[str, Stamp]
    shown: Shown

    @property
    def sitting(self) -> str:
        """Whose page it is: it is shown again only there. With answers of several, it is the earliest one's."""
        stamps = [self.given[item] for item in self.answers] or [self.given[WHOLE]]
        return min(stamps).token


def kept(
    answers: Mapping[str, Answer], given: Mapping[str, Any] | None, sitting: str, shown: Shown
) -> Latest:
    """What is in the database."""
    before = LONG_AGO._replace(token=sitting)
    stamps = {WHOLE: before, **dict.fromkeys(answers, before), **stamped(given or {})}
    return Latest(answers, stamps, shown)


def stamped(given: Mapping[str, Any]) -> dict[str, Stamp]:
    return {name: Stamp(*stamp) for name, stamp in given.items()}


def first(answers: Mapping[str, Answer], stamp: Stamp, shown: Shown) -> Latest:
    """What is sent."""
    return Latest(answers, dict.fromkeys((WHOLE, *answers), stamp), shown)


def merged(one: Latest, other: Latest) -> Latest:
    """Of each answer the latest. What was given at the same moment goes by its text: it does not matter which."""
    answers, given = {**one.answers}, {**one.given}
    for item, answer in other.answers.items():
        stamp = other.given[item]
        if item not in answers or (stamp, str(answer)) > (given[item], str(answers[item])):
            answers[item], given[item] = answer, stamp
    given[WHOLE], shown = max((one.given[WHOLE], one.shown), (other.given[WHOLE], other.shown))
    return Latest(answers, given, shown)


def stamp(sitting: int, token: str, told: str, given: Iterable[Stamp]) -> Stamp:
    """Of what is posted, with the order its browser told. Without scripts none is told: then it is the newest of its
    sitting, for such a browser sends one thing after the other.
    """
    if told.isascii() and told.isdigit() and len(told) < 10:
        return Stamp(sitting, int(told), token)
    orders = (known.order for known in given if (known.sitting, known.token) == (sitting, token))
    return Stamp(sitting, max(orders, default=0) + 1, token)
