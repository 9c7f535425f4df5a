"""Notes come, change and go. The audit trail says that somebody wrote one, never what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete

from survey import notes, participation
from survey.casework.notes import queries
from survey.clock import now, today
from survey.database import db
from survey.fieldwork import Refused, window
from survey.models import Consent, Enrolment, Note, NoteLabel, Programme, Story, Wave
from survey.privacy import audit

#: Of the sentence to which a person says yes when a story is made of a note: see StoryForm.agreed.
CONSENT_TEXT_VERSION = 1


@dataclass(frozen=True)
class NoteAsTyped:
    happened_on: date
    text: str | None
    minutes: int | None
    channel: str | None
    domains: list[str]
    labels: list[UUID]


@dataclass(frozen=True)
class Rewritten:
    """A note in other words."""

    text: str
    language: str
    domain: str


def add_to_person(note_id: UUID, enrolment: Enrolment, typed: NoteAsTyped, staff_id: UUID) -> None:
    """A note of a talk with one person."""
    note = notes.begin(note_id, "person", enrolment.programme, enrolment, staff_id)
    _write(note, typed)
    participation.seen(enrolment, typed.happened_on)
    notes.record(note, "added")


def add_to_programme(
    note_id: UUID, kind: str, programme: Programme, typed: NoteAsTyped, staff_id: UUID
) -> None:
    """A group talk, a partner, the advisory council, or a question to the help desk: of nobody."""
    note = notes.begin(note_id, kind, programme, None, staff_id)
    _write(note, typed)
    notes.record(note, "added")


def change(note: Note, typed: NoteAsTyped, kind: str) -> None:
    """`kind` may become another one of those that are of nobody."""
    note.kind = kind
    _write(note, typed)
    notes.record(note, "changed")


def _write(note: Note, typed: NoteAsTyped) -> None:
    note.happened_on, note.minutes, note.channel = typed.happened_on, typed.minutes, typed.channel
    note.domains, note.changed_at, note.version = list(typed.domains), now(), note.version + 1
    note.text = typed.text or None
    db.session.add(note)
    db.session.flush()
    _label(note, typed.labels)


def _label(note: Note, labels: Iterable[UUID]) -> None:
    db.session.execute(delete(NoteLabel).where(NoteLabel.note_id == note.id))
    db.session.add_all(
        NoteLabel(organisation_id=note.organisation_id, note_id=note.id, label_id=label) for label in labels
    )
    db.session.flush()
    db.session.expire(note, ["tags"])


def remove(note: Note) -> None:
    """With the story that was made of it, if there is one; what was released stays as it was."""
    notes.record(note, "removed")
    db.session.delete(note)
    db.session.flush()


def propose(note: Note, rewritten: Rewritten, staff_id: UUID) -> None:
    """Make a draft of a story, for a coordinator to decide on, and keep that the person said yes to this one.

    A coordinator sees the rewritten text and never the note.
    """
    if note.enrolment is None or note.proposed_on is not None:
        raise Refused(_("A story was made of this note already."))
    wave = _wave_of(note, note.enrolment)
    person = note.enrolment.participant
    db.session.add_all([
        Story(
            programme=note.programme, wave_id=wave.id, note_id=note.id, domain=rewritten.domain, text=rewritten.text,
            language=rewritten.language, stance="typical", state="draft",
        ),
        Consent(
            participant_id=person.id, wave_id=wave.id, note_id=note.id, purpose="quote", given_at=now(),
            text_version=CONSENT_TEXT_VERSION, language=queries.language_of(person),
        ),
    ])  # fmt: skip
    note.proposed_on = today()
    db.session.flush()
    audit.record("consent.given", person.id, purpose="quote")
    audit.record("participant.note_proposed", person.id)


def _wave_of(note: Note, enrolment: Enrolment) -> Wave:
    """The wave that had begun for this person on the day of the note: beside its results the story may stand."""
    waves = enrolment.programme.waves
    begun = [wave for wave in waves if window(wave, enrolment.started_on)[0] <= note.happened_on]
    if not waves:
        raise Refused(_("This programme has no wave yet, so no story can stand beside its results."))
    return (begun or list(waves))[-1 if begun else 0]
