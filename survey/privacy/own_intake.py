"""What a casemanager filled in about somebody or together with them, put together for that person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from instruments.translation import words
from survey import intakes
from survey.database import db
from survey.models import Enrolment, Intake, Participant


@dataclass(frozen=True)
class Answered:
    """One question as it was read, and what was answered: its code, and the words for it (none for a non-answer)."""

    question: str
    answer: int | str | None
    label: str | None


@dataclass(frozen=True)
class Domain:
    name: str
    answers: list[Answered]


@dataclass(frozen=True)
class FilledIn:
    """An instrument as it was filled in; of an intake `answered_on` is the day on which it began."""

    programme: str
    name: str
    answered_on: date
    domains: list[Domain]


def intakes_of(person: Participant, language: str) -> list[FilledIn]:
    known = (
        select(Intake)
        .where(Intake.participant_id == person.id)
        .options(joinedload(Intake.enrolment).joinedload(Enrolment.programme), selectinload(Intake.sections))
    )
    return [_filled_in(one, language) for one in db.session.scalars(known.order_by(Intake.begun_on))]


def _filled_in(intake: Intake, language: str) -> FilledIn:
    """Only what was answered."""
    instrument = intakes.asked(intake)
    said = words(instrument, language)
    sections = {section.domain: intakes.answers_in(section) for section in intake.sections}
    domains = [
        Domain(
            said.domain(domain.code),
            [
                Answered(
                    said.question(item.id), None, intakes.said(said, item, sections[domain.code][item.id])
                )
                for item in domain.items
                if item.id in sections[domain.code]
            ],
        )
        for domain in instrument.domains
        if sections.get(domain.code)
    ]
    return FilledIn(intake.enrolment.programme.name, said.name(), intake.begun_on, domains)
