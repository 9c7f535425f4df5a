"""The one place that reads microdata: from tables to arrays, in bulk.

People are the enrolments of a programme, in one order for every array. What is read per person and domain goes
straight into NumPy arrays, chunk by chunk; distinct pages of answers are few, so each is decoded once and counted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import String, exists, select, type_coerce
from sqlalchemy.orm import aliased

from dashboard.outcomes.change import DomainScores
from instruments import library
from instruments.model import Domain, Instrument
from survey.database import db
from survey.fieldwork import Refused
from survey.models import Enrolment, Page, Programme, Response, Visit, Wave

#: Rows held at a time while streaming.
CHUNK = 50_000
NOTHING_ANSWERED = "{}"

Score = NDArray[np.float64]
Place = tuple[str, str]


@dataclass(frozen=True)
class Microdata:
    """Two waves of a programme. The columns in `domains`, `has_before` and `has_after` are over the same people.

    `has_before` and `has_after` say who answered anything at all in that wave, non-answers included.
    """

    programme: str
    before: Wave
    after: Wave
    domains: list[DomainScores]
    enrolled: int
    has_before: NDArray[np.bool_]
    has_after: NDArray[np.bool_]


def read(programme: Programme, before_key: str | None = None, after_key: str | None = None) -> Microdata:
    """What participants themselves answered in two waves, those named or the usual ones; Refused says why not.

    Visits that were refused count nowhere. The programme's organisation must have been entered.
    """
    before, after = waves_to_compare(programme, before_key, after_key)
    people = _people(programme)
    first, second = _read_wave(programme, before, people), _read_wave(programme, after, people)
    domains = [
        _domain_scores(instrument, domain, first, second)
        for instrument in _instruments(programme, before, after)
        for domain in instrument.domains
    ]
    return Microdata(
        programme.code, before, after, domains, len(people), has_before=first.present, has_after=second.present
    )


def waves_to_compare(programme: Programme, before_key: str | None, after_key: str | None) -> tuple[Wave, Wave]:
    """The named waves; without names the first and the last of `before` and `after` that was closed or answered.

    A programme without these two compares, by the same rule, among all its waves.
    """
    usual = _usual_waves(programme)
    before = _named(programme, before_key) if before_key else usual[0]
    after = _named(programme, after_key) if after_key else usual[-1]
    if before is after:
        raise Refused(f"Comparing takes two different waves; this names {before.key!r} twice.")
    if before.weeks > after.weeks:
        raise Refused(f"Wave {before.key!r} comes after wave {after.key!r}: exchange them.")
    return before, after


def _usual_waves(programme: Programme) -> list[Wave]:
    waves = [wave for wave in programme.waves if wave.key in ("before", "after")]
    if len(waves) < 2:
        waves = list(programme.waves)
    used = [wave for wave in waves if wave.state == "closed" or _is_answered(wave)] if len(waves) > 2 else waves
    return used if len(used) > 1 else waves


def _named(programme: Programme, key: str) -> Wave:
    wave = programme.wave(key)
    if wave is None:
        known = ", ".join(wave.key for wave in programme.waves)
        raise Refused(f"Programme {programme.code!r} has no wave {key!r}. It has: {known}.")
    return wave


def _is_answered(wave: Wave) -> bool:
    counted = select(Response.id).where(Response.wave_id == wave.id, *_counts())
    return db.session.execute(counted.limit(1)).first() is not None


def _counts() -> tuple[Any, ...]:
    """Which responses count: the participants' own, unless they refused that wave after all."""
    refused = aliased(Visit)
    return (
        Response.respondent == "self",
        ~exists().where(
            refused.enrolment_id == Response.enrolment_id,
            refused.wave_id == Response.wave_id,
            refused.state == "refused",
        ),
    )


def _people(programme: Programme) -> dict[Any, int]:
    """Every enrolment of the programme and its place in the arrays."""
    enrolments = select(type_coerce(Enrolment.id, String)).where(Enrolment.programme_id == programme.id)
    return {row[0]: position for position, row in enumerate(db.session.execute(enrolments.order_by(Enrolment.id)))}


def _instruments(programme: Programme, before: Wave, after: Wave) -> list[Instrument]:
    """What was asked: the version of the later wave, fixed when it opened; a wave still planned has none."""
    return [
        library.load(key, after.versions.get(key) or before.versions.get(key)) for key in programme.instruments
    ]


@dataclass
class _WaveData:
    """One wave: scores per domain over all people, how often each page of answers occurs, who answered at all."""

    people: int
    scores: dict[Place, Score] = field(default_factory=dict)
    pages: dict[tuple[str, int, str], Counter[str]] = field(default_factory=dict)
    present: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.present = np.zeros(self.people, dtype=bool)

    def scores_of(self, place: Place) -> Score:
        if place not in self.scores:
            self.scores[place] = np.full(self.people, np.nan)
        return self.scores[place]


def _read_wave(programme: Programme, wave: Wave, people: dict[Any, int]) -> _WaveData:
    data = _WaveData(len(people))
    for instrument in programme.instruments:
        for version, domain, rows in _pages(wave.id, instrument):
            enrolments, scores, answers = rows
            positions = np.fromiter(map(people.__getitem__, enrolments), dtype=np.intp, count=len(enrolments))
            data.scores_of((instrument, domain))[positions] = np.array(scores, dtype=float)
            counted = data.pages.setdefault((instrument, version, domain), Counter())
            counted.update(answers)
            data.present[positions[[text != NOTHING_ANSWERED for text in answers]]] = True
    return data


def _pages(wave_id: UUID, instrument: str) -> Iterator[tuple[int, str, tuple[Sequence[Any], ...]]]:
    """(version, domain, (enrolments, scores, answers as stored text)), in chunks of one domain each."""
    for version, domain in _administered(wave_id, instrument):
        statement = (
            select(type_coerce(Response.enrolment_id, String), Page.score, type_coerce(Page.answers, String))
            .join(Page, Page.response_id == Response.id)
            .where(Response.wave_id == wave_id, Response.instrument == instrument, Response.version == version)
            .where(Page.domain == domain, *_counts())
        )
        result = db.session.execute(statement, execution_options={"yield_per": CHUNK})
        for chunk in result.partitions():
            yield version, domain, tuple(zip(*chunk, strict=True))
