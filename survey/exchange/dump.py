"""Exporting: the responses of a programme as rows that import reads back without changing anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from flask_babel import gettext as _

from survey.codes import RESPONDENTS
from survey.exchange import queries
from survey.exchange.columns import Layout, layout
from survey.exchange.queries import StoredResponse
from survey.exchange.rows import Facts
from survey.exchange.workbook import SHEET
from survey.exchange.write import Cell, write
from survey.models import Programme
from survey.progress import progress


@dataclass(frozen=True)
class Summary:
    """What an export wrote."""

    rows: int
    path: Path


class Entry(NamedTuple):
    """A response and whose it is. Sorts by pseudonym (by the codes of its letters), wave, instrument, respondent."""

    pseudonym: str
    wave: int
    instrument: int
    respondent: int
    response: StoredResponse
    facts: Facts


def dump(programme: Programme, format: str, path: Path) -> Summary:
    """Write every response of a programme whose organisation was entered; Refused when it cannot be written.

    Equal data make equal files, on every database.
    """
    frame = layout(programme)
    entries = sorted(_entries(programme, frame))
    write(path, format, SHEET, frame.columns, _rows(entries, frame))
    return Summary(len(entries), path)


def _entries(programme: Programme, frame: Layout) -> Iterator[Entry]:
    people = {
        stored.enrolment_id: (pseudonym, stored.facts) for pseudonym, stored in queries.people(programme)
    }
    waves = {wave.id: place for place, wave in enumerate(frame.waves.values())}
    visits = queries.visits(programme)
    for (enrolment_id, wave_id, instrument, respondent), response in queries.responses(programme).items():
        _id, state = visits.get((enrolment_id, wave_id), (None, None))
        if respondent == "self" and state == "refused":
            continue  # what was saved before somebody refused counts nowhere
        if instrument not in frame.instruments:
            continue  # how a casemanager sees somebody, where no wave asks that: casework
        pseudonym, facts = people[enrolment_id]
        places = waves[wave_id], frame.instruments.index(instrument), RESPONDENTS.index(respondent)
        yield Entry(pseudonym, *places, response, facts)


def _rows(entries: Sequence[Entry], frame: Layout) -> Iterator[list[Cell]]:
    waves = list(frame.waves)
    answers = queries.answers([entry.response for entry in entries])
    for entry in progress(entries, _("Exporting")):
        response, facts = entry.response, entry.facts
        given = queries.together(answers.get(response.id, []))
        enrolled_on = facts.enrolled_on.isoformat() if facts.enrolled_on else None
        yield [
            entry.pseudonym, waves[entry.wave], frame.instruments[entry.instrument], response.version,
            RESPONDENTS[entry.respondent], response.day.isoformat(), response.language, response.mode,
            *(given.get(item) for item in frame.items),
            facts.group, facts.gender, facts.birth_year, facts.arrival_year, facts.household, enrolled_on,
        ]  # fmt: skip
