"""What is stored already of the people of a file, in the shape of its rows."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from survey.database import db
from survey.exchange.caseload.lists import name_of
from survey.exchange.caseload.rows import Row, Values, plain
from survey.exchange.people import Person
from survey.exchange.rows import Facts
from survey.models import (
    Activity,
    Enrolment,
    HouseholdMember,
    Note,
    NoteLabel,
    Observation,
    Participant,
    Programme,
)

#: Ids in one condition.
AT_ONCE = 1_000
Item = TypeVar("Item")
Key = tuple[Any, ...]


@dataclass(slots=True)
class Known:
    """Someone of the organisation: who, and what is stored, as a row of a file says it."""

    person: Person
    values: Values
    last_seen_on: Any = None
    home: HouseholdMember | None = None


@dataclass(slots=True)
class Stored:
    id: UUID
    row: Row
    #: Of an activity: the key of what it became.
    became: Key | None = None


@dataclass
class Contents:
    """Everything of these people, by what it is and by its key; several activities or notes may have the same."""

    of: dict[str, dict[Key, list[Stored]]] = field(
        default_factory=lambda: {"observation": {}, "activity": {}, "note": {}}
    )

    def add(self, one: Stored) -> None:
        self.of[one.row.what].setdefault(key_of(one.row), []).append(one)

    def rows(self) -> Iterator[Stored]:
        for by_key in self.of.values():
            for several in by_key.values():
                yield from several


def key_of(row: Row) -> Key:
    """What makes a row the same as another; a note is the same only as a whole."""
    values = row.values
    if row.what == "observation":
        return row.participant, values["kind"], values["date"]
    if row.what == "activity":
        return row.participant, values["kind"], values["activity"], values["provider"], values["date"]
    if row.what == "note":
        return row.participant, *values.values()
    return (row.participant,)


def people(programme: Programme) -> dict[str, Known]:
    """Everyone of the organisation who was not erased, by pseudonym."""
    enrolments = {
        row.participant_id: row
        for row in db.session.execute(
            select(
                Enrolment.participant_id, Enrolment.id, Enrolment.started_on, Enrolment.ended_on, Enrolment.end_reason,
                Enrolment.last_seen_on,
            ).where(Enrolment.programme_id == programme.id)
        )
    }  # fmt: skip
    homes = {one.participant_id: one for one in db.session.scalars(select(HouseholdMember))}
    columns = (
        Participant.id, Participant.pseudonym, Participant.language, Participant.group, Participant.gender,
        Participant.birth_year, Participant.arrival_year, Participant.household,
    )  # fmt: skip
    found = db.session.execute(select(*columns).where(Participant.erased_on.is_(None)))
    return {
        unicodedata.normalize("NFC", row.pseudonym): _known(row, enrolments.get(row.id), homes.get(row.id))
        for row in found
    }


def _known(row: Any, enrolment: Any, home: HouseholdMember | None) -> Known:
    household = unicodedata.normalize("NFC", row.household) if row.household else None
    started_on = enrolment.started_on if enrolment else None
    facts = Facts(row.group, row.gender, row.birth_year, row.arrival_year, household, started_on)
    person = Person(facts, started_on, participant_id=row.id, is_known=True)  # type: ignore[arg-type]  # enrolled or not
    values = {
        "date": started_on, "until": None, "ending": None, "language": row.language,
        **facts._asdict(), "home": None, "benefit": home.benefit_unit if home else None,
    }  # fmt: skip
    del values["enrolled_on"]
    last_seen_on = None
    if enrolment:
        person.enrolment_id, person.is_enrolled = enrolment.id, True
        values |= {"until": enrolment.ended_on, "ending": enrolment.end_reason}
        last_seen_on = enrolment.last_seen_on
    return Known(person, values, last_seen_on, home)


def contents(programme: Programme, everyone: Mapping[str, Known]) -> Contents:
    """Of these people, and the notes of this programme that are of nobody."""
    found = Contents()
    pseudonyms = {known.person.participant_id: pseudonym for pseudonym, known in everyone.items()}
    for ids in parts(pseudonyms):
        _read_observations(ids, pseudonyms, found)
        _read_activities(ids, pseudonyms, found)
    enrolled = [known.person.enrolment_id for known in everyone.values() if known.person.is_enrolled]
    _read_notes(programme, enrolled, pseudonyms, found)
    return found


def _read_observations(ids: Sequence[UUID], pseudonyms: Mapping[UUID, str], found: Contents) -> None:
    columns = (
        Observation.id, Observation.participant_id, Observation.what, Observation.value, Observation.observed_on,
        Observation.source,
    )  # fmt: skip
    for row in db.session.execute(select(*columns).where(Observation.participant_id.in_(ids))):
        value = plain(row.value) if row.what == "work_hours" else row.value
        values = {"kind": row.what, "value": value, "date": row.observed_on, "source": row.source}
        found.add(Stored(row.id, Row(0, pseudonyms[row.participant_id], "observation", values)))


def _read_activities(ids: Sequence[UUID], pseudonyms: Mapping[UUID, str], found: Contents) -> None:
    statement = select(Activity).where(Activity.participant_id.in_(ids))
    every = db.session.scalars(
        statement.options(joinedload(Activity.kind), joinedload(Activity.provider)).execution_options(
            populate_existing=True
        )
    ).all()
    rows = {one.id: Row(0, pseudonyms[one.participant_id], "activity", _done(one)) for one in every}
    for one in every:
        target = rows.get(one.became_id) if one.became_id else None
        found.add(Stored(one.id, rows[one.id], key_of(target) if target else None))


def _done(one: Activity) -> Values:
    return {
        "kind": one.counts_as, "activity": one.kind.name if one.kind else None, "date": one.started_on,
        "until": one.ended_on, "provider": one.provider.name if one.provider else None,
        "hours": None if one.hours is None else plain(str(one.hours)), "hours_per": one.hours_per,
        "outcome": one.outcome, "ending": one.end_reason, "number": None, "became": None,
    }  # fmt: skip


def _read_notes(
    programme: Programme, enrolled: Sequence[UUID], pseudonyms: Mapping[UUID, str], found: Contents
) -> None:
    tags = selectinload(Note.tags).joinedload(NoteLabel.label)
    of_nobody = select(Note).where(Note.programme_id == programme.id, Note.enrolment_id.is_(None))
    for note in db.session.scalars(of_nobody.options(tags, joinedload(Note.organisation))):
        found.add(_noted(note, ""))
    for ids in parts(enrolled):
        for note in db.session.scalars(_of_people(ids).options(tags)):
            if note.enrolment is not None:
                found.add(_noted(note, pseudonyms[note.enrolment.participant_id]))


def _of_people(ids: Sequence[UUID]) -> Any:
    person = contains_eager(Note.enrolment).contains_eager(Enrolment.participant)
    return (
        select(Note)
        .join(Note.enrolment)
        .join(Enrolment.participant)
        .where(Note.enrolment_id.in_(ids))
        .options(person.joinedload(Participant.key), person.joinedload(Participant.organisation))
    )


def _noted(note: Note, pseudonym: str) -> Stored:
    labels = tuple(sorted(name_of(label) for label in note.labels))
    values = {
        "kind": note.kind, "date": note.happened_on, "channel": note.channel, "minutes": note.minutes,
        "domains": tuple(note.domains), "labels": labels, "note": note.text,
    }  # fmt: skip
    return Stored(note.id, Row(0, pseudonym, "note", values))


def programmes_of(participants: Iterable[UUID]) -> dict[str, int]:
    """In which programmes these people take or took part, and how many of them."""
    found: Counter[str] = Counter()
    for ids in parts(participants):
        people = func.count(distinct(Enrolment.participant_id))
        statement = (
            select(Programme.name, people).join(Enrolment.programme).group_by(Programme.id, Programme.name)
        )
        for name, number in db.session.execute(statement.where(Enrolment.participant_id.in_(ids))):
            found[name] += number
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def parts(items: Iterable[Item]) -> Iterator[list[Item]]:
    every = list(items)
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]
