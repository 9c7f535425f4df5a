"""Removing one kind of what is kept about someone in one programme, because it was kept long enough.

What belongs to the person and not to one programme (name, facts, key) is due only when no programme needs it.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select

from survey.clock import HOME
from survey.database import db
from survey.models import (
    AccessCode,
    CodeAttempts,
    DomainLink,
    Enrolment,
    Goal,
    Identity,
    Intake,
    Note,
    OpenAnswer,
    PictureLock,
    PlanVersion,
    Response,
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
        "casework": set().union(
            *(_set(select(model.enrolment_id)) for model in (Goal, DomainLink, PlanVersion, Intake)),
            _set(select(Response.enrolment_id).where(Response.respondent == "casemanager")),
            _set(select(Note.enrolment_id).where(Note.enrolment_id.is_not(None))),
        ),
        "answers": _set(everyone),
    }


def last_written() -> dict[UUID, date]:
    """By enrolment, the day on which plan, notes, intake or lens were last worked on."""
    found: dict[UUID, date] = {}
    written: list[tuple[Any, Any]] = [
        (model.enrolment_id, model.changed_at) for model in (Goal, DomainLink, Note)
    ]
    for enrolment, moment in (*written, (PlanVersion.enrolment_id, PlanVersion.settled_at)):
        newest = select(enrolment, func.max(moment)).where(enrolment.is_not(None)).group_by(enrolment)
        for enrolment_id, last in db.session.execute(newest):
            day = last.astimezone(HOME).date()
            found[enrolment_id] = max(found.get(enrolment_id, day), day)
    lenses = select(Response.enrolment_id, Response.answered_on).where(Response.respondent == "casemanager")
    intakes = select(Intake.enrolment_id, func.coalesce(Intake.finished_on, Intake.begun_on))
    for enrolment_id, day in (*db.session.execute(lenses), *db.session.execute(intakes)):
        found[enrolment_id] = max(found.get(enrolment_id, day), day)
    return found


def remove(kind: str, enrolment: Enrolment) -> None:
    """Gone for good, in the files' bytes too; the caller commits."""
    REMOVALS[kind](enrolment)
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


def _casework(enrolment: Enrolment) -> None:
    erasure.delete_casework([enrolment.id])


REMOVALS = {
    "codes": _codes, "identity": _identity, "open_answers": _open_answers, "casework": _casework, "answers": _answers,
}  # fmt: skip


def _set(statement: Select[Any]) -> set[UUID]:
    return set(db.session.scalars(statement))


def _run(statement: object) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]
