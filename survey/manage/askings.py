"""In which languages a programme asks, on whose word, and in which words."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from instruments.translation import LANGUAGES, Language
from survey.database import db
from survey.models import LanguageOverride, Page, Programme, ProgrammeWording, Response, Wave
from survey.wording.rule import Words
from survey.wording.texts import all_texts


@dataclass(frozen=True)
class Asking:
    """Whether a programme asks in a language."""

    language: Language
    #: approved, opened (although nobody checked it), refused (by a reviewer), draft, or incomplete.
    state: str
    override: LanguageOverride | None
    #: The words in which it asks; none before the first sitting in this language.
    fixed: ProgrammeWording | None
    #: How many texts would be others in today's words.
    newer: int


def askings(programme: Programme) -> list[Asking]:
    """Every language there is, and whether this programme asks in it."""
    overrides = {override.language: override for override in programme.language_overrides}
    words = Words(programme)
    return [
        Asking(
            language, _asking_state(words, code, code in overrides), overrides.get(code),
            words.fixed.get(code), len(words.newer(code)),
        )
        for code, language in LANGUAGES.items()
    ]  # fmt: skip


def _asking_state(words: Words, language: str, overridden: bool) -> str:
    if words.is_approved(language):
        return "approved"
    if overridden:
        return "opened"
    if words.is_refused(language):
        return "refused"
    return "draft" if words.is_complete(language) else "incomplete"


def newer_words(programme: Programme, language: str) -> list[tuple[str, str, str]]:
    """What is said differently in today's words: the English source, how it is asked, and how it would be."""
    asked_in = Words(programme)
    in_force, current = asked_in.in_force(language), asked_in.current(language)
    texts = all_texts(language).by_key
    return [
        (texts[key].source[0], " / ".join(in_force[key]), " / ".join(current[key]))
        for key in asked_in.newer(language)
    ]


def was_answered(asking: Asking) -> bool:
    """Whether anything was answered in the words in which it asks."""
    if asking.fixed is None:
        return False
    statement = (
        select(Page.response_id)
        .join(Page.response)
        .join(Response.wave)
        .where(Page.wording == asking.fixed.wording, Wave.programme_id == asking.fixed.programme_id)
    )
    return db.session.scalar(statement.limit(1)) is not None
