"""Where each text of a language stands in the organisation that was entered, and in which words it is said there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import select

from survey.database import db
from survey.models import LanguageReview, StringReview
from survey.wording.texts import INSTRUMENTS, Forms, Text, all_texts

#: `draft`: nobody decided on it. `stale`: somebody did, but source or translation changed since.
State = Literal["approved", "changed", "refused", "stale", "draft"]
#: So much two texts must be alike (difflib) for the one to have come in the place of the other.
ALIKE = 0.6


class Held(NamedTuple):
    """How a text stands; `texts` is what participants read, empty where there is no translation."""

    state: State
    texts: Forms
    #: Whether somebody stands behind it: a reviewer here, or, where none decided, the program itself.
    good: bool


Standing = Mapping[str, Held]


def editions() -> dict[str, str]:
    """By language, the edition of its review here; languages that nobody reviewed are not in it."""
    statement = select(LanguageReview.language, LanguageReview.edition)
    return dict(iter(db.session.execute(statement)))


def standing(language: str, edition: str | None) -> Standing:
    return _standing(db.session.organisation_id, language, edition) if edition else _shipped(language)


@lru_cache(maxsize=500)
def _standing(organisation_id: UUID, language: str, edition: str) -> Standing:
    """Kept under the edition, which is another one after every decision."""
    decided = decisions(language)
    return {key: held(text, decided.get(key)) for key, text in all_texts(language).by_key.items()}


@lru_cache
def _shipped(language: str) -> Standing:
    return {key: held(text, None) for key, text in all_texts(language).by_key.items()}


def decisions(language: str) -> dict[str, StringReview]:
    """What was decided on each text; where its source changed since, what was decided on the one before."""
    reviews = select(StringReview).where(StringReview.language == language, StringReview.verdict.is_not(None))
    by_key = {review.key: review for review in db.session.scalars(reviews)}
    texts = all_texts(language).by_key
    found = {key: review for key, review in by_key.items() if key in texts}
    for orphan in (review for key, review in by_key.items() if key not in texts):
        in_place = _in_place_of(orphan, (text for key, text in texts.items() if key not in found))
        if in_place is not None:
            found[in_place.key] = orphan
    return found


def _in_place_of(orphan: StringReview, texts: Iterable[Text]) -> Text | None:
    """The text that came in the place of one that is gone: the one most like it.

    Only where a question stands there is but one text, whatever it says.
    """
    place = orphan.catalog, orphan.context
    there = {text.source[0]: text for text in texts if (text.catalog, text.context) == place}
    alone = orphan.catalog == INSTRUMENTS and not orphan.context.startswith("scale:")
    close = get_close_matches(orphan.source[0], there, n=1, cutoff=0 if alone else ALIKE)
    return there[close[0]] if close else None


def held(text: Text, review: StringReview | None) -> Held:
    """How a text stands, given what was decided on it."""
    is_good = text.status == "approved"
    if review is None:
        return Held("approved" if is_good else "draft", text.shipped, is_good)
    if is_stale(text, review):
        return Held("stale", text.shipped, is_good)
    if review.verdict == "changed":
        return Held("changed", tuple(review.texts or ()), True)
    if review.verdict == "approved":
        return Held("approved", text.shipped, True)
    return Held("refused", text.shipped, False)


def is_stale(text: Text, review: StringReview) -> bool:
    """Whether the program ships another source or another translation by now than what was decided on."""
    return review.key != text.key or tuple(review.shipped) != text.shipped


def count(standing: Standing, keys: Iterable[str]) -> dict[State, int]:
    """How many of these texts stand in which way."""
    counts: dict[State, int] = {"approved": 0, "changed": 0, "refused": 0, "stale": 0, "draft": 0}
    for key in keys:
        counts[standing[key].state] += 1
    return counts
