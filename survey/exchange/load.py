"""Importing: a table becomes responses, all of it or nothing.

Everything is checked and compared with what is stored before anything is written, so that every reason to
refuse is told at once. The caller commits; whoever gets an exception rolls back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from flask_babel import gettext as _
from sqlalchemy import delete, insert, update

from instruments.scoring import Answer
from survey.database import db
from survey.exchange import people as persons
from survey.exchange import queries, read, rows
from survey.exchange.columns import Layout, header_refusals, layout
from survey.exchange.people import Person
from survey.exchange.queries import StoredResponse
from survey.exchange.rows import Record
from survey.exchange.table import Table
from survey.models import Page, Programme, Response, Visit
from survey.privacy import audit
from survey.progress import progress
from survey.refusal import Refusals


@dataclass(frozen=True)
class Summary:
    """What an import did, or would do."""

    rows: int
    added: int
    replaced: int
    unchanged: int
    new_participants: int
    new_enrolments: int
    changed_people: int


class Change(NamedTuple):
    """A record to write; `response_id` is the stored one that it replaces, None when it is new."""

    record: Record
    enrolment_id: UUID
    response_id: UUID | None


#: How many responses are written at once, each with a page for every domain.
CHUNK = 500
Visits = dict[tuple[UUID, UUID], tuple[UUID, str]]


def load_file(path: Path, programme: Programme, replace: bool = False) -> Summary:
    """Import a CSV or XLSX file, as `load` does."""
    return load(programme, read.table(path), replace)


def load(programme: Programme, table: Table, replace: bool = False) -> Summary:
    """Import into a programme whose organisation was entered; NotImported holds every reason to refuse."""
    queries.hold_waves(programme)
    frame = layout(programme)
    misnamed = list(header_refusals(frame, table.columns, table.header_line))
    refusals = Refusals([*table.refusals, *misnamed])
    if misnamed:
        refusals.raise_if_any()  # rows mean nothing under a wrong heading
    records = rows.check(frame, table, refusals)
    people = persons.gather(records, refusals)
    persons.match(people, programme, records, replace, refusals)
    visits = queries.visits(programme)
    changes = list(_changes(programme, records, people, replace, refusals))
    for change in changes:
        _gate(change, frame, visits, refusals)
    refusals.raise_if_any()
    persons.write(people, programme)
    _write_visits(changes, visits)
    _write_responses(changes)
    _note(programme, changes, people)
    return _summary(records, changes, people)


def _note(programme: Programme, changes: list[Change], people: dict[str, Person]) -> None:
    """Once for everyone whose answers came in or changed."""
    touched = {change.enrolment_id for change in changes}
    for person in people.values():
        if person.enrolment_id in touched:
            audit.record("answers.imported", person.participant_id, programme=programme.code)


def _summary(records: list[Record], changes: list[Change], people: dict[str, Person]) -> Summary:
    replaced = sum(change.response_id is not None for change in changes)
    return Summary(
        rows=len(records),
        added=len(changes) - replaced,
        replaced=replaced,
        unchanged=len(records) - len(changes),
        new_participants=sum(not person.is_known for person in people.values()),
        new_enrolments=sum(not person.is_enrolled for person in people.values()),
        changed_people=sum(bool(person.changes) for person in people.values()),
    )


def _changes(
    programme: Programme, records: list[Record], people: dict[str, Person], replace: bool, refusals: Refusals
) -> Iterator[Change]:
    """The records that are not stored as they are; those that differ are refused without `replace`."""
    stored = queries.responses(programme)
    answers = queries.answers(stored.values())
    for record in records:
        wave, instrument = record.asked
        enrolment_id = people[record.participant].enrolment_id
        found = stored.get((enrolment_id, wave.id, instrument.key, record.manner.respondent))
        if found is None:
            yield Change(record, enrolment_id, None)
            continue
        differing = _differing_columns(record, found, queries.together(answers.get(found.id, [])))
        if differing and replace:
            yield Change(record, enrolment_id, found.id)
        elif differing:
            for column in differing:
                reason = _("Something else is stored here. To change it, import with --replace.")
                refusals.add(record.line, column, reason)


def _differing_columns(record: Record, stored: StoredResponse, answers: dict[str, Answer]) -> list[str]:
    manner = record.manner
    pairs = {
        "version": (record.asked.instrument.version, stored.version),
        "date": (manner.day, stored.day),
        "language": (manner.language, stored.language),
        "mode": (manner.mode, stored.mode),
    }
    differing = [column for column, (here, there) in pairs.items() if here != there]
    here = record.answers
    if here != answers:
        differing += [item for item in {**here, **answers} if here.get(item) != answers.get(item)]
    return differing


def _gate(change: Change, frame: Layout, visits: Visits, refusals: Refusals) -> None:
    """What is written passes the gates that participants pass; what changes nothing needs none."""
    record = change.record
    wave, manner = record.asked.wave, record.manner
    for column, reason in rows.shut_gates(frame, wave, manner.language):
        refusals.add(record.line, column, reason)
    visit = visits.get((change.enrolment_id, wave.id))
    if visit is not None and visit[1] == "refused" and manner.respondent == "self":
        # Who refused is not told: to staff it looks like having answered.
        reason = _("This person has dealt with this wave themselves; nothing can be added for them.")
        refusals.add(record.line, "participant", reason)


def _write_visits(changes: list[Change], visits: Visits) -> None:
    """Whoever answered themselves is done with the wave: nobody should ask them again."""
    latest: dict[tuple[UUID, UUID], tuple[date, str]] = {}
    for change in changes:
        manner = change.record.manner
        if manner.respondent == "self":
            place = (change.enrolment_id, change.record.asked.wave.id)
            latest[place] = max(latest.get(place, (date.min, "")), (manner.day, manner.language))
    new, finished = [], []
    for (enrolment_id, wave_id), (day, language) in latest.items():
        visit = visits.get((enrolment_id, wave_id))
        if visit is None:
            new.append(
                {
                    "id": uuid4(), "organisation_id": db.session.organisation_id, "wave_id": wave_id,
                    "enrolment_id": enrolment_id, "state": "finished", "language": language,
                    "finished_on": day,
                }
            )  # fmt: skip
        elif visit[1] != "finished":
            finished.append({"id": visit[0], "state": "finished", "finished_on": day})
    if new:
        db.session.execute(insert(Visit), new)
    if finished:
        db.session.execute(update(Visit), finished)


def _write_responses(changes: list[Change]) -> None:
    remaining = iter(progress(changes, _("Writing")))
    while part := list(islice(remaining, CHUNK)):
        _clear_replaced(part)
        new: list[dict[str, Any]] = []
        replaced: list[dict[str, Any]] = []
        pages: list[dict[str, Any]] = []
        for change in part:
            row = _response_row(change)
            (new if change.response_id is None else replaced).append(row)
            pages.extend(_page_rows(change.record, row["id"]))
        if new:
            db.session.execute(insert(Response), new)
        if replaced:
            db.session.execute(update(Response), replaced)
        if pages:
            db.session.execute(insert(Page).execution_options(render_nulls=True), pages)


def _clear_replaced(part: list[Change]) -> None:
    replaced = [change.response_id for change in part if change.response_id is not None]
    if replaced:
        pages = delete(Page).where(Page.response_id.in_(replaced))
        db.session.execute(pages.execution_options(synchronize_session=False))


def _response_row(change: Change) -> dict[str, Any]:
    (wave, instrument), manner = change.record.asked, change.record.manner
    return {
        "id": change.response_id or uuid4(), "organisation_id": db.session.organisation_id,
        "enrolment_id": change.enrolment_id, "wave_id": wave.id, "instrument": instrument.key,
        "version": instrument.version, "respondent": manner.respondent, "mode": manner.mode,
        "language": manner.language, "answered_on": manner.day,
    }  # fmt: skip


def _page_rows(record: Record, response_id: UUID) -> Iterator[dict[str, Any]]:
    for page in record.pages:
        yield {
            "organisation_id": db.session.organisation_id, "response_id": response_id, "domain": page.domain,
            "answers": page.answers, "score": page.score, "language": record.manner.language,
        }  # fmt: skip
