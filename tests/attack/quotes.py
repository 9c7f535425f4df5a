"""Quotes, attacked by counting alone: whose they are, and whether one that is gone was taken back.

The attacker knows who could be quoted and which language everybody speaks, and reads what two releases print: which
quotes, of which domains, in which languages. Not: who writes in what style.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, permutations
from typing import Any

Quote = dict[str, Any]
AT_A_TIME, OF_A_DOMAIN = 3, 2
#: Fewer speakers than this, and words in their language point to them.
SPEAKERS = 10
#: In this language anybody's words are rewritten.
COMMON = "nl"
#: So many more people than are shown the attacker reckons with.
HIDDEN = 2


@dataclass(frozen=True)
class Drawing:
    """The shipped rules; the calibration takes one or another away. `out_of`: one in so many stays out, and at least
    one; 0 where only the number shown is kept below that of all. `is_secret`: nobody outside can draw the same lots."""

    out_of: int = 4
    is_secret: bool = True


def shown(in_order: Sequence[Quote], rules: Drawing) -> list[Quote]:
    """Which of these are printed when lots put them in this order."""
    left_out = max(1, len(in_order) // rules.out_of) if rules.out_of else 0
    kept: dict[str, list[Quote]] = {}
    for quote in in_order[: max(0, len(in_order) - left_out)]:
        kept.setdefault(quote["domain"], []).append(quote)
    in_turn = [of[place] for place in range(OF_A_DOMAIN) for of in kept.values() if len(of) > place]
    most = len(in_turn) if rules.out_of else min(len(in_turn), len(in_order) - 1)
    return in_turn[: max(0, most) // AT_A_TIME * AT_A_TIME]


def lot(quote: Quote, number: int) -> str:
    """What anybody could work out, were lots drawn by the words alone."""
    return hashlib.sha256(f"{number} {quote['text']}".encode()).hexdigest()


def taken_back(first: Sequence[Quote], second: Sequence[Quote], number: int, rules: Drawing) -> list[Quote]:
    """Quotes of one release that certainly cannot be drawn any more for the next one, which has this number."""
    gone = [quote for quote in first if quote not in second]
    return [quote for quote in gone if second and not _may_be_there(quote, second, number, rules)]


def _may_be_there(quote: Quote, second: Sequence[Quote], number: int, rules: Drawing) -> bool:
    """Whether there are people who told something too, and lots, with which the same would have been printed."""
    known = [*second, quote]
    texts = {one["text"] for one in second}
    domains = [*sorted({one["domain"] for one in known}), "another"]
    for more in range(HIDDEN + 1):
        for others in combinations_with_replacement(domains, more):
            hidden = [{"domain": domain, "text": None} for domain in others]
            for order in _orders([*known, *hidden], number, rules):
                if {one["text"] for one in shown(order, rules)} == texts:
                    return True
    return False


def _orders(quotes: Sequence[Quote], number: int, rules: Drawing) -> Iterator[Sequence[Quote]]:
    """Every order in which lots may put these; what the attacker can draw again stands in its order."""
    for order in permutations(quotes):
        lots = [lot(quote, number) for quote in order if quote["text"] is not None]
        if rules.is_secret or lots == sorted(lots):
            yield order


def authors(quotes: Iterable[Quote], languages: Sequence[str]) -> list[Quote]:
    """Quotes of which there are so few possible authors that the language tells of them. `languages`: of everybody who
    could be quoted."""
    few = {language for language in languages if languages.count(language) < SPEAKERS} - {COMMON}
    return [quote for quote in quotes if quote["language"] in few]


def printed(told: Sequence[Quote], languages: Sequence[str], is_strict: bool = True) -> list[Quote]:
    """Quotes of which the language may be told; before, all of them were."""
    return [one for one in told if not is_strict or not authors([one], languages)]
