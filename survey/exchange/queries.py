"""What of a programme is stored already: its people, their responses and visits.

Rows, never objects, for there can be many; and from one table at a time, joined here: a database that has not
counted the rows of a large import yet would join them one by one.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Text, select, type_coerce

from instruments.scoring import Answer
from survey.database import db
from survey.exchange.rows import Facts
from survey.models import Enrolment, Page, Participant, Programme, Response, Visit, Wave

#: How many rows are taken from the database at once.
AT_ONCE = 10_000
#: As many responses are looked up one by one; for more, all pages are gone through.
FEW = 500


class StoredPerson(NamedTuple):
    """`facts.enrolled_on` and `enrolment_id` are None for someone who is not in this programme."""

    participant_id: UUID
    enrolment_id: UUID | None
    facts: Facts


class StoredResponse(NamedTuple):
    id: UUID
    version: int
    day: date
    language: str
    mode: str


ResponseKey = tuple[UUID, UUID, str, str]


def hold_waves(programme: Programme) -> None:
    """Read the waves afresh, and keep others from closing them before this transaction ends."""
    waves = select(Wave).where(Wave.programme_id == programme.id).with_for_update(read=True)
    db.session.scalars(waves.execution_options(populate_existing=True)).all()
    db.session.refresh(programme, ["waves"])


def people(programme: Programme) -> Iterator[tuple[str, StoredPerson]]:
    """Everyone of the organisation, by pseudonym."""
    enrolled = (Enrolment.participant_id, Enrolment.id, Enrolment.started_on)
    in_programme = select(*enrolled).where(Enrolment.programme_id == programme.id)
    enrolments = {row.participant_id: row for row in db.session.execute(in_programme)}
    columns = (
        Participant.id, Participant.pseudonym, Participant.group, Participant.gender, Participant.birth_year,
        Participant.arrival_year, Participant.household,
    )  # fmt: skip
    for row in db.session.execute(select(*columns)):
        enrolment = enrolments.get(row.id)
        household = unicodedata.normalize("NFC", row.household) if row.household else None
        started_on = enrolment.started_on if enrolment else None
        facts = Facts(row.group, row.gender, row.birth_year, row.arrival_year, household, started_on)
        pseudonym = unicodedata.normalize("NFC", row.pseudonym)
        yield pseudonym, StoredPerson(row.id, enrolment.id if enrolment else None, facts)


def responses(programme: Programme) -> dict[ResponseKey, StoredResponse]:
    """By enrolment, wave, instrument and respondent."""
    statement = select(
        Response.enrolment_id, Response.wave_id, Response.instrument, Response.respondent,
        Response.id, Response.version, Response.answered_on, Response.language, Response.mode,
    ).where(Response.wave_id.in_([wave.id for wave in programme.waves]))  # fmt: skip
    return {
        (enrolment_id, wave_id, instrument, respondent): StoredResponse._make(rest)
        for enrolment_id, wave_id, instrument, respondent, *rest in db.session.execute(statement)
    }


def visits(programme: Programme) -> dict[tuple[UUID, UUID], tuple[UUID, str]]:
    """Id and state, by enrolment and wave."""
    columns = (Visit.enrolment_id, Visit.wave_id, Visit.id, Visit.state)
    statement = select(*columns).where(Visit.wave_id.in_([wave.id for wave in programme.waves]))
    return {
        (enrolment_id, wave_id): (id_, state)
        for enrolment_id, wave_id, id_, state in db.session.execute(statement)
    }


def answers(stored: Collection[StoredResponse]) -> dict[UUID, list[dict[str, Answer]]]:
    """The answers of these responses, by response, page for page.

    Pages with equal answers share one dictionary: do not change it.
    """
    wanted = {response.id for response in stored}
    statement = select(Page.response_id, type_coerce(Page.answers, Text))
    if len(wanted) <= FEW:
        statement = statement.where(Page.response_id.in_(wanted))
    known: dict[str, dict[str, Answer]] = {}
    found: dict[UUID, list[dict[str, Answer]]] = {}
    for response_id, page in db.session.execute(statement.execution_options(yield_per=AT_ONCE)):
        if response_id in wanted:
            if page not in known:
                known[page] = json.loads(page)
            found.setdefault(response_id, []).append(known[page])
    return found


def together(pages: Iterable[dict[str, Answer]]) -> dict[str, Answer]:
    """The answers of one response by item; a page without any leaves no trace, as in a file."""
    return {item: answer for page in pages for item, answer in page.items()}
