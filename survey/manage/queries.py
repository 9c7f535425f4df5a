"""What a coordinator sees: programmes with counts, languages, and what people said. Never who said it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from instruments import asking, library
from instruments.translation import words
from survey.clock import now, today
from survey.codes import ROLES
from survey.database import db
from survey.fieldwork import starts_due
from survey.models import (
    Enrolment,
    LanguageOverride,
    Membership,
    OpenAnswer,
    Participant,
    Programme,
    Staff,
    StaffInvitation,
    Story,
    Visit,
    Wave,
)

HANDLED = ("refused", "finished")
ROWS = 25
Row = TypeVar("Row")


@dataclass(frozen=True)
class WaveCount:
    """How many people a wave is due for today, and how many are done with it; not how."""

    due: int
    handled: int


@dataclass(frozen=True)
class LookingBack:
    """Whether a programme can let people look back, can still choose, and how many questions each choice adds."""

    is_possible: bool
    is_open: bool
    #: By key of the instrument.
    questions: dict[str, int]


@dataclass(frozen=True)
class Colleague:
    """Someone who works here, as what, and how well the account is kept. Nothing of work elsewhere."""

    person: Staff
    roles: list[str]
    signed_in_at: datetime | None
    #: Another organisation renewed the account, so the roles here sleep.
    is_asleep: bool


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One page of a list."""

    rows: list[Row]
    number: int
    page: int
    pages: int


def colleagues() -> list[Colleague]:
    statement = (
        select(Membership).options(joinedload(Membership.staff)).join(Staff).order_by(Staff.name, Staff.email)
    )
    by_person: dict[UUID, list[Membership]] = {}
    for membership in db.session.scalars(statement):
        by_person.setdefault(membership.staff_id, []).append(membership)
    return [_colleague(memberships) for memberships in by_person.values()]


def colleague(staff_id: UUID) -> Colleague | None:
    statement = (
        select(Membership).options(joinedload(Membership.staff)).where(Membership.staff_id == staff_id)
    )
    memberships = list(db.session.scalars(statement))
    return _colleague(memberships) if memberships else None


def _colleague(memberships: list[Membership]) -> Colleague:
    person = memberships[0].staff
    held = {membership.role: membership for membership in memberships}
    seen = [membership.signed_in_at for membership in memberships if membership.signed_in_at]
    return Colleague(
        person,
        [role for role in ROLES if role in held],
        max(seen, default=None),
        not any(person.is_vouched_for(one.organisation_id, one.vouched_at) for one in memberships),
    )


def membership(staff_id: UUID, role: str) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(Membership.staff_id == staff_id, Membership.role == role)
    )


def open_invitations() -> list[StaffInvitation]:
    """Links that still work, newest first."""
    statement = select(StaffInvitation).where(
        StaffInvitation.used_at.is_(None), StaffInvitation.expires_at > now()
    )
    return list(db.session.scalars(statement.order_by(StaffInvitation.made_at.desc())))


def invitation(invitation_id: UUID) -> StaffInvitation | None:
    """One that was not used yet."""
    return db.session.scalar(
        select(StaffInvitation).where(StaffInvitation.id == invitation_id, StaffInvitation.used_at.is_(None))
    )


def programmes() -> list[Programme]:
    statement = (
        select(Programme).options(selectinload(Programme.waves)).order_by(Programme.name, Programme.code)
    )
    return list(db.session.scalars(statement))


def enrolled() -> dict[UUID, int]:
    """People by programme."""
    statement = select(Enrolment.programme_id, func.count(Enrolment.id)).group_by(Enrolment.programme_id)
    return dict(iter(db.session.execute(statement)))


def programme(code: str) -> Programme | None:
    return db.session.scalar(
        select(Programme)
        .where(Programme.code == code)
        .options(
            selectinload(Programme.waves),
            selectinload(Programme.language_overrides).joinedload(LanguageOverride.decided_by),
        )
    )


def wave_counts(programme: Programme) -> dict[UUID, WaveCount]:
    """Per wave of this programme."""
    statement = (
        select(Visit.wave_id, func.count(Visit.id))
        .where(Visit.wave_id.in_([wave.id for wave in programme.waves]), Visit.state.in_(HANDLED))
        .group_by(Visit.wave_id)
    )
    handled = dict(iter(db.session.execute(statement)))
    return {wave.id: WaveCount(_due(wave), handled.get(wave.id, 0)) for wave in programme.waves}


def _due(wave: Wave) -> int:
    if wave.state != "open":
        return 0
    day = today()
    done = select(Visit.enrolment_id).where(Visit.wave_id == wave.id, Visit.state.in_(HANDLED))
    statement = select(func.count(Enrolment.id)).where(
        Enrolment.programme_id == wave.programme_id,
        Enrolment.started_on.between(*starts_due(wave, day)),
        or_(Enrolment.ended_on.is_(None), Enrolment.ended_on >= day),
        Enrolment.id.not_in(done),
    )
    return db.session.scalar(statement) or 0


def instrument_names(programme: Programme, language: str) -> list[str]:
    return [words(library.load(key), language).name() for key in programme.instruments]


def looking_back(programme: Programme) -> LookingBack:
    own, later = programme.instruments, [wave for wave in programme.waves if wave.is_later]
    together = asking.instruments(asking.newest([*own, *asking.LOOKING_BACK]))
    questions = {one.key: len(one.items) for one in together if one.looks_back}
    return LookingBack(bool(later and questions), all(wave.state == "planned" for wave in later), questions)


def domain_names(programme: Programme, language: str) -> dict[str, str]:
    """The domains a programme asks about, in order, by code."""
    names: dict[str, str] = {}
    for key in programme.instruments:
        instrument = library.load(key)
        names |= {
            domain.code: words(instrument, language).domain(domain.code) for domain in instrument.domains
        }
    return names


def waiting_quotes(page: int) -> Listing[OpenAnswer]:
    """Answers that may be quoted and that nobody has looked at as a quote."""
    return _answers([OpenAnswer.may_quote.is_(True), OpenAnswer.state == "new"], page)


def other_answers(page: int) -> Listing[OpenAnswer]:
    """Answers that are to be read and not to be quoted."""
    return _answers([OpenAnswer.may_quote.is_(False)], page)


def _answers(conditions: list[ColumnElement[bool]], page: int) -> Listing[OpenAnswer]:
    # By random id within a wave: the order must not tell when someone wrote. A refused visit counts nowhere.
    conditions = [*conditions, OpenAnswer.text_sealed.is_not(None), Visit.state != "refused"]
    statement = _with_origin(select(OpenAnswer)).where(*conditions).order_by(Wave.id, OpenAnswer.id)
    counted = select(func.count(OpenAnswer.id)).join(OpenAnswer.visit).where(*conditions)
    return _listing(statement, counted, page)


def _with_origin(statement: Select[OpenAnswer]) -> Select[OpenAnswer]:
    """With what it takes to open the answer, and the programme and wave it was given in."""
    visit = contains_eager(OpenAnswer.visit)
    return (
        statement.join(OpenAnswer.visit)
        .join(Visit.wave)
        .join(Wave.programme)
        .options(
            visit.contains_eager(Visit.wave).contains_eager(Wave.programme),
            joinedload(OpenAnswer.participant).joinedload(Participant.key),
        )
    )


def _listing(statement: Select[Any], counted: Select[int], page: int) -> Listing[Any]:
    number = db.session.scalar(counted) or 0
    pages = max(1, -(-number // ROWS))
    page = min(max(page, 1), pages)
    rows = db.session.scalars(statement.limit(ROWS).offset((page - 1) * ROWS))
    return Listing(list(rows), number, page, pages)


def stories(page: int) -> Listing[Story]:
    """Every story: drafts first, then approved, then refused."""
    statement = (
        select(Story)
        .join(Story.programme)
        .options(contains_eager(Story.programme), joinedload(Story.wave), joinedload(Story.open_answer))
        .order_by(_state_order(), Programme.name, Story.domain, Story.id)
    )
    return _listing(statement, select(func.count(Story.id)), page)


def _state_order() -> ColumnElement[int]:
    return case((Story.state == "draft", 0), (Story.state == "approved", 1), else_=2)


def quotable(answer_id: UUID) -> OpenAnswer | None:
    """An answer that may be quoted."""
    answer = db.session.scalar(_with_origin(select(OpenAnswer)).where(OpenAnswer.id == answer_id))
    return answer if answer is not None and is_quotable(answer) else None


def story(story_id: UUID) -> Story | None:
    return db.session.scalar(
        select(Story)
        .where(Story.id == story_id)
        .options(joinedload(Story.programme), joinedload(Story.wave), joinedload(Story.decided_by))
    )


def story_of(answer: OpenAnswer) -> Story | None:
    return db.session.scalar(select(Story).where(Story.open_answer_id == answer.id))


def answer_of(story: Story) -> OpenAnswer | None:
    """What the story was made from; None once that was erased."""
    return db.session.scalar(_with_origin(select(OpenAnswer)).where(OpenAnswer.id == story.open_answer_id))


def is_quotable(answer: OpenAnswer) -> bool:
    """Whether this person still wants to be quoted; to refuse taking part takes that back too."""
    return answer.may_quote and answer.visit.state != "refused"
