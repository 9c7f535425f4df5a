"""What a reviewer sees: languages with how far they are, and the texts of one, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select

from instruments import library
from instruments.translation import LANGUAGES, SOURCE, Language, words
from survey.database import db
from survey.models import StringReview
from survey.wording import operations, standing
from survey.wording.standing import Held, State
from survey.wording.texts import INTERFACE, Forms, Text, all_texts, question_keys

PAGE = 25
#: What can be asked to be shown; `todo` is whatever nobody stands behind, or has a proposal.
SHOWN = ("todo", "draft", "stale", "refused", "proposed", "decided", "all")
#: Languages to review: the source is what the others are held against.
REVIEWED = tuple(code for code in LANGUAGES if code != SOURCE)


class Filter(NamedTuple):
    show: str = "todo"
    part: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a language is here."""

    language: Language
    texts: int
    #: Texts that somebody stands behind.
    good: int
    counts: Mapping[State, int]
    proposed: int


@dataclass(frozen=True)
class Row:
    """One text as a reviewer sees it."""

    text: Text
    held: Held
    #: What was decided; where it is stale, on what.
    decided: StringReview | None
    #: Its own row, which may hold no more than a proposal.
    own: StringReview | None
    dutch: Forms

    @property
    def seen(self) -> str:
        return operations.seen(self.text, self.own)

    @property
    def proposal(self) -> StringReview | None:
        return self.own if self.own is not None and self.own.proposed is not None else None

    @property
    def shown(self) -> Forms:
        """What stands in the field to begin with: what is proposed, or what participants read now."""
        empty = ("",) * max(1, len(self.held.texts))
        return tuple(self.proposal.proposed or ()) if self.proposal else self.held.texts or empty

    @property
    def back_translation(self) -> str:
        if self.proposal and self.proposal.proposed_back:
            return self.proposal.proposed_back
        return self.decided.back_translation if self.decided else ""

    @property
    def remark(self) -> str:
        if self.proposal and self.proposal.proposed_remark:
            return self.proposal.proposed_remark
        return self.decided.remark if self.decided else ""

    @property
    def wording(self) -> str:
        """The hash of the words that were decided on; none where that was before they changed."""
        return self.decided.wording if self.decided and self.held.state != "stale" else ""


@dataclass(frozen=True)
class Listing:
    rows: list[Row]
    number: int
    page: int
    pages: int
    #: The key of the row behind each.
    following: Mapping[str, str]


def overview() -> list[Progress]:
    editions = standing.editions()
    waiting = _proposals()
    return [_progress(code, editions.get(code), waiting.get(code, 0)) for code in REVIEWED]


def progress(language: str) -> Progress:
    return _progress(language, standing.editions().get(language), _proposals().get(language, 0))


def _progress(language: str, edition: str | None, proposed: int) -> Progress:
    here = standing.standing(language, edition)
    good = sum(held.good for held in here.values())
    return Progress(LANGUAGES[language], len(here), good, standing.count(here, here), proposed)


def _proposals() -> dict[str, int]:
    statement = select(StringReview.language, func.count(StringReview.id)).where(
        StringReview.proposed_at.is_not(None)
    )
    return dict(iter(db.session.execute(statement.group_by(StringReview.language))))


def rows(language: str) -> list[Row]:
    """Every text of a language as it stands."""
    here = standing.standing(language, standing.editions().get(language))
    decided = standing.decisions(language)
    own = {
        review.key: review
        for review in db.session.scalars(select(StringReview).where(StringReview.language == language))
    }
    dutch = all_texts("nl").by_key
    return [
        Row(text, here[key], decided.get(key), own.get(key), dutch[key].shipped if key in dutch else ())
        for key, text in all_texts(language).by_key.items()
    ]


def listing(language: str, wanted: Filter, page: int, at: str) -> Listing:
    """The page that holds the text `at`, or else this page."""
    chosen = [row for row in _of_part(rows(language), wanted.part) if _is_shown(row, wanted.show)]
    keys = [row.text.key for row in chosen]
    pages = max(1, -(-len(chosen) // PAGE))
    page = keys.index(at) // PAGE + 1 if at in keys else min(max(page, 1), pages)
    first = (page - 1) * PAGE
    following = dict(zip(keys, [*keys[1:], keys[-1]], strict=True)) if keys else {}
    return Listing(chosen[first : first + PAGE], len(chosen), page, pages, following)


def alone(language: str, key: str, following: str, page: int) -> Listing:
    """One text, in the place it has in a list."""
    found = [row for row in rows(language) if row.text.key == key]
    return Listing(found, len(found), page, page, {key: following or key})


def _is_shown(row: Row, show: str) -> bool:
    return {
        "all": True,
        "todo": not row.held.good or row.proposal is not None,
        "proposed": row.proposal is not None,
        "decided": row.decided is not None and row.held.state != "stale",
    }.get(show, row.held.state == show)


def _of_part(found: Iterable[Row], part: str) -> Iterator[Row]:
    keys = _keys_of(part)
    return (row for row in found if keys is None or row.text.key in keys)


def _keys_of(part: str) -> frozenset[str] | None:
    if part == INTERFACE:
        return frozenset(all_texts(SOURCE).interface)
    if part in parts_of_questions(SOURCE):
        return frozenset(question_keys(library.load(part)))
    return None


def parts_of_questions(spoken: str) -> dict[str, str]:
    """The instruments by key, and what they are called."""
    return {one.key: words(one, spoken).name() for one in library.instruments()}
