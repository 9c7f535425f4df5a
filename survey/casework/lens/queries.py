"""What a casemanager filled in about a person, and, only with that person's consent, what they answered themselves.

Whether there is no consent, no answer, or whether somebody refused is nowhere in what these queries give back.
"""

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
from survey.clock import today
from survey.database import db
from survey.fieldwork import window
from survey.models import Consent, Enrolment, Page, Participant, Programme, Response, Visit, Wave
from survey.models.base import compact_json

#: Asked about the same domains in one question each.
KEY = "integration-short"
#: Instruments of the person's own whose domains are the same, the one that is asked alike first.
OWN = (KEY, "integration")


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
    def can_be_filled_in(self) -> bool:
        """From when the wave is due until it is closed: releases may rest on it then."""
        return self.wave.state == "open" and window(self.wave, self.enrolment.started_on)[0] <= today()


@dataclass(frozen=True)
class Level:
    """A domain as the person answered it: a step of its scale, nearest to the score."""

    step: int
    steps: int
    #: Whether the person was asked the very same question, so that its words fit.
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
        .where(Response.instrument == KEY)
        .options(selectinload(Response.pages))
    )
    return {(one.enrolment_id, one.wave_id): one for one in db.session.scalars(statement)}


def _lens(enrolment: Enrolment, wave: Wave, response: Response | None) -> Lens:
    instrument = library.load(KEY, response.version if response else wave.versions.get(KEY))
    pages = response.pages if response else []
    answers = {item: answer for page in pages for item, answer in page.answers.items()}
    return Lens(enrolment, wave, response, instrument, answers)  # type: ignore[arg-type]  # the column holds answers


def own_levels(lens: Lens, viewer: UUID) -> dict[str, Level | None]:
    """By domain what the person answered; nothing unless they let their own casemanager see it, who asks here.

    Only of domains that the casemanager filled in first: one must not lead the other.
    """
    if lens.enrolment.casemanager_id != viewer:
        return {}
    statement = (
        select(Page.domain, Page.score, Response.instrument, Response.version)
        .join(Response, Response.id == Page.response_id)
        .join(Visit, (Visit.enrolment_id == Response.enrolment_id) & (Visit.wave_id == Response.wave_id))
        .where(Response.enrolment_id == lens.enrolment.id, Response.wave_id == lens.wave.id)
        .where(Response.respondent == "self", Response.instrument.in_(OWN), Visit.state == "finished")
        .where(_is_allowed(lens))
    )
    rows = sorted(db.session.execute(statement), key=lambda row: OWN.index(row.instrument), reverse=True)
    filled_in = {domain.code for domain in lens.instrument.domains if domain.items[0].id in lens.answers}
    return {
        row.domain: _level(library.load(row.instrument, row.version), row.domain, row.score)
        for row in rows
        if row.domain in filled_in
    }


def _is_allowed(lens: Lens) -> Any:
    return (
        select(Consent.id)
        .where(Consent.participant_id == lens.enrolment.participant_id, Consent.wave_id == lens.wave.id)
        .where(Consent.purpose == "show_to_casemanager", Consent.withdrawn_at.is_(None))
        .exists()
    )


def _level(instrument: Instrument, domain: str, score: float | None) -> Level | None:
    """A half counts upwards."""
    if score is None:
        return None
    low, high = instrument.score_range(domain)
    return Level(int(score - low + 0.5) + 1, high - low + 1, instrument.key == KEY)
