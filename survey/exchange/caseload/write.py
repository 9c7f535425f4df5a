"""What was compared is brought in. The caller commits; whoever gets an exception rolls back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from survey import notes
from survey.clock import now, today
from survey.database import db
from survey.exchange import people as persons
from survey.exchange.caseload import homes
from survey.exchange.caseload.plan import Change, Plan
from survey.exchange.caseload.rows import Row, Values
from survey.exchange.caseload.stored import parts
from survey.models import Activity, Enrolment, NoteLabel, Observation, Participant
from survey.participation import is_contact
from survey.privacy import audit


def write(plan: Plan, staff_id: UUID | None) -> None:
    """NotImported with every reason to refuse it. `staff_id`: who brings it in, and then works with who is new."""
    plan.refusals.raise_if_any()
    plan.lists.write()
    for person in plan.people.values():
        person.more_of_enrolment = {**NEW_ENROLMENT, **person.more_of_enrolment, "casemanager_id": staff_id}
        person.more = {"language": None, **person.more}
    persons.write(plan.people, plan.programme)
    homes.write(plan.moves, plan.people)
    Writing(plan, staff_id).everything()
    db.session.flush()


NEW_ENROLMENT: Values = {"ended_on": None, "end_reason": None}


def _tells_of_contact(row: Row) -> bool:
    if row.what == "observation":
        return is_contact(row.values["source"])
    return row.what == "note" and row.values["kind"] == "person"


class Writing:
    def __init__(self, plan: Plan, staff_id: UUID | None) -> None:
        self.plan = plan
        self.noted = {"recorded_at": now(), "recorded_by_id": staff_id}
        self.staff_id = staff_id

    def everything(self) -> None:
        added: dict[str, list[Row]] = {"observation": [], "activity": [], "note": [], "participant": []}
        for row in self.plan.added:
            added[row.what].append(row)
        changed = [change for change in self.plan.changed if change.stored is not None]
        self._observations(added["observation"])
        self._activities(added["activity"])
        for change in changed:
            (self._correct if change.row.what == "observation" else self._change)(change)
        enrolments = self._enrolments(added["note"])
        self._notes(added["note"], enrolments)
        self._seen([*added["observation"], *added["note"], *(change.row for change in changed)])

    def _person_id(self, row: Row) -> UUID:
        return self.plan.people[row.participant].participant_id

    def _observations(self, rows: Iterable[Row]) -> None:
        for row in rows:
            values = row.values
            db.session.add(
                Observation(
                    participant_id=self._person_id(row), what=values["kind"], value=values["value"],
                    observed_on=values["date"], source=values["source"], **self.noted,
                )
            )  # fmt: skip
            audit.record("observation.added", self._person_id(row), what=values["kind"])

    def _correct(self, change: Change) -> None:
        """As it stood is kept in the audit trail."""
        there, here, one = change.stored, change.row.values, self._person_id(change.row)
        if there is None:
            return
        was = there.row.values
        audit.record(
            "observation.corrected", one, what=was["kind"], was=was["value"], was_on=was["date"].isoformat(),
            was_from=was["source"],
        )  # fmt: skip
        statement = update(Observation).where(Observation.id == there.id)
        values = {"value": here["value"], "source": here["source"], "version": Observation.version + 1}
        db.session.execute(statement.values(**values, **self.noted))

    def _activities(self, rows: Iterable[Row]) -> None:
        for row in rows:
            made = self.plan.activities[row.line]
            db.session.add(
                Activity(id=made, participant_id=self._person_id(row), **self._facts(row), **self.noted)
            )
            audit.record("activity.added", self._person_id(row), activity=made.hex)

    def _change(self, change: Change) -> None:
        there = self.plan.activities[change.row.line]
        values = {**self._facts(change.row), **self.noted, "version": Activity.version + 1}
        db.session.execute(update(Activity).where(Activity.id == there).values(values))
        audit.record("activity.changed", self._person_id(change.row), activity=there.hex)

    def _facts(self, row: Row) -> dict[str, Any]:
        values, target = row.values, self.plan.became.get(row.line)
        return {
            "kind_id": self.plan.lists.kind_id(values["activity"]),
            "standard": None if values["activity"] else values["kind"],
            "provider_id": self.plan.lists.provider_id(values["provider"]),
            "started_on": values["date"], "ended_on": values["until"],
            "hours": None if values["hours"] is None else float(values["hours"]), "hours_per": values["hours_per"],
            "outcome": values["outcome"], "end_reason": values["ending"],
            "became_id": self.plan.activities[target.line] if target else None,
        }  # fmt: skip

    def _enrolments(self, rows: Sequence[Row]) -> dict[str, Enrolment]:
        """Of everyone a note is of, with the key that seals it."""
        wanted = {
            self.plan.people[row.participant].enrolment_id: row.participant for row in rows if row.participant
        }
        person = joinedload(Enrolment.participant)
        found: dict[str, Enrolment] = {}
        for ids in parts(wanted):
            statement = select(Enrolment).where(Enrolment.id.in_(ids))
            statement = statement.options(
                person.joinedload(Participant.key), person.joinedload(Participant.organisation)
            )
            found |= {wanted[one.id]: one for one in db.session.scalars(statement)}
        return found

    def _notes(self, rows: Iterable[Row], enrolments: dict[str, Enrolment]) -> None:
        tags = []
        for row in rows:
            values = row.values
            enrolment = enrolments.get(row.participant)
            note = notes.begin(uuid4(), values["kind"], self.plan.programme, enrolment, self.staff_id)
            note.happened_on, note.minutes, note.channel = (
                values["date"],
                values["minutes"],
                values["channel"],
            )
            note.domains, note.changed_at, note.version = list(values["domains"]), now(), 1
            note.text = values["note"]
            db.session.add(note)
            tags += [(note.id, self.plan.lists.label_id(name)) for name in values["labels"]]
            notes.record(note, "added")
        db.session.flush()
        owner = self.plan.programme.organisation_id
        db.session.add_all(
            NoteLabel(organisation_id=owner, note_id=note, label_id=label) for note, label in tags
        )

    def _seen(self, rows: Iterable[Row]) -> None:
        """Of whom these rows tell that there was contact: see survey.participation.seen."""
        latest: dict[UUID, date] = {}
        for row in rows:
            if _tells_of_contact(row) and row.values["date"] <= today():
                one = self._person_id(row)
                latest[one] = max(latest.get(one, row.values["date"]), row.values["date"])
        db.session.flush()
        for ids in parts(latest):
            for enrolment in db.session.scalars(select(Enrolment).where(Enrolment.participant_id.in_(ids))):
                day = latest[enrolment.participant_id]
                enrolment.last_seen_on = max(day, enrolment.last_seen_on or day)
