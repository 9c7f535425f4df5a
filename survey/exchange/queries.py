"""What of a programme is stored already: its people, their responses and visits.

Rows, never objects: there can be many.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Text, or_, select, type_coerce

from instruments.scoring import Answer
from survey.database import db
from survey.exchange.rows import Facts
from survey.models import Enrolment, Page, Participant, Programme, Response, Visit, Wave

#: How many rows are taken from the database at once.
AT_ONCE = 10_000
PERSON: tuple[Any, ...] = (
    Participant.pseudonym, Participant.group, Participant.gender, Participant.birth_year,
    Participant.arrival_year, Participant.household,
)  # fmt: skip


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
    """Everyone of the organisation, by pseudonym.

    Joined here: a database that has not counted the rows of a large import yet joins them one by one.
    """
    joined = select(Enrolment.participant_id, Enrolment.id, Enrolment.started_on).where(
        Enrolment.programme_id == programme.id
    )
    enrolments = {participant_id: rest for participant_id, *rest in db.session.execute(joined)}
    for participant_id, pseudonym, *coded, household in db.session.execute(select(Participant.id, *PERSON)):
        enrolment_id, started_on = enrolments.get(participant_id, (None, None))
        household = unicodedata.normalize("NFC", household) if household else None
        facts = Facts._make([*coded, household, started_on])
        yield unicodedata.normalize("NFC", pseudonym), StoredPerson(participant_id, enrolment_id, facts)


def responses(programme: Programme) -> dict[ResponseKey, StoredResponse]:
    """By enrolment, wave, instrument and respondent."""
    statement = (
        select(
            Response.enrolment_id, Response.wave_id, Response.instrument, Response.respondent,
            Response.id, Response.version, Response.answered_on, Response.language, Response.mode,
        )
        .join(Wave, Wave.id == Response.wave_id)
        .where(Wave.programme_id == programme.id)
    )  # fmt: skip
    return {
        (enrolment_id, wave_id, instrument, respondent): StoredResponse._make(rest)
        for enrolment_id, wave_id, instrument, respondent, *rest in db.session.execute(statement)
    }


def visits(programme: Programme) -> dict[tuple[UUID, UUID], tuple[UUID, str]]:
    """Id and state, by enrolment and wave."""
    statement = (
        select(Visit.enrolment_id, Visit.wave_id, Visit.id, Visit.state)
        .join(Wave, Wave.id == Visit.wave_id)
        .where(Wave.programme_id == programme.id)
    )
    return {
        (enrolment_id, wave_id): (id_, state)
        for enrolment_id, wave_id, id_, state in db.session.execute(statement)
    }


def answers(programme: Programme) -> dict[UUID, list[dict[str, Answer]]]:
    """The answers of all responses of the programme, by response, page for page.

    One pass over the pages, which every database does well, whatever it knows of its tables. Pages
    with equal answers share one dictionary: do not change it.
    """
    statement = (
        select(Page.response_id, type_coerce(Page.answers, Text))
        .join(Response, Response.id == Page.response_id)
        .join(Wave, Wave.id == Response.wave_id)
        .where(Wave.programme_id == programme.id)
    )
    known: dict[str, dict[str, Answer]] = {}
    found: dict[UUID, list[dict[str, Answer]]] = {}
    for response_id, page in db.session.execute(statement.execution_options(yield_per=AT_ONCE)):
        if page not in known:
            known[page] = json.loads(page)
        found.setdefault(response_id, []).append(known[page])
    return found


def together(pages: Iterable[dict[str, Answer]]) -> dict[str, Answer]:
    """The answers of one response by item; a page without any leaves no trace, as in a file."""
    return {item: answer for page in pages for item, answer in page.items()}


def exported(programme: Programme) -> Sequence[Any]:
    """Every response with whose it is, in no order; a wave that was refused counts nowhere, so not here."""
    visited = (
        (Visit.enrolment_id == Response.enrolment_id)
        & (Visit.wave_id == Response.wave_id)
        & (Response.respondent == "self")
    )
    statement = (
        select(
            Response.id, Wave.key.label("wave"), Response.instrument, Response.version, Response.respondent,
            Response.answered_on, Response.language, Response.mode, Enrolment.started_on, *PERSON,
        )
        .join(Wave, Wave.id == Response.wave_id)
        .join(Enrolment, Enrolment.id == Response.enrolment_id)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .outerjoin(Visit, visited)
        .where(Wave.programme_id == programme.id, or_(Visit.id.is_(None), Visit.state != "refused"))
    )  # fmt: skip
    return db.session.execute(statement).all()
