"""Notes as they are begun, and what the audit trail says of them. Shared by casework and loaded caseloads."""

from __future__ import annotations

from uuid import UUID

from survey.models import Enrolment, Note, Programme
from survey.privacy import audit


def begin(
    note_id: UUID, kind: str, programme: Programme, enrolment: Enrolment | None, staff_id: UUID | None
) -> Note:
    """A note without words yet. It knows whose it is, for that decides with which key its words are sealed."""
    return Note(
        id=note_id, organisation_id=programme.organisation_id, organisation=programme.organisation, kind=kind,
        programme=programme, enrolment=enrolment, written_by_id=staff_id, version=0,
    )  # fmt: skip


def record(note: Note, how: str) -> None:
    """That somebody wrote it, never what it says."""
    if note.enrolment is not None:
        audit.record(f"participant.note_{how}", note.enrolment.participant_id)
    else:
        audit.record("programme.noted", programme=note.programme.code, kind=note.kind, decision=how)
