"""Notes as casemanagers read them: of one person, of programmes, and those in which a search found something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, func, select, type_coerce
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from survey import labels as names
from survey.casework import filters
from survey.clock import today
from survey.database import db
from survey.languages import DEFAULT, LANGUAGES
from survey.models import Enrolment, Label, Note, NoteLabel, Participant, Programme

PAGE = 20
#: On the person's page.
NEWEST = 3
#: To write a note about at a touch: those of one's own people seen last.
OWN = 16
#: Opened in one search at most: words are sealed, so looking in a note means opening it.
MOST_OPENED = 300
MOST_SHOWN = 50


@dataclass(frozen=True)
class Listing:
    notes: Sequence[Note]
    number: int
    page: int
    pages: int


@dataclass(frozen=True)
class Found:
    """What a search found; in how many notes it looked, of how many."""

    notes: list[Note]
    #: How many were found: those beyond `MOST_SHOWN` are not in `notes`.
    number: int
    opened: int
    of: int


def section(person: Participant) -> Mapping[str, Any]:
    listing = of_person(person, 1, NEWEST)
    return {"notes": listing.notes, "number": listing.number}


def own_people(own: UUID) -> list[Participant]:
    """Of this casemanager, who take part now: who was seen last comes first."""
    seen = func.max(Enrolment.last_seen_on)
    latest = (
        select(Enrolment.participant_id, seen.label("seen_on"))
        .where(Enrolment.casemanager_id == own, filters.takes_part(today()))
        .group_by(Enrolment.participant_id)
        .subquery()
    )
    statement = (
        select(Participant)
        .join(latest, latest.c.participant_id == Participant.id)
        .where(Participant.erased_on.is_(None))
        .options(joinedload(Participant.key), joinedload(Participant.identity))
        .order_by(latest.c.seen_on.is_(None), latest.c.seen_on.desc(), Participant.pseudonym)
    )
    return list(db.session.scalars(statement.limit(OWN)))


def of_person(person: Participant, page: int, rows: int = PAGE) -> Listing:
    """The newest first."""
    return _listing(_of_people().where(Enrolment.participant_id == person.id), page, rows)


def of_programmes(page: int) -> Listing:
    """Of group talks, partners and the advisory council, and questions; the newest first."""
    statement = (
        select(Note)
        .where(Note.kind != "person")
        .options(joinedload(Note.programme), joinedload(Note.organisation), *_around())
    )
    return _listing(statement, page, PAGE)


def search(own: UUID, words: str, label: str, domain: str) -> Found:
    """In the notes of this casemanager's own people, the newest first; every word must be in the note.

    Labels and domains narrow it down before anything is opened.
    """
    conditions: list[ColumnElement[bool]] = [Enrolment.casemanager_id == own]
    if label:
        conditions.append(Note.id.in_(select(NoteLabel.note_id).where(NoteLabel.label_id == UUID(label))))
    if domain:
        conditions.append(type_coerce(Note.domains, String).contains(f'"{domain}"', autoescape=True))
    statement = _of_people().where(*conditions)
    number = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    opened = db.session.scalars(_in_order(statement).limit(MOST_OPENED)).all()
    wanted = words.casefold().split()
    hits = [note for note in opened if all(word in (note.text or "").casefold() for word in wanted)]
    return Found(hits[:MOST_SHOWN], len(hits), len(opened), number)


def note(note_id: UUID, lock: bool) -> Note | None:
    """`lock`: to change it, so that nobody else does meanwhile. None of who was erased."""
    statement = (
        select(Note)
        .where(Note.id == note_id)
        .options(
            joinedload(Note.enrolment).joinedload(Enrolment.participant).joinedload(Participant.key),
            joinedload(Note.programme).selectinload(Programme.waves), joinedload(Note.organisation), *_around(),
        )
    )  # fmt: skip
    if lock:
        statement = statement.with_for_update(of=Note).execution_options(populate_existing=True)
    return db.session.scalar(statement)


def labels(kept: Sequence[Label] = ()) -> list[tuple[str, Any]]:
    """(id, name) of what is offered, by name; and what a note has already, though it is not offered any more."""
    offered = db.session.scalars(select(Label).where(Label.retired_on.is_(None))).all()
    every = {label.id: label for label in (*offered, *kept)}
    named = [(str(label.id), str(names.name(label))) for label in every.values()]
    return sorted(named, key=lambda one: one[1].casefold())


def programmes() -> dict[str, Programme]:
    """By code, by name."""
    statement = select(Programme).options(joinedload(Programme.organisation))
    found = db.session.scalars(statement.order_by(Programme.name, Programme.code))
    return {programme.code: programme for programme in found}


def language_of(person: Participant) -> str:
    return person.language if person.language in LANGUAGES else DEFAULT


def _of_people() -> Select[Note]:
    person = contains_eager(Note.enrolment).contains_eager(Enrolment.participant)
    return (
        select(Note)
        .join(Note.enrolment)
        .join(Enrolment.participant)
        .where(Participant.erased_on.is_(None))
        .options(
            person.options(joinedload(Participant.key), joinedload(Participant.identity)),
            joinedload(Note.programme), *_around(),
        )
    )  # fmt: skip


def _around() -> tuple[Any, ...]:
    return (selectinload(Note.tags).joinedload(NoteLabel.label), joinedload(Note.written_by))


def _in_order(statement: Select[Note]) -> Select[Note]:
    return statement.order_by(Note.happened_on.desc(), Note.changed_at.desc(), Note.id)


def _listing(statement: Select[Note], page: int, rows: int) -> Listing:
    number = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    pages = max(1, -(-number // rows))
    page = min(max(page, 1), pages)
    found = db.session.scalars(_in_order(statement).limit(rows).offset((page - 1) * rows)).all()
    return Listing(found, number, page, pages)
