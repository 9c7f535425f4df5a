"""Whom a casemanager sees: the caseload a page at a time, and those of it who were chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, case, cast, distinct, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from survey.casework import filters, search
from survey.casework.filters import Wanted
from survey.casework.participants import (
    Standing,
    current,
    handled_waves,
    open_wishes,
    standings,
    working_codes,
)
from survey.clock import today
from survey.database import db
from survey.models import (
    AccessCode,
    Enrolment,
    HouseholdMember,
    Membership,
    Participant,
    Programme,
    Staff,
)

PAGE = 50


@dataclass(frozen=True)
class Case:
    """A person in a programme, as one line of the caseload."""

    enrolment: Enrolment
    #: The wave that matters today; None in a programme without waves.
    standing: Standing | None
    #: Whether this person asked to talk about something.
    wants_to_talk: bool
    #: The code that works now; known only where the list is about invitations.
    code: AccessCode | None


@dataclass(frozen=True)
class Caseload:
    cases: list[Case]
    #: How many people, households or benefits, whichever was wanted.
    number: int
    page: int
    pages: int
    #: How many people fit as well, but in programmes that are closed.
    left_out: int
    #: Where nobody fits: how many people would who have stopped.
    stopped: int


def programmes() -> list[Programme]:
    """The organisation's programmes with their waves, by name."""
    statement = (
        select(Programme).options(selectinload(Programme.waves)).order_by(Programme.name, Programme.code)
    )
    return list(db.session.scalars(statement))


def caseload(every: list[Programme], own: UUID, wanted: Wanted, page: int) -> Caseload:
    """One page of the caseload: first the people of this casemanager, then everyone else's; who is due before
    who is not, by pseudonym.

    `every`: all programmes of the organisation with their waves. A page beyond the last is the last.
    """
    conditions = filters.conditions(wanted, every, own)
    lines, number = _numbers(conditions, wanted.unit)
    pages = max(1, -(-lines // PAGE))
    page = min(max(page, 1), pages)
    statement = (
        _with_people(select(Enrolment).join(Enrolment.participant))
        .where(*conditions)
        .order_by(
            case((Enrolment.casemanager_id == own, 0), else_=1),
            case((filters.is_due(every), 0), else_=1),
            Participant.pseudonym,
            Enrolment.id,
        )
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    found = list(db.session.scalars(statement))
    left_out = _left_out(every, own, wanted)
    stopped = 0 if found or wanted.ended else _stopped(every, own, wanted)
    return Caseload(_cases(found, with_codes=bool(wanted.invited)), number, page, pages, left_out, stopped)


def _left_out(every: list[Programme], own: UUID, wanted: Wanted) -> int:
    over = filters.closed(wanted, every)
    if not over:
        return 0
    conditions = filters.conditions(replace(wanted, closed=True, search=""), every, own)
    conditions.append(Enrolment.programme_id.in_(over))
    if wanted.search:
        conditions.append(search.fits(wanted.search, conditions))  # no name is opened a second time
    _lines, number = _numbers(conditions, "")
    return number


def _stopped(every: list[Programme], own: UUID, wanted: Wanted) -> int:
    _lines, number = _numbers(filters.conditions(replace(wanted, ended=True, closed=True), every, own), "")
    return number


def _numbers(conditions: list[ColumnElement[bool]], unit: str) -> tuple[int, int]:
    """How many lines there are, and how many units: who is in two programmes is one person, and who is in no
    household is one of their own, with one benefit.
    """
    person, home = cast(Participant.id, String), cast(HouseholdMember.household_id, String)
    benefit = home + "/" + cast(HouseholdMember.benefit_unit, String)
    unit_of = {"households": func.coalesce(home, person), "benefits": func.coalesce(benefit, person)}
    counted = (
        select(func.count(Enrolment.id), func.count(distinct(unit_of.get(unit, Participant.id))))
        .join(Enrolment.participant)
        .outerjoin(HouseholdMember, HouseholdMember.participant_id == Participant.id)
    )
    lines, number = db.session.execute(counted.where(*conditions)).one()
    return lines, number


def _with_people(statement: Select[Enrolment]) -> Select[Enrolment]:
    person = contains_eager(Enrolment.participant)
    return statement.options(
        person.options(joinedload(Participant.key), joinedload(Participant.identity)),
        joinedload(Enrolment.casemanager),
    )


def chosen(ids: list[UUID]) -> list[Enrolment]:
    """Those of these enrolments that there are, by pseudonym."""
    statement = _with_people(select(Enrolment).join(Enrolment.participant))
    conditions = (Enrolment.id.in_(ids), Participant.erased_on.is_(None))
    return list(db.session.scalars(statement.where(*conditions).order_by(Participant.pseudonym)))


def with_codes(ids: list[UUID]) -> list[Enrolment]:
    """These enrolments with all their codes and waves, by pseudonym."""
    statement = (
        select(Enrolment)
        .join(Enrolment.participant)
        .where(Enrolment.id.in_(ids), Participant.erased_on.is_(None))
        .options(
            contains_eager(Enrolment.participant),
            joinedload(Enrolment.programme).selectinload(Programme.waves),
            selectinload(Enrolment.codes),
        )
    )
    return list(db.session.scalars(statement.order_by(Participant.pseudonym, Enrolment.id)))


def has_working_code(enrolment: Enrolment) -> bool:
    """The same as `filters.works_today`, of an enrolment whose codes were read."""
    day = today()
    return any(
        code.revoked_at is None and not code.handed_over and (code.expires_on or day) >= day
        for code in enrolment.codes
    )


def fitting(every: list[Programme], own: UUID, wanted: Wanted, most: int) -> list[UUID]:
    """Ids of so many enrolments of the caseload at most, by pseudonym."""
    conditions = filters.conditions(wanted, every, own)
    statement = select(Enrolment.id).join(Enrolment.participant).where(*conditions)
    return list(db.session.scalars(statement.order_by(Participant.pseudonym, Enrolment.id).limit(most)))


def running_of(casemanager: UUID) -> list[Enrolment]:
    """Everyone who takes part now and whom this casemanager works with, by pseudonym."""
    conditions = (Enrolment.casemanager_id == casemanager, filters.takes_part(today()))
    statement = select(Enrolment.id).join(Enrolment.participant).where(*conditions)
    return chosen(list(db.session.scalars(statement)))


def casemanagers() -> list[Staff]:
    """Who can be given people: colleagues with this role here, whose account works and is vouched for."""
    statement = (
        select(Membership)
        .join(Membership.staff)
        .options(contains_eager(Membership.staff))
        .where(Membership.role == "casemanager", Staff.active)
        .order_by(Staff.name, Staff.email)
    )
    owner = db.session.organisation_id
    found = db.session.scalars(statement)
    return [one.staff for one in found if one.staff.is_vouched_for(owner, one.vouched_at)]


def _cases(enrolments: list[Enrolment], *, with_codes: bool) -> list[Case]:
    ids = [enrolment.id for enrolment in enrolments]
    handled, wishes = handled_waves(ids), open_wishes(ids)
    codes = working_codes(ids) if with_codes else {}
    return [
        Case(one, current(standings(one, handled.get(one.id, set()))), one.id in wishes, codes.get(one.id))
        for one in enrolments
    ]
