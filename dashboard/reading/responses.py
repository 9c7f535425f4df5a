"""The responses that count, in bulk: whose they are, what they answered to, and how they were given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, String, bindparam, cast, literal, select, type_coerce

from dashboard.reading.page_texts import NOWHERE, Asked
from instruments import asking
from survey.codes import RESPONDENTS
from survey.database import db
from survey.models import Page, Response, Visit, Wave
from survey.tenancy import Prepared

#: Rows held at a time while streaming.
CHUNK = 20_000

Flags = NDArray[np.bool_]
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class Facts:
    """How people answered in each wave: arrays of (waves, people).

    `mode` and `language` are indexes in `modes` and `languages`, NOWHERE where somebody did not answer; `day` is NaT
    there. Of somebody who answered several questionnaires in one wave, those of the first. How long it took is not
    known: no times of answers are kept.
    """

    modes: tuple[str, ...]
    languages: tuple[str, ...]
    mode: NDArray[np.int8]
    language: NDArray[np.int16]
    day: NDArray[np.datetime64]


def counted(waves: Sequence[Wave]) -> Iterator[Row[str, str, UUID, str, int]]:
    """What counts of these waves: participants' own responses, unless they refused after all. Rows of id and
    enrolment (as the database gives them), wave, instrument and version. What looks back never counts."""
    chosen = [wave.id for wave in waves]
    refused = {tuple(row) for row in _refusals(waves)}
    ids = (type_coerce(Response.id, String), type_coerce(Response.enrolment_id, String))
    responses = select(*ids, Response.wave_id, Response.instrument, Response.version).where(
        Response.wave_id.in_(chosen),
        Response.respondent == "self",
        Response.instrument.not_in(asking.LOOKING_BACK),
    )
    for row in db.session.execute(responses, execution_options={"yield_per": CHUNK}):
        if (row[1], row[2]) not in refused:
            yield row


def _refusals(waves: Sequence[Wave]) -> Iterator[Row[str, UUID]]:
    statement = select(type_coerce(Visit.enrolment_id, String), Visit.wave_id).where(
        Visit.wave_id.in_([wave.id for wave in waves]), Visit.state == "refused"
    )
    yield from db.session.execute(statement)


class Responses:
    """The responses that count, what looks back and what casemanagers answered included. `asked` are the different
    (slot, instrument, version) among them; a slot is a wave through the eyes of one respondent: `slot_of`."""

    def __init__(self, people: Mapping[Any, int], waves: Sequence[Wave]) -> None:
        self._size = len(waves), len(people)
        refused = np.zeros(self._size, dtype=bool)
        places = {wave.id: place for place, wave in enumerate(waves)}
        for enrolment, its_wave in _refusals(waves):
            refused[places[its_wave], people[enrolment]] = True
        #: Of each response whose it is and, as a number of `kinds`, all else. Of those that were refused too.
        self._whose, self._kind, ids, kinds = _columns(people, waves)
        self._ways = [_Way.parsed(kind, waves) for kind in kinds]
        wave = np.array([way.wave for way in self._ways], dtype=np.intp)[self._kind]
        kept = np.flatnonzero(~refused[wave, self._whose])
        self._whose, self._kind = self._whose[kept], self._kind[kept]
        #: Of an id, which is as long everywhere.
        self.width = len(ids[0]) if ids else 0
        self._places = dict(zip([ids[one] for one in kept.tolist()], range(len(kept)), strict=True))
        self.asked = list(dict.fromkeys(self._ways[kind].asked for kind in np.unique(self._kind).tolist()))
        numbers = {asked: number for number, asked in enumerate(self.asked)}
        self._asked = np.array([numbers.get(way.asked, NOWHERE) for way in self._ways], dtype=np.intp)
        #: How many of the respondents there are answers of: people themselves always count.
        self.lenses = max((slot // len(waves) + 1 for slot, _, _ in self.asked), default=1)

    def find(self, responses: Sequence[Any]) -> tuple[Flags, Positions, Positions]:
        """For each of these ids whether it counts; for those that do, whose it is and what was asked."""
        known = map(self._places.get, responses, repeat(NOWHERE))
        places = np.fromiter(known, dtype=np.intp, count=len(responses))
        found = places != NOWHERE
        return found, self._whose[places[found]], self._asked[self._kind[places[found]]]

    def facts(self, lens: str, instruments: Sequence[str]) -> Facts:
        """How people answered, through the eyes of one respondent; `instruments` in the order in which they count."""
        modes, languages = (
            tuple(sorted({getattr(way, one) for way in self._ways})) for one in ("mode", "language")
        )
        mode, language = np.full(self._size, NOWHERE, np.int8), np.full(self._size, NOWHERE, np.int16)
        day = np.full(self._size, "NaT", "datetime64[D]")
        order = np.argsort(self._kind, kind="stable")
        ends = np.searchsorted(self._kind[order], range(len(self._ways) + 1))
        for number in sorted(
            range(len(self._ways)), key=lambda one: self._ways[one].order(instruments), reverse=True
        ):
            way, whose = self._ways[number], self._whose[order[ends[number] : ends[number + 1]]]
            if (
                way.lens == lens and way.instrument not in asking.LOOKING_BACK
            ):  # what comes later is written over what was there
                mode[way.wave, whose], language[way.wave, whose] = (
                    modes.index(way.mode),
                    languages.index(way.language),
                )
                day[way.wave, whose] = np.datetime64(way.day)
        return Facts(modes, languages, mode, language, day)


@dataclass(frozen=True)
class _Way:
    """What many responses have in common: asked what in which wave, of whom, how and on which day."""

    wave: int
    instrument: str
    version: int
    lens: str
    mode: str
    language: str
    day: str
    asked: Asked

    @classmethod
    def parsed(cls, text: str, waves: Sequence[Wave]) -> _Way:
        of, instrument, version, lens, mode, language, day = text.split(" ")
        wave = [each.id for each in waves].index(UUID(of))
        asked = slot_of(lens, wave, len(waves)), instrument, int(version)
        return cls(wave, instrument, int(version), lens, mode, language, day, asked)

    def order(self, instruments: Sequence[str]) -> tuple[int, str]:
        place = instruments.index(self.instrument) if self.instrument in instruments else len(instruments)
        return place, self.day


def _columns(
    people: Mapping[Any, int], waves: Sequence[Wave]
) -> tuple[Positions, Positions, list[Any], list[str]]:
    """Of every response of these waves: whose it is, the number of its way, its id; and the ways."""
    numbers, ids = _Numbers(), list[Any]()
    whose, kinds = [np.zeros(0, dtype=np.intp)], [np.zeros(0, dtype=np.intp)]
    for rows in db.session.run(_responses(_streams()), {"waves": [wave.id for wave in waves]}).partitions(
        CHUNK
    ):
        found, enrolments, ways = zip(*rows, strict=True)
        ids += found
        whose.append(np.fromiter(map(people.__getitem__, enrolments), dtype=np.intp, count=len(rows)))
        kinds.append(np.fromiter(map(numbers.__getitem__, ways), dtype=np.intp, count=len(rows)))
    return np.concatenate(whose), np.concatenate(kinds), ids, list(numbers)


class _Numbers(dict[str, int]):
    """Numbers words from 0 in order of arrival."""

    def __missing__(self, word: str) -> int:
        self[word] = len(self)
        return self[word]


def slot_of(lens: str, wave: int, waves: int) -> int:
    return RESPONDENTS.index(lens) * waves + wave


def _streams() -> bool:
    """Whether the driver would otherwise fetch all rows at once; that of SQLite does not."""
    return db.session.get_bind().dialect.name != "sqlite"


@cache
def _responses(streams: bool) -> Prepared:
    """Past the ORM, which would take longer over the rows than the database does."""
    words = [
        cast(Response.wave_id, String), Response.instrument, cast(Response.version, String), Response.respondent,
        Response.mode, Response.language, cast(Response.answered_on, String),
    ]  # fmt: skip
    way = words[0]
    for word in words[1:]:
        way = way + literal(" ") + word
    columns: list[Any] = [cast(Response.id, String), type_coerce(Response.enrolment_id, String), way]
    statement = select(*columns).where(Response.wave_id.in_(bindparam("waves", expanding=True)))
    return Prepared(statement.execution_options(stream_results=streams))


@cache
def _pages(streams: bool) -> Prepared:
    """In one column: a row of one value takes half the time of two."""
    columns: list[Any] = [cast(Page.response_id, String) + Page.domain + type_coerce(Page.answers, String)]
    return Prepared(select(*columns).execution_options(stream_results=streams))


def pages(width: int) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Every page of the organisation: the id of its response (so many letters), and domain and answers in one text."""
    for rows in db.session.run(_pages(_streams()), {}).scalars().partitions(CHUNK):
        yield [row[:width] for row in rows], [row[width:] for row in rows]
