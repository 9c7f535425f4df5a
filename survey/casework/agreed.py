"""What a person answered and lets their own casemanager see, once the casemanager said how they see it themselves.

Whether there is no consent, no answer, or whether somebody refused is nowhere in what this gives back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from instruments import asking, library
from survey import consents
from survey.clock import today
from survey.database import db
from survey.fieldwork import window
from survey.models import Enrolment, Page, Response, Visit, Wave

#: The instrument with which a casemanager says how they see a person: one question in each domain.
LENS = "integration-short"
Place = tuple[UUID, UUID, str]


@dataclass(frozen=True)
class OwnScore:
    """How a person scored a domain in a wave; None where too little was answered."""

    enrolment: Enrolment
    wave: Wave
    instrument: str
    version: int
    domain: str
    score: float | None


def own_scores(enrolments: Sequence[Enrolment], viewer: UUID) -> list[OwnScore]:
    """Of those of whom the viewer is the casemanager, for waves they agreed to show, the earliest wave first.

    A domain on which the casemanager can still say how they see it is left out until they did: one must not lead the
    other.
    """
    own = {one.id: one for one in enrolments if one.casemanager_id == viewer}
    said = _said_by_casemanager(list(own))
    found = []
    for enrolment_id, wave_id, *rest in db.session.execute(_agreed(list(own))):
        score = OwnScore(own[enrolment_id], _wave(own[enrolment_id], wave_id), *rest)
        if not _waits(score) or (enrolment_id, wave_id, score.domain) in said:
            found.append(score)
    return sorted(found, key=lambda one: one.wave.weeks)


def can_be_seen_to(wave: Wave, enrolment: Enrolment) -> bool:
    """Whether a casemanager can say now how they see it: from when the wave is due until it is closed, for releases may
    rest on it then.
    """
    return wave.state == "open" and window(wave, enrolment.started_on)[0] <= today()


def _agreed(enrolments: list[UUID]) -> Select[*tuple[Any, ...]]:
    is_shown = consents.shows(Enrolment.participant_id, Response.wave_id)
    return (
        select(
            Response.enrolment_id,
            Response.wave_id,
            Response.instrument,
            Response.version,
            Page.domain,
            Page.score,
        )
        .join(Page, Page.response_id == Response.id)
        .join(Enrolment, Enrolment.id == Response.enrolment_id)
        .join(Visit, (Visit.enrolment_id == Response.enrolment_id) & (Visit.wave_id == Response.wave_id))
        .where(Response.enrolment_id.in_(enrolments), Response.respondent == "self")
        .where(Visit.state == "finished", Response.instrument.not_in(asking.LOOKING_BACK), is_shown)
    )


def _said_by_casemanager(enrolments: list[UUID]) -> set[Place]:
    statement = (
        select(Response.enrolment_id, Response.wave_id, Page.domain, Page.answers)
        .join(Page, Page.response_id == Response.id)
        .where(Response.enrolment_id.in_(enrolments), Response.respondent == "casemanager")
        .where(Response.instrument == LENS)
    )
    return {(one, wave, domain) for one, wave, domain, answers in db.session.execute(statement) if answers}


def _waits(score: OwnScore) -> bool:
    is_asked = score.domain in {domain.code for domain in library.load(LENS).domains}
    return is_asked and can_be_seen_to(score.wave, score.enrolment)


def _wave(enrolment: Enrolment, wave_id: UUID) -> Wave:
    return next(wave for wave in enrolment.programme.waves if wave.id == wave_id)
