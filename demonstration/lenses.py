"""Some let their casemanager see what they answered, and the casemanager said first how they see it."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from sqlalchemy import select

from instruments.scoring import Answer
from survey.casework.lens import operations, queries
from survey.casework.lens.queries import Lens
from survey.database import db
from survey.models import Enrolment, Page, Participant, Programme, Response, Visit
from survey.respond import showing


def show(programme: Programme, pseudonyms: Sequence[str]) -> None:
    """Of these people every wave they finished."""
    statement = (
        select(Visit)
        .join(Visit.enrolment)
        .join(Enrolment.participant)
        .where(Enrolment.programme_id == programme.id, Participant.pseudonym.in_(pseudonyms))
        .where(Visit.state == "finished")
        .order_by(Participant.pseudonym, Visit.finished_on)
    )
    random = Random(7)  # noqa: S311 - invented answers, not secrets
    for visit in db.session.scalars(statement).all():
        showing.allow(visit, visit.language)
        lens = queries.lens(visit.enrolment, visit.wave)
        operations.save(lens, _alike(lens, visit, random), lens.seen, "nl")


def _alike(lens: Lens, visit: Visit, random: Random) -> dict[str, Answer]:
    """About as the person answered, though a casemanager sees some of it otherwise."""
    statement = (
        select(Page.domain, Page.score)
        .join(Page.response)
        .where(Response.enrolment_id == visit.enrolment_id, Response.wave_id == visit.wave_id)
        .where(Response.respondent == "self", Page.score.is_not(None))
    )
    scores = {domain: score for domain, score in db.session.execute(statement) if score is not None}
    items = {domain.code: domain.items[0].id for domain in lens.instrument.domains if domain.code in scores}
    return {
        item: min(5, max(1, round(scores[domain]) + random.choice((-1, 0, 0, 1))))
        for domain, item in items.items()
    }
