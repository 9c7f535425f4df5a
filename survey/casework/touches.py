"""What is noted in one touch, and can be taken back in one: seen today, and talked about a subject that was ticked.

What stood there before is in the audit trail, so nothing more is kept for it. A touch can be taken back on the same day
by who gave it, as long as casework noted nothing else about this person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_security import current_user
from sqlalchemy import select

from survey.clock import HOME, today
from survey.database import db
from survey.models import AuditEvent, Enrolment, Participant, TalkWish
from survey.participation import seen
from survey.privacy import audit

#: By what was noted: what it is when it is taken back.
TAKEN_BACK = {"participant.met": "participant.met_taken_back", "talk.held": "talk.taken_back"}
#: After one of these a touch stays as it is: it may be why somebody counts as seen. None tells who answered.
NOTED = (
    *TAKEN_BACK, *TAKEN_BACK.values(), "participant.changed", "participant.note_added", "participant.note_changed",
    "observation.added", "observation.corrected", "activity.added", "activity.changed", "participant.intake_changed",
    "participant.lens_saved", "plan.changed", "plan.settled",
)  # fmt: skip
#: Stands for a programme in which somebody was not seen before.
NEVER = "never"
#: Programmes of one person whose days fit in the audit trail.
MOST = 7


@dataclass(frozen=True)
class Touch:
    """The last one of today."""

    action: str
    #: By programme, the day on which this person had been seen.
    before: tuple[date | None, ...]
    wish: UUID | None


def talked(wish: TalkWish) -> None:
    """They talked about it; when it is asked again it is new."""
    if wish.talked_on is None:
        wish.talked_on = today()
        _touch("talk.held", wish.enrolment.participant, wish=wish.id.hex)


def meet(person: Participant) -> None:
    """They had to do with each other today, about whatever it was."""
    _touch("participant.met", person)


def _touch(action: str, person: Participant, **details: str) -> None:
    before = ".".join(one.last_seen_on.isoformat() if one.last_seen_on else NEVER for one in _ways(person))
    seen(person, today())
    if len(person.enrolments) <= MOST:
        details["before"] = before
    audit.record(action, person.id, **details)


def last(person: Participant) -> Touch | None:
    """What whoever is signed in can take back."""
    newest = db.session.scalars(
        select(AuditEvent)
        .where(AuditEvent.participant_id == person.id, AuditEvent.actor == "staff")
        .where(AuditEvent.action.in_(NOTED))
        .order_by(AuditEvent.number.desc())
        .limit(1)
    ).first()
    if newest is None or newest.action not in TAKEN_BACK or newest.staff_id != current_user.id:
        return None
    days = str(newest.details.get("before", "")).split(".")
    if newest.happened_at.astimezone(HOME).date() != today() or len(days) != len(person.enrolments):
        return None
    before = tuple(None if day == NEVER else date.fromisoformat(day) for day in days)
    wish = newest.details.get("wish")
    return Touch(newest.action, before, UUID(str(wish)) if wish else None)


def take_back(person: Participant, touch: Touch) -> None:
    """As it was before that touch, and nothing else."""
    for enrolment, day in zip(_ways(person), touch.before, strict=True):
        enrolment.last_seen_on = day
    wish = db.session.get(TalkWish, touch.wish) if touch.wish else None
    if wish is not None:
        wish.talked_on = None
    audit.record(TAKEN_BACK[touch.action], person.id)


def _ways(person: Participant) -> list[Enrolment]:
    """Always in the same order."""
    return sorted(person.enrolments, key=lambda one: one.id)
