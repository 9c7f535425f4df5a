"""What the pages of an intake show: one person's, in the words of the staff and of that person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from instruments.model import Domain, Instrument, Item
from instruments.translation import LANGUAGES, Language, Untranslated, Words, purpose, words
from survey import intakes, languages, opened
from survey.casework.sections import NextStep
from survey.database import db
from survey.editing import hold
from survey.intakes import Answers
from survey.models import Enrolment, Intake, IntakeSection, Participant
from survey.wording import kept
from survey.wording.standing import editions, standing
from survey.wording.texts import question_keys


@dataclass(frozen=True)
class Begun:
    """How far the intake of one programme is."""

    enrolment: Enrolment
    intake: Intake | None
    answered: int
    questions: int


@dataclass(frozen=True)
class Spoken:
    """Another language than the staff's, with all words of the intake, and whether somebody stands behind them."""

    language: Language
    words: Words
    is_approved: bool


@dataclass(frozen=True)
class Section:
    """One domain as it is filled in now. `values` as they stand in the fields."""

    domain: Domain
    version: int
    values: Mapping[str, Any]
    #: How many of how many questions that apply were answered.
    answered: int
    questions: int

    @property
    def seen(self) -> str:
        """What its form carries: the version, and marks of what it was opened with."""
        return opened.written(self.version, opened.of_texts(self.values))


def enrolment(enrolment_id: UUID) -> Enrolment | None:
    return db.session.scalar(
        select(Enrolment)
        .join(Enrolment.participant)
        .where(Enrolment.id == enrolment_id, Participant.erased_on.is_(None))
        .options(
            contains_eager(Enrolment.participant).joinedload(Participant.key), joinedload(Enrolment.programme)
        )
    )


def intake_of(enrolment_id: UUID, *, lock: bool = False) -> Intake | None:
    """`lock` to change how it is done: nobody else does until this request ends."""
    if lock:
        hold(Intake, Intake.enrolment_id == enrolment_id)
    person = joinedload(Intake.participant).joinedload(Participant.key)
    return db.session.scalar(
        select(Intake)
        .where(Intake.enrolment_id == enrolment_id)
        .options(person, selectinload(Intake.sections))
    )


def of_person(person: Participant) -> Mapping[str, Any]:
    """For the person's page: each programme with its intake."""
    found = {
        one.enrolment_id: one
        for one in db.session.scalars(
            select(Intake).where(Intake.participant_id == person.id).options(selectinload(Intake.sections))
        )
    }
    in_order = sorted(person.enrolments, key=lambda one: one.started_on)
    return {"intakes": [_begun(one, found.get(one.id)) for one in in_order]}


def to_do(section: Mapping[str, Any]) -> list[NextStep]:
    """An intake that was begun is to be finished."""
    return [
        NextStep(_("Finish the intake"), url_for("intake.intake", enrolment_id=one.enrolment.id))
        for one in section["intakes"]
        if one.intake is not None and one.intake.state == "begun"
    ]


def _begun(one: Enrolment, intake: Intake | None) -> Begun:
    instrument = intakes.asked(intake)
    sections = sections_of(intake) if intake is not None else []
    questions = sum(each.questions for each in sections) if sections else len(instrument.items)
    return Begun(one, intake, sum(each.answered for each in sections), questions)


def sections_of(intake: Intake) -> list[Section]:
    """Every section in the order of the instrument, begun or not."""
    known = {section.domain: section for section in intake.sections}
    return [section(domain, known.get(domain.code)) for domain in intakes.asked(intake).domains]


def section(domain: Domain, stored: IntakeSection | None) -> Section:
    answers = intakes.answers_in(stored) if stored is not None else {}
    applying = [item for item in domain.items if intakes.is_asked(item, answers)]
    given = sum(item.id in answers for item in applying)
    return Section(domain, stored.version if stored else 0, values_of(domain, answers), given, len(applying))


def values_of(domain: Domain, answers: Answers) -> dict[str, Any]:
    """Answers as they stand in the fields: codes as text, several as a list of them."""
    return {
        item.id: list(map(str, answer)) if isinstance(answer, list) else str(answer)
        for item in domain.items
        for answer in (answers.get(item.id, [] if item.answer == "several" else ""),)
    }


def own_words(instrument: Instrument) -> Words:
    """Those of whoever works here, in the language of their pages."""
    return words(instrument, languages.current().code)


def purposes(instrument: Instrument) -> dict[str, str]:
    spoken = languages.current().code
    return {item.id: purpose(item, spoken) for item in instrument.items}


def spoken_beside(instrument: Instrument, language: str) -> Spoken | None:
    """None where it would be the same language, or where a question has no words in it."""
    if language == languages.current().code or language not in LANGUAGES:
        return None
    held = standing(language, editions().get(language))
    keys = question_keys(instrument)
    texts = {key: held[key].texts for key in keys if held[key].texts}
    try:
        own = kept.words_of(instrument, language, texts)
    except Untranslated:
        return None
    return Spoken(LANGUAGES[language], own, all(held[key].good for key in keys))


def condition(instrument: Instrument, said: Words, item: Item) -> tuple[str, list[str]] | None:
    """The question on which it depends whether an item is asked, and the answers that make it so."""
    if item.shown_if is None:
        return None
    labels = dict(said.options(item.shown_if.item))
    return said.question(item.shown_if.item), [labels[code] for code in item.shown_if.codes]
