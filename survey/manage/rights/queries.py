"""Whose data is asked for: by number, never by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from survey.codes import KEPT_KINDS
from survey.database import db
from survey.models import Enrolment, ErasureRequest, Organisation, Participant, Programme, RetentionMark


def erasure_requests() -> Sequence[ErasureRequest]:
    """Oldest first."""
    return db.session.scalars(
        select(ErasureRequest)
        .options(joinedload(ErasureRequest.participant), joinedload(ErasureRequest.asked_by))
        .order_by(ErasureRequest.asked_at, ErasureRequest.id)
    ).all()


def erasure_request(request_id: UUID) -> ErasureRequest | None:
    """With the programmes this person is in."""
    enrolments = selectinload(Participant.enrolments).joinedload(Enrolment.programme)
    return db.session.scalar(
        select(ErasureRequest)
        .where(ErasureRequest.id == request_id)
        .options(
            joinedload(ErasureRequest.participant).options(enrolments), joinedload(ErasureRequest.asked_by)
        )
    )


def by_pseudonym(pseudonym: str) -> Participant | None:
    """Who has this number, in capitals or as it was typed, and was not erased."""
    either = (pseudonym, pseudonym.upper())
    found = select(Participant).where(Participant.pseudonym.in_(either), Participant.erased_on.is_(None))
    return next((one for way in either for one in db.session.scalars(found) if one.pseudonym == way), None)


def participant(participant_id: UUID) -> Participant | None:
    return db.session.scalar(
        select(Participant).where(Participant.id == participant_id, Participant.erased_on.is_(None))
    )


@dataclass(frozen=True)
class Removal:
    """One kind of one programme that is about to be removed."""

    programme: Programme
    kind: str
    people: int
    first_day: date
    last_day: date
    #: Why some of it was put off, if it was.
    reasons: list[str]


def about_to_be_removed() -> list[Removal]:
    """By programme, in the order in which kinds go."""
    by_place: dict[tuple[str, int], list[RetentionMark]] = {}
    for mark in db.session.scalars(select(RetentionMark).options(joinedload(RetentionMark.programme))):
        by_place.setdefault((mark.programme.code, KEPT_KINDS.index(mark.kind)), []).append(mark)
    return [_removal(by_place[place]) for place in sorted(by_place)]


def _removal(marks: list[RetentionMark]) -> Removal:
    days = [mark.removed_on for mark in marks]
    reasons = sorted({mark.reason for mark in marks if mark.reason})
    return Removal(marks[0].programme, marks[0].kind, len(marks), min(days), max(days), reasons)


def organisation() -> Organisation:
    return db.session.scalars(select(Organisation)).one()
