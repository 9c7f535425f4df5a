"""Removing one kind of what is kept about someone in one programme, because it was kept long enough.

What belongs to the person and not to one programme (name, facts, key) is due only when no programme needs it.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, delete, select

from survey.database import db
from survey.models import (
    AccessCode,
    CodeAttempts,
    Enrolment,
    Identity,
    OpenAnswer,
    PictureLock,
    Story,
    Visit,
)
from survey.privacy import erasure, scrubbing


def what_is_there() -> dict[str, set[UUID]]:
    """By kind, the enrolments of which something is kept."""
    everyone = select(Enrolment.id)
    return {
        "codes": _set(select(AccessCode.enrolment_id)),
        "identity": _set(everyone.join(Identity, Identity.participant_id == Enrolment.participant_id)),
        "open_answers": _set(select(Visit.enrolment_id).join(OpenAnswer, OpenAnswer.visit_id == Visit.id)),
        "answers": _set(everyone),
    }


def remove(kind: str, enrolment: Enrolment) -> None:
    """Gone for good, in the files' bytes too; the caller commits."""
    {"codes": _codes, "identity": _identity, "open_answers": _open_answers, "answers": _answers}[kind](
        enrolment
    )
    db.session.flush()
    scrubbing.after_commit(db.session)


def _codes(enrolment: Enrolment) -> None:
    selectors = list(
        db.session.scalars(select(AccessCode.selector).where(AccessCode.enrolment_id == enrolment.id))
    )
    _run(delete(CodeAttempts).where(CodeAttempts.selector.in_(selectors)))
    _run(delete(AccessCode).where(AccessCode.enrolment_id == enrolment.id))
    _run(delete(PictureLock).where(PictureLock.enrolment_id == enrolment.id))


def _identity(enrolment: Enrolment) -> None:
    _run(delete(Identity).where(Identity.participant_id == enrolment.participant_id))


def _open_answers(enrolment: Enrolment) -> None:
    visits = list(db.session.scalars(select(Visit.id).where(Visit.enrolment_id == enrolment.id)))
    answers = list(db.session.scalars(select(OpenAnswer.id).where(OpenAnswer.visit_id.in_(visits))))
    _run(delete(Story).where(Story.open_answer_id.in_(answers)))
    _run(delete(OpenAnswer).where(OpenAnswer.id.in_(answers)))


def _answers(enrolment: Enrolment) -> None:
    """With the answers goes the person."""
    if enrolment.participant.erased_on is None:
        erasure.forget(enrolment.participant)


def _set(statement: Select[UUID]) -> set[UUID]:
    return set(db.session.scalars(statement))


def _run(statement: object) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]
