"""What a casemanager filled in about a person, beside what the person answered and agreed to show."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from instruments import library
from instruments.model import Instrument
from instruments.scoring import Answer
from survey import opened
from survey.casework.agreed import LENS, can_be_seen_to, own_scores
from survey.database import db
from survey.models import Enrolment, Participant, Programme, Response, Wave
from survey.models.base import compact_json

#: Instruments of the person's own whose domains are the same, the one that is asked alike first.
OWN = (LENS, "integration")


@dataclass(frozen=True)
class Lens:
    """How a casemanager sees one person at one wave."""

    enrolment: Enrolment
    wave: Wave
    response: Response | None
    instrument: Instrument
    answers: Mapping[str, Answer]

    @property
    def seen(self) -> str:
        """Changes with the answers: who sends a form says what they had before them."""
        return digest(self.answers)

    @property
    def carried(self) -> str:
        """That, with marks of each answer: what was left as it was opened follows who else changed it."""
        return opened.written(self.seen, opened.of_texts(self.texts))

    @property
    def texts(self) -> dict[str, str]:
        """Of each question the answer as its field holds it."""
        return {item.id: str(self.answers.get(item.id, "")) for item in self.instrument.items}

    @property
    def can_be_filled_in(self) -> bool:
        return can_be_seen_to(self.wave, self.enrolment)


@dataclass(frozen=True)
class Level:
    """A domain as the person answered it: a step of its scale, nearest to the score."""

    step: int
    steps: int
    #: Whether the person was asked the very same question.
    is_alike: bool


def digest(answers: Mapping[str, Answer]) -> str:
    return hashlib.sha256(compact_json(dict(answers)).encode()).hexdigest()[:20]


def enrolment(enrolment_id: UUID) -> Enrolment | None:
    return db.session.scalar(
        select(Enrolment)
        .join(Enrolment.participant)
        .where(Enrolment.id == enrolment_id, Participant.erased_on.is_(None))
        .options(
            contains_eager(Enrolment.participant),
            joinedload(Enrolment.programme).selectinload(Programme.waves),
        )
    )


def of_person(person: Participant) -> Mapping[str, Any]:
    """For the person's page: each programme with its lenses."""
    in_order = sorted(person.enrolments, key=lambda one: one.started_on)
    known = _responses([one.id for one in in_order])
    lenses = [
        (one, [_lens(one, wave, known.get((one.id, wave.id))) for wave in one.programme.waves])
        for one in in_order
    ]
    return {"lenses": lenses}


def lens(enrolment: Enrolment, wave: Wave) -> Lens:
    return _lens(enrolment, wave, _responses([enrolment.id]).get((enrolment.id, wave.id)))


def _responses(enrolments: list[UUID]) -> dict[tuple[UUID, UUID], Response]:
    statement = (
        select(Response)
        .where(Response.enrolment_id.in_(enrolments), Response.respondent == "casemanager")
        .where(Response.instrument == LENS)
        .options(selectinload(Response.pages))
    )
    return {(one.enrolment_id, one.wave_id): one for one in db.session.scalars(statement)}


def _lens(enrolment: Enrolment, wave: Wave, response: Response | None) -> Lens:
    instrument = library.load(LENS, response.version if response else wave.versions.get(LENS))
    pages = response.pages if response else []
    answers = {item: answer for page in pages for item, answer in page.answers.items()}
    return Lens(enrolment, wave, response, instrument, answers)  # type: ignore[arg-type]  # the column holds answers


def own_levels(lens: Lens, viewer: UUID) -> dict[str, Level | None]:
    """By domain what the person answered and lets their own casemanager see, who asks here."""
    shown = [one for one in own_scores([lens.enrolment], viewer) if one.wave.id == lens.wave.id]
    known = {one.domain: one for key in reversed(OWN) for one in shown if one.instrument == key}
    return {
        domain: _level(library.load(one.instrument, one.version), domain, one.score)
        for domain, one in known.items()
    }


def _level(instrument: Instrument, domain: str, score: float | None) -> Level | None:
    """A half counts upwards."""
    if score is None:
        return None
    low, high = instrument.score_range(domain)
    return Level(int(score - low + 0.5) + 1, high - low + 1, instrument.key == LENS)
