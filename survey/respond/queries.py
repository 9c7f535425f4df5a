"""What the questionnaire needs to know: who came in with which code, what is due, and where to go on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from flask import request, url_for
from sqlalchemy import Dialect, Select, String, bindparam, select, type_coerce
from sqlalchemy.orm import contains_eager, joinedload, undefer

from instruments import asking
from instruments.model import Domain, Instrument
from instruments.scoring import Answer
from survey.clock import today
from survey.database import db, is_reading
from survey.models import (
    AccessCode,
    Enrolment,
    Organisation,
    Page,
    Programme,
    Recording,
    Response,
    Visit,
    Wave,
)
from survey.respond import latest
from survey.respond.latest import Latest, Shown
from survey.tenancy import OrganisationSession, Prepared
from survey.turn import Turn


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


#: What a sitting is about, in the order of the fields of `Sitting`.
OF_SITTING: tuple[Any, ...] = (
    Visit.state, Wave.key, type_coerce(Wave.versions, String), type_coerce(Programme.instruments, String),
    Organisation.name, Organisation.help_contact, Organisation.fictitious, Organisation.sounds,
)  # fmt: skip
#: What is saved of a page, as it stands in a `Sitting`.
OF_PAGE = (Response.id, Page.answers, Page.sitting, Page.given, Page.language, Page.wording)


class Sitting(NamedTuple):
    """Everything a page turn needs, in one query."""

    state: str
    wave_key: str
    #: Instrument key -> version, and the keys in order: as text, for the same text means the same pages.
    versions: str
    instruments: str
    organisation: str
    help_contact: str
    fictitious: bool
    #: How often the organisation's recordings changed.
    sounds: int
    response_id: UUID | None = None
    page_answers: dict[str, Answer] | None = None
    page_sitting: str | None = None
    page_given: dict[str, Any] | None = None
    page_language: str | None = None
    page_wording: str | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        return _steps_in(self.versions, self.instruments)

    def step(self, instrument: str, domain: str) -> Step | None:
        return _places_in(self.versions, self.instruments).get((instrument, domain))

    @property
    def page(self) -> Latest | None:
        """The page as it is kept; None if it never was."""
        if self.page_answers is None:
            return None
        shown = Shown(self.page_language or "", self.page_wording or "")
        return latest.kept(self.page_answers, self.page_given, self.page_sitting or "", shown)


@lru_cache(maxsize=1000)
def _steps_in(versions: str, instruments: str) -> tuple[Step, ...]:
    return steps_of(asking.in_order(json.loads(instruments), json.loads(versions)))


@lru_cache(maxsize=1000)
def _places_in(versions: str, instruments: str) -> dict[tuple[str, str], Step]:
    return {step.place: step for step in _steps_in(versions, instruments)}


@cache
def steps_of(versions: asking.Versions) -> tuple[Step, ...]:
    """All pages of a wave, in order. Published versions never change, so this is worked out once."""
    pages = [
        (instrument, domain) for instrument in asking.instruments(versions) for domain in instrument.domains
    ]
    questions = [len(domain.items) for _, domain in pages]
    return tuple(
        Step(instrument, domain, position, sum(questions[: position - 1]), sum(questions))
        for position, (instrument, domain) in enumerate(pages, start=1)
    )


def address(step: Step, **options: Any) -> str:
    """Where a page is; made once, for it depends on nothing but where the application is mounted."""
    return _address(request.script_root, *step.place, tuple(options.items()))


def last_address() -> str:
    """Where the last page is."""
    return _last_address(request.script_root)


@lru_cache(maxsize=10)
def _last_address(root: str) -> str:
    return url_for("respond.last")


@lru_cache(maxsize=1000)
def _address(root: str, instrument: str, domain: str, options: tuple[tuple[str, Any], ...]) -> str:
    return url_for("respond.page", instrument=instrument, domain=domain, **dict(options))


def find_code(selector: str) -> AccessCode | None:
    """The only look-up without an organisation: whose code starts like this?"""
    with db.session.exempt("code_selector"):
        return db.session.scalar(select(AccessCode).where(AccessCode.selector == selector))


def is_usable(code: AccessCode) -> bool:
    return (
        code.revoked_at is None
        and code.ended_at is None
        and (code.expires_on is None or code.expires_on >= today())
    )


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


def sitting(visit_id: UUID, code_id: UUID) -> Sitting | None:
    """The visit of this sitting; None when it may not go on.

    It may not once the code was revoked or expired, or the wave closed. For writing, which goes by the session, the
    visit is locked, so that what is sent twice at once is saved once.
    """
    statement = _sitting_statement(with_page=False)
    values = {"visit_id": visit_id, "code_id": code_id, "today": today()}
    if is_reading():
        row = db.turn.run(statement, values)
    else:
        _lock(db.session, db.engine.dialect, visit_id)
        row = db.session.run(statement, values).first()
    return Sitting(*row) if row else None


def page_sitting(visit_id: UUID, code_id: UUID, instrument: str, domain: str) -> Sitting | None:
    """The same with what is saved of one page, within a page turn: two tabs posting the same page merge."""
    turn = db.turn
    if not turn.reading:
        _lock(turn, turn.dialect, visit_id)
    values = {
        "visit_id": visit_id, "code_id": code_id, "today": today(), "instrument": instrument, "domain": domain,
    }  # fmt: skip
    row = turn.run(_sitting_statement(with_page=True), values)
    return Sitting(*row) if row else None


def _lock(transaction: Turn | OrganisationSession, dialect: Dialect, visit_id: UUID) -> None:
    """A statement of its own: on PostgreSQL one that waits still sees what was there before it waited.

    On SQLite the request has been the only one writing since it began.
    """
    if dialect.name == "postgresql":
        transaction.run(_visit_lock(), {"visit_id": visit_id})


@cache
def _visit_lock() -> Prepared:
    return Prepared(select(Visit.id).where(Visit.id == bindparam("visit_id")).with_for_update())


@cache
def _sitting_statement(with_page: bool) -> Prepared:
    statement: Select[Any] = (
        select(*OF_SITTING)
        .select_from(Visit)
        .join(Wave, Wave.id == Visit.wave_id)
        .join(Programme, Programme.id == Wave.programme_id)
        .join(Organisation, Organisation.id == Visit.organisation_id)
        .join(AccessCode, AccessCode.enrolment_id == Visit.enrolment_id)
        .where(Visit.id == bindparam("visit_id"), AccessCode.id == bindparam("code_id"))
        .where(AccessCode.revoked_at.is_(None), AccessCode.ended_at.is_(None), Wave.state == "open")
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
            statement.add_columns(*OF_PAGE)
            .outerjoin(Response, own_response)
            .outerjoin(Page, (Page.response_id == Response.id) & (Page.domain == bindparam("domain")))
        )
    return Prepared(statement)


def saved_pages(visit_id: UUID) -> dict[tuple[str, str], bool]:
    """By place, the pages of this visit that were saved: whether the person went on from it."""
    statement = (
        select(Response.instrument, Page.domain, Page.passed)
        .join(Page, Page.response_id == Response.id)
        .join(Visit, (Visit.enrolment_id == Response.enrolment_id) & (Visit.wave_id == Response.wave_id))
        .where(Visit.id == visit_id, Response.respondent == "self")
    )
    return {(instrument, domain): passed for instrument, domain, passed in db.session.execute(statement)}


def recording(sound_hash: str) -> Recording | None:
    """A recording with this sound; the same one may be there for several texts."""
    statement = select(Recording).options(undefer(Recording.sound)).where(Recording.sound_hash == sound_hash)
    return db.session.scalar(statement.limit(1))


def is_finished(visit_id: UUID) -> bool:
    state = select(Visit.state).where(Visit.id == visit_id)
    return db.session.scalar(state) == "finished"


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
