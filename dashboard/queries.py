"""Reading releases, and what a release is made from besides scores."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from survey.database import db
from survey.models import Consent, Enrolment, Note, OpenAnswer, Programme, Release, Story, Visit, Wave

#: Of one programme. Made once: every page of results asks it, and its figures do.
NEWEST_PUBLISHED = (
    select(Release)
    .join(Programme, Programme.id == Release.programme_id)
    .where(Programme.code == bindparam("code"), Release.published_at.is_not(None))
    .order_by(Release.number.desc())
    .limit(1)
)


def programmes() -> Sequence[Programme]:
    return db.session.scalars(select(Programme).order_by(Programme.name, Programme.code)).all()


def programme(code: str) -> Programme | None:
    """The programme with this code, if it is of the organisation that was entered."""
    return db.session.scalar(select(Programme).where(Programme.code == code))


def releases(of: Programme) -> Sequence[Release]:
    """All releases of a programme, newest first."""
    return db.session.scalars(_releases(of.id)).all()


def release(of: Programme, number: int | None = None) -> Release | None:
    """The release with this number, the newest without one."""
    statement = _releases(of.id)
    if number is not None:
        statement = statement.where(Release.number == number)
    return db.session.scalars(statement.limit(1)).first()


def published(code: str) -> Release | None:
    """What readers see of a programme: the newest release that was published, unless it was withdrawn. Then nothing:
    the one before it does not come back."""
    newest = db.session.scalars(NEWEST_PUBLISHED, {"code": code}).first()
    return newest if newest is not None and newest.withdrawn_at is None else None


def all_published() -> list[Release]:
    """The newest published release of every programme that has one, by name of the programme."""
    found = (published(each.code) for each in programmes())
    return [release for release in found if release is not None]


def quotable_stories(of: Programme, waves: Sequence[Wave]) -> list[tuple[UUID, Story]]:
    """(participant, story): approved stories told in these waves by people who still agree to be quoted.

    The latest wave first, in it the latest decision. A story whose answer was erased is not told again.
    """
    statement = (
        select(OpenAnswer.participant_id, Story)
        .join(OpenAnswer, OpenAnswer.id == Story.open_answer_id)
        .join(Visit, Visit.id == OpenAnswer.visit_id)
        .join(Wave, Wave.id == Story.wave_id)
        .where(Story.programme_id == of.id, Story.wave_id.in_([wave.id for wave in waves]))
        .where(Story.state == "approved", OpenAnswer.may_quote.is_(True), Visit.state != "refused")
        .options(joinedload(Story.wave))
    )
    of_answers = [(row[0], row[1]) for row in db.session.execute(statement)]
    return sorted(of_answers + _stories_of_notes(of, waves), key=_latest_first)


def _stories_of_notes(of: Programme, waves: Sequence[Wave]) -> list[tuple[UUID, Story]]:
    """Approved stories made of notes to whose quoting the person still says yes."""
    still = select(Consent.note_id).where(Consent.purpose == "quote", Consent.withdrawn_at.is_(None))
    statement = (
        select(Enrolment.participant_id, Story)
        .join(Note, Note.id == Story.note_id)
        .join(Enrolment, Enrolment.id == Note.enrolment_id)
        .where(Story.programme_id == of.id, Story.wave_id.in_([wave.id for wave in waves]))
        .where(Story.state == "approved", Story.note_id.in_(still))
        .options(joinedload(Story.wave))
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def _latest_first(told: tuple[UUID, Story]) -> tuple[int, float, str]:
    story = told[1]
    decided = story.decided_at.timestamp() if story.decided_at else 0.0
    return -story.wave.weeks, -decided, story.id.hex


def _releases(programme_id: UUID) -> Select[Release]:
    return select(Release).where(Release.programme_id == programme_id).order_by(Release.number.desc())
