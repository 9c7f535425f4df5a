"""Four pictures in an order: what opens someone's answers at a later visit, since others may know the code.

There are 43,680 ways to choose them. Wrong ones are counted in the database, so that all workers see it, and from the
fourth on each makes the wait twice as long, up to a day: in a year that is some four hundred tries. Nothing else waits:
answering goes on, and so does taking everything back.
"""

from __future__ import annotations

from hmac import compare_digest
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from survey.clock import now
from survey.database import db
from survey.models import Enrolment, Participant, PictureLock

FREE_TRIES = 3
FIRST_WAIT = 60
LONGEST_WAIT = 24 * 3600


class TooManyTries(Exception):
    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def lock_of(enrolment_id: UUID) -> PictureLock | None:
    person = joinedload(PictureLock.participant)
    return db.session.scalar(
        select(PictureLock)
        .where(PictureLock.enrolment_id == enrolment_id)
        .options(person.joinedload(Participant.key), person.joinedload(Participant.organisation))
    )


def choose(enrolment: Enrolment, pictures: tuple[str, ...], opens: tuple[str, int]) -> None:
    """From now on these are this person's pictures; those from before open nothing any more.

    `opens`: what they open, see survey.respond.opened.
    """
    db.session.execute(delete(PictureLock).where(PictureLock.enrolment_id == enrolment.id))
    lock = PictureLock(
        organisation_id=enrolment.organisation_id, enrolment_id=enrolment.id, participant=enrolment.participant,
        sitting=opens[0], opens_from=opens[1],
    )  # fmt: skip
    lock.pictures = " ".join(pictures)
    db.session.add(lock)
    db.session.flush()


def fit(enrolment_id: UUID, pictures: tuple[str, ...]) -> bool:
    """Whether these are the right ones; wrong ones are counted at once, whatever happens to the request.

    Raises TooManyTries while the lock waits, whatever the pictures.
    """
    found = select(PictureLock).where(PictureLock.enrolment_id == enrolment_id)
    lock = db.session.scalars(found.with_for_update().execution_options(populate_existing=True)).one()
    moment = now().timestamp()
    if lock.blocked_until > moment:
        raise TooManyTries(round(lock.blocked_until - moment))
    is_right = compare_digest(" ".join(pictures), lock.pictures or "")
    if is_right:
        lock.failures = 0
    else:
        lock.failures += 1
        over = lock.failures - FREE_TRIES
        if over > 0:
            lock.blocked_until = moment + min(FIRST_WAIT * 2 ** min(over - 1, 20), LONGEST_WAIT)
    db.session.commit()
    return is_right
