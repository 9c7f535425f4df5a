"""What goes wherever words go: with the person, and at the end of keeping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from survey.models import DomainLink, Goal, Intake, Note, OpenAnswer, PlanVersion, Response, Story
from survey.privacy.erasure.rows import ids, run


def delete_casework(enrolments: Sequence[UUID]) -> None:
    """Plans with every version, notes with the stories that were made of them, intakes, and a casemanager's lenses.

    Steps, labels, sections and pages go along.
    """
    notes = ids(select(Note.id).where(Note.enrolment_id.in_(enrolments)))
    run(delete(Story).where(Story.note_id.in_(notes)))
    for model in (Note, Goal, DomainLink, PlanVersion, Intake):
        run(delete(model).where(model.enrolment_id.in_(enrolments)))
    lenses = delete(Response).where(
        Response.enrolment_id.in_(enrolments), Response.respondent == "casemanager"
    )
    run(lenses)


def delete_words(of: Any) -> None:
    """Open answers, and what was rewritten from them; what a release quotes is in the release."""
    answers = ids(select(OpenAnswer.id).where(of))
    run(delete(Story).where(Story.open_answer_id.in_(answers)))
    run(delete(OpenAnswer).where(OpenAnswer.id.in_(answers)))
