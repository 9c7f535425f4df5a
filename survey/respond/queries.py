"""What the questionnaire needs to know: who came in with which code, what is due, and where to go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from flask import request, url_for
from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager, joinedload

from instruments import library
from instruments.model import Domain, Instrument
from instruments.scoring import Answer
from survey.clock import today
from survey.database import db
from survey.models import AccessCode, Enrolment, Organisation, Page, Programme, Response, Visit, Wave
from survey.tenancy import Prepared


@dataclass(frozen=True)
class Step:
    """One page of the questionnaire: a domain of an instrument, and how far along it is."""

    instrument: Instrument
    domain: Domain
    #: 1 is the first page.
    position: int
    questions_before: int
    #: In all pages together.
    questions: int

    @property
    def place(self) -> tuple[str, str]:
        return self.instrument.key, self.domain.code


@dataclass(frozen=True)
class Sitting:
    """Everything a page turn needs, in one query."""

    visit_id: UUID
    state: str
    participant_id: UUID
    wave_id: UUID
    wave_key: str
    versions: dict[str, int]
    instruments: list[str]
    organisation: str
    help_contact: str
    fictitious: bool
    response_id: UUID | None = None
    page_answers: dict[str, Answer] | None = None
    page_sitting: str | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        return steps_of(tuple((key, self.versions[key]) for key in self.instruments))


@cache
def steps_of(versions: tuple[tuple[str, int], ...]) -> tuple[Step, ...]:
    """All pages of a wave, in order. Published versions never change, so this is worked out once."""
    pages = [
        (instrument, domain)
        for instrument in (library.load(key, version) for key, version in versions)
        for domain in instrument.domains
    ]
    questions = [len(domain.items) for _, domain in pages]
    return tuple(
        Step(instrument, domain, position, sum(questions[: position - 1]), sum(questions))
        for position, (instrument, domain) in enumerate(pages, start=1)
    )


def address(step: Step, **options: Any) -> str:
    """Where a page is; made once, for it depends on nothing but where the application is mounted."""
    return _address(request.script_root, *step.place, tuple(options.items()))


@lru_cache(maxsize=1000)
def _address(root: str, instrument: str, domain: str, options: tuple[tuple[str, Any], ...]) -> str:
    return url_for("respond.page", instrument=instrument, domain=domain, **dict(options))


def find_code(selector: str) -> AccessCode | None:
    """The only look-up without an organisation: whose code starts like this?"""
    with db.session.exempt("code_selector"):
        return db.session.scalar(select(AccessCode).where(AccessCode.selector == selector))


def is_usable(code: AccessCode) -> bool:
    return code.revoked_at is None and (code.expires_on is None or code.expires_on >= today())


def enrolment_of(code_id: UUID) -> Enrolment | None:
    """The enrolment behind a usable code, with its programme and waves; None once the code was revoked."""
    code = db.session.get(
        AccessCode, code_id, options=[joinedload(AccessCode.enrolment).joinedload(Enrolment.programme)]
    )
    return code.enrolment if code is not None and is_usable(code) else None


@dataclass(frozen=True)
class Due:
    wave: Wave
    visit: Visit | None


def due_now(enrolment: Enrolment, day: date) -> Due | None:
    """The first open wave that this person can answer today and has not finished."""
    if enrolment.ended_on is not None and enrolment.ended_on < day:
        return None
    visits = {
        visit.wave_id: visit
        for visit in db.session.scalars(select(Visit).where(Visit.enrolment_id == enrolment.id))
    }
    for wave in enrolment.programme.waves:
        first = enrolment.started_on + timedelta(weeks=wave.weeks)
        last = first + timedelta(weeks=wave.window_weeks)
        visit = visits.get(wave.id)
        if wave.state == "open" and first <= day <= last and not (visit and visit.state == "finished"):
            return Due(wave, visit)
    return None


def sitting(
    visit_id: UUID, code_id: UUID, instrument: str | None = None, domain: str = "", for_writing: bool = False
) -> Sitting | None:
    """The visit of this sitting with what is saved of one page; None when it may not go on.

    It may not once the code was revoked or expired, or the wave closed. For writing the visit is locked, so that
    two tabs posting the same page merge instead of overwriting each other.
    """
    if for_writing:
        _lock(visit_id)
    statement = _sitting_statement(with_page=instrument is not None)
    values = {
        "visit_id": visit_id, "code_id": code_id, "today": today(), "instrument": instrument, "domain": domain,
    }  # fmt: skip
    row = db.session.run(statement, values).first()
    return Sitting(*tuple(row)) if row else None


def _lock(visit_id: UUID) -> None:
    """A statement of its own: on PostgreSQL one that waits still sees what was there before it waited.

    On SQLite the request has been the only one writing since it began.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(Visit.id).where(Visit.id == visit_id).with_for_update())


@cache
def _sitting_statement(with_page: bool) -> Prepared:
    columns: list[Any] = [
        Visit.id, Visit.state, Enrolment.participant_id, Wave.id, Wave.key, Wave.versions, Programme.instruments,
        Organisation.name, Organisation.help_contact, Organisation.fictitious,
    ]  # fmt: skip
    statement = (
        select(*columns)
        .select_from(Visit)
        .join(Enrolment, Enrolment.id == Visit.enrolment_id)
        .join(Wave, Wave.id == Visit.wave_id)
        .join(Programme, Programme.id == Wave.programme_id)
        .join(Organisation, Organisation.id == Visit.organisation_id)
        .join(AccessCode, AccessCode.enrolment_id == Visit.enrolment_id)
        .where(Visit.id == bindparam("visit_id"), AccessCode.id == bindparam("code_id"))
        .where(AccessCode.revoked_at.is_(None), Wave.state == "open")
        .where(AccessCode.expires_on.is_(None) | (AccessCode.expires_on >= bindparam("today")))
    )
    if with_page:
        own_response = (
            (Response.enrolment_id == Visit.enrolment_id)
            & (Response.wave_id == Visit.wave_id)
            & (Response.instrument == bindparam("instrument"))
            & (Response.respondent == "self")
        )
        statement = (
            statement.add_columns(Response.id, Page.answers, Page.sitting)
            .outerjoin(Response, own_response)
            .outerjoin(Page, (Page.response_id == Response.id) & (Page.domain == bindparam("domain")))
        )
    return Prepared(statement)


def saved_pages(visit_id: UUID) -> set[tuple[str, str]]:
    """Which (instrument, domain) pages of this visit were posted."""
    statement = (
        select(Response.instrument, Page.domain)
        .join(Page, Page.response_id == Response.id)
        .join(Visit, (Visit.enrolment_id == Response.enrolment_id) & (Visit.wave_id == Response.wave_id))
        .where(Visit.id == visit_id, Response.respondent == "self")
    )
    return {(instrument, domain) for instrument, domain in db.session.execute(statement)}


def visit_of(visit_id: UUID) -> Visit:
    """The visit of a sitting that was just found."""
    return db.session.scalars(
        select(Visit)
        .join(Visit.wave)
        .join(Visit.enrolment)
        .options(
            contains_eager(Visit.wave), contains_eager(Visit.enrolment).joinedload(Enrolment.participant)
        )
        .where(Visit.id == visit_id)
    ).one()
