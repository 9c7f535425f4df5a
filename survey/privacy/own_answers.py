"""What a person answered, wave by wave, for that person; only what may be opened for whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from instruments import library
from instruments.model import Instrument
from instruments.translation import Words, words
from survey.database import db
from survey.models import OpenAnswer, Page, Participant, Programme, Response, Visit, Wave
from survey.privacy.own_intake import Answered, Domain
from survey.wording.kept import words_in

#: Whether a page of answers, or the own words of a visit, may be opened.
Shown = Callable[[Page | Visit], bool]


@dataclass(frozen=True)
class Questionnaire:
    """What was answered of one instrument."""

    name: str
    version: int
    answered_on: date
    language: str
    mode: str
    #: Those that may be opened here, and whether there are others.
    domains: list[Domain]
    some_closed: bool


@dataclass(frozen=True)
class OpenWords:
    text: str | None
    language: str
    may_be_quoted: bool


@dataclass(frozen=True)
class Round:
    """One wave, as one person went through it."""

    programme: str
    wave: str
    #: agreed, refused or finished
    state: str
    finished_on: date | None
    questionnaires: list[Questionnaire]
    open_answer: OpenWords | None


def rounds_of(person: Participant, language: str, shown: Shown) -> Iterator[Round]:
    """By programme and wave. Imported answers have no visit."""
    enrolments = [enrolment.id for enrolment in person.enrolments]
    visits = {visit.wave_id: visit for visit in _visits(enrolments)}
    responses = responses_of(enrolments)
    waves = [*visits, *(response.wave_id for response in responses)]
    in_order = (
        select(Wave).join(Wave.programme).where(Wave.id.in_(waves)).order_by(Programme.code, Wave.weeks)
    )
    for wave in db.session.scalars(in_order.options(contains_eager(Wave.programme))):
        visit = visits.get(wave.id)
        of_wave = [response for response in responses if response.wave_id == wave.id]
        yield Round(
            programme=wave.programme.name,
            wave=wave.key,
            state=visit.state if visit else "finished",
            finished_on=visit.finished_on if visit else None,
            questionnaires=[questionnaire(response, language, shown) for response in of_wave],
            open_answer=_open_words(visit, shown) if visit else None,
        )


def _visits(enrolments: list[UUID]) -> list[Visit]:
    words_of = joinedload(Visit.open_answer).joinedload(OpenAnswer.participant)
    statement = select(Visit).where(Visit.enrolment_id.in_(enrolments))
    return list(db.session.scalars(statement.options(words_of.joinedload(Participant.key))))


def responses_of(enrolments: list[UUID], respondent: str = "self") -> list[Response]:
    """Of which at least one page was saved."""
    statement = (
        select(Response)
        .where(Response.enrolment_id.in_(enrolments), Response.respondent == respondent)
        .options(selectinload(Response.pages))
        .order_by(Response.instrument)
    )
    return [response for response in db.session.scalars(statement) if response.pages]


def questionnaire(response: Response, language: str, shown: Shown) -> Questionnaire:
    instrument = library.load(response.instrument, response.version)
    opened = {page.domain: page for page in response.pages if shown(page)}
    domains = [
        _domain(instrument, opened[domain.code], language)
        for domain in instrument.domains
        if domain.code in opened
    ]
    return Questionnaire(
        words(instrument, language).name(), response.version, response.answered_on, response.language, response.mode,
        domains, len(opened) < len(response.pages),
    )  # fmt: skip


def _domain(instrument: Instrument, page: Page, language: str) -> Domain:
    """In the very words in which it was asked, for who reads it in the same language."""
    said = words_in(instrument, language, page.wording if page.language == language else None)
    items = instrument.domain(page.domain).items
    return Domain(
        said.domain(page.domain), [_answered(said, item.id, page.answers.get(item.id)) for item in items]
    )


def _answered(said: Words, item: str, answer: int | str | None) -> Answered:
    label = dict(said.options(item)).get(answer) if isinstance(answer, int) else None
    return Answered(said.question(item), answer, label or None)


def _open_words(visit: Visit, shown: Shown) -> OpenWords | None:
    answer = visit.open_answer
    if answer is None:
        return None
    return OpenWords(answer.text if shown(visit) else None, answer.language, answer.may_quote)
