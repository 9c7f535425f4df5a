"""The people in a file: what its rows say of them together, who is new, and who joins the programme."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext as _
from sqlalchemy import insert, update

from survey.database import db
from survey.exchange import cells, queries
from survey.exchange.columns import FACTS
from survey.exchange.rows import Facts, Record
from survey.models import Enrolment, Participant, PersonKey, Programme
from survey.privacy import audit
from survey.privacy.fields import make_person_key
from survey.refusal import Refusals

#: What is a fact of the enrolment, and its column.
OF_ENROLMENT = {"enrolled_on": "started_on", "ended_on": "ended_on", "end_reason": "end_reason"}


@dataclass(slots=True)
class Person:
    """Someone named in the file."""

    facts: Facts
    #: The earliest date in their rows.
    first_day: date
    participant_id: UUID = field(default_factory=uuid4)
    enrolment_id: UUID = field(default_factory=uuid4)
    is_known: bool = False
    is_enrolled: bool = False
    #: Facts that take the place of stored ones.
    changes: dict[str, Any] | None = None
    #: What else is kept of someone new, and of who joins: a caseload tells more than answers do.
    more: dict[str, Any] = field(default_factory=dict)
    more_of_enrolment: dict[str, Any] = field(default_factory=dict)


def gather(records: Iterable[Record], refusals: Refusals) -> dict[str, Person]:
    """Everyone in the file by pseudonym; a row that contradicts an earlier one of its person is refused."""
    people: dict[str, Person] = {}
    for record in records:
        person = people.get(record.participant)
        if person is None:
            people[record.participant] = Person(record.facts, record.manner.day)
            continue
        person.first_day = min(person.first_day, record.manner.day)
        if person.facts is not record.facts:
            person.facts = _together(person, record, refusals)
    return people


def _together(person: Person, record: Record, refusals: Refusals) -> Facts:
    for column, before, here in zip(FACTS, person.facts, record.facts, strict=True):
        if before is not None and here is not None and before != here:
            reason = _("An earlier row of this person says %(value)s.", value=before)
            refusals.add(record.line, column, reason)
    together = (
        here if before is None else before for before, here in zip(person.facts, record.facts, strict=True)
    )
    return Facts._make(together)


def match(
    people: dict[str, Person], programme: Programme, records: list[Record], replace: bool, refusals: Refusals
) -> None:
    """Find out who is known. What differs from what is known is a change, or refused without `replace`."""
    differing: dict[tuple[str, str], object] = {}
    for pseudonym, stored in queries.people(programme):
        person = people.get(pseudonym)
        if person is None:
            continue
        person.participant_id = stored.participant_id
        person.is_known = True
        if stored.enrolment_id is not None:
            person.enrolment_id = stored.enrolment_id
            person.is_enrolled = True
        changes = dict(_differences(person, stored.facts))
        if replace:
            person.changes = changes or None
        else:
            differing |= {(pseudonym, column): getattr(stored.facts, column) for column in changes}
    _refuse_differing(differing, records, refusals)
    _judge_new_texts(people, records, refusals)


def _differences(person: Person, stored: Facts) -> Iterator[tuple[str, object]]:
    for column, said, known in zip(FACTS, person.facts, stored, strict=True):
        joins = column == "enrolled_on" and not person.is_enrolled
        if said is not None and said != known and not joins:
            yield column, said


def _refuse_differing(
    differing: dict[tuple[str, str], object], records: list[Record], refusals: Refusals
) -> None:
    if not differing:
        return
    for record in records:
        for column, said in zip(FACTS, record.facts, strict=True):
            if said is None or (record.participant, column) not in differing:
                continue
            known = differing[record.participant, column]
            if known is None:
                reason = _("Nothing is known about this yet. To add it, import with --replace.")
            else:
                reason = _("It is known as %(value)s. To change it, import with --replace.", value=known)
            refusals.add(record.line, column, reason)


def _judge_new_texts(people: dict[str, Person], records: list[Record], refusals: Refusals) -> None:
    """Pseudonyms and households that would be kept from now on must be fit to be kept."""
    for record in records:
        person = people[record.participant]
        checks = []
        if not person.is_known:
            checks.append(("participant", cells.new_pseudonym, record.participant))
        if record.facts.household and (not person.is_known or "household" in (person.changes or {})):
            checks.append(("household", cells.new_text, record.facts.household))
        for column, check, text in checks:
            try:
                check(text)
            except cells.Unfit as reason:
                refusals.add(record.line, column, str(reason))


def write(people: dict[str, Person], programme: Programme) -> None:
    """Add who is new, enrol who joins, and change what is to be replaced."""
    everyone = people.items()
    new = [(pseudonym, person) for pseudonym, person in everyone if not person.is_known]
    joining = [person for person in people.values() if not person.is_enrolled]
    _insert(Participant, [_participant_row(pseudonym, person) for pseudonym, person in new])
    _insert(PersonKey, [_key_row(person, programme) for _pseudonym, person in new])
    _insert(Enrolment, [_enrolment_row(person, programme) for person in joining])
    for _pseudonym, person in new:
        audit.record("participant.added", person.participant_id)
    for person in people.values():
        if person.changes:
            _change(person)
            audit.record("participant.changed", person.participant_id)


def _insert(model: type[Participant] | type[PersonKey] | type[Enrolment], rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(model).execution_options(render_nulls=True), rows)


def _participant_row(pseudonym: str, person: Person) -> dict[str, Any]:
    facts = person.facts._asdict()
    del facts["enrolled_on"]
    organisation_id = db.session.organisation_id
    return {
        "id": person.participant_id,
        "organisation_id": organisation_id,
        "pseudonym": pseudonym,
        **facts,
        **person.more,
    }


def _key_row(person: Person, programme: Programme) -> dict[str, Any]:
    """The key of someone new, sealed as ever, with plain stand-ins for the rows that are inserted in bulk."""
    key = SimpleNamespace(id=uuid4(), wrapped=b"")
    owner = SimpleNamespace(organisation_id=programme.organisation_id, organisation=programme.organisation)
    make_person_key(owner, key)
    return {
        "id": key.id, "organisation_id": programme.organisation_id, "participant_id": person.participant_id,
        "wrapped": key.wrapped,
    }  # fmt: skip


def _enrolment_row(person: Person, programme: Programme) -> dict[str, Any]:
    return {
        "id": person.enrolment_id, "organisation_id": programme.organisation_id, "programme_id": programme.id,
        "participant_id": person.participant_id, "started_on": person.facts.enrolled_on or person.first_day,
        **person.more_of_enrolment,
    }  # fmt: skip


def _change(person: Person) -> None:
    changes = dict(person.changes or {})
    of_enrolment = {column: changes.pop(name) for name, column in OF_ENROLMENT.items() if name in changes}
    if changes:
        db.session.execute(update(Participant).where(Participant.id == person.participant_id).values(changes))
    if of_enrolment:
        enrolment = update(Enrolment).where(Enrolment.id == person.enrolment_id)
        db.session.execute(enrolment.values(of_enrolment))
