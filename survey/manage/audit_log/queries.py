"""Reading the audit log: newest first, a page at a time, by person, colleague, action and period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select

from survey.clock import HOME
from survey.database import db
from survey.models import AuditEvent, Participant, Staff

PAGE = 50
#: Events fetched at a time for a file.
CHUNK = 1000
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Filter:
    """Which events; empty means all."""

    person: str = ""
    colleague: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Line:
    """An event with whom it names."""

    event: AuditEvent
    pseudonym: str | None
    colleague: str | None


@dataclass(frozen=True)
class Listing:
    lines: list[Line]
    #: Where the next page begins: before this number; None when this is the last page.
    older: int | None


def listing(chosen: Filter, before: int | None) -> Listing:
    """One page: the newest events, or those before a number."""
    found = _lines(chosen, before, PAGE + 1)
    more = len(found) > PAGE
    return Listing(found[:PAGE], found[PAGE - 1].event.number if more else None)


def every(chosen: Filter) -> Iterator[Line]:
    """All of them, fetched in parts."""
    before: int | None = None
    while True:
        found = _lines(chosen, before, CHUNK)
        yield from found
        if len(found) < CHUNK:
            return
        before = found[-1].event.number
        db.session.expunge_all()


def _lines(chosen: Filter, before: int | None, number: int) -> list[Line]:
    statement = _chosen(chosen)
    if before is not None:
        statement = statement.where(AuditEvent.number < before)
    rows = db.session.execute(statement.order_by(AuditEvent.number.desc()).limit(number))
    return [Line(event, pseudonym, email) for event, pseudonym, email in rows]


def _chosen(chosen: Filter) -> Select[Any, Any, Any]:
    """Who was erased goes without a pseudonym: the new one stands with answers that were allowed to count on."""
    statement: Select[Any, Any, Any] = (
        select(AuditEvent, Participant.pseudonym, Staff.email)
        .outerjoin(
            Participant, and_(Participant.id == AuditEvent.participant_id, Participant.erased_on.is_(None))
        )
        .outerjoin(Staff, Staff.id == AuditEvent.staff_id)
    )
    if chosen.person:
        found = select(Participant.id).where(Participant.pseudonym == chosen.person)
        person = db.session.scalar(found.where(Participant.erased_on.is_(None)))
        statement = statement.where(AuditEvent.participant_id == (person or NOBODY))
    if chosen.colleague:
        account = db.session.scalar(select(Staff.id).where(Staff.email == chosen.colleague.lower()))
        statement = statement.where(AuditEvent.staff_id == (account or NOBODY))
    if chosen.action:
        statement = statement.where(AuditEvent.action == chosen.action)
    if chosen.since:
        statement = statement.where(AuditEvent.happened_at >= _midnight(chosen.since))
    if chosen.until:
        statement = statement.where(AuditEvent.happened_at < _midnight(chosen.until + timedelta(days=1)))
    return statement


def _midnight(day: date) -> datetime:
    """Where a day begins in the Netherlands."""
    return datetime.combine(day, time(), HOME)


def colleagues(lines: list[Line]) -> dict[str, str]:
    """E-mail addresses of the accounts that details name, by id as it stands there."""
    named = {UUID(str(line.event.details["staff"])) for line in lines if "staff" in line.event.details}
    found = db.session.execute(select(Staff.id, Staff.email).where(Staff.id.in_(named)))
    return {staff_id.hex: email for staff_id, email in found}
