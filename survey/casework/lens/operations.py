"""Keeping how a casemanager sees a person: a response like any other, of another respondent. No number counts it."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select

from instruments import scoring
from instruments.scoring import Answer
from survey.casework.agreed import LENS
from survey.casework.lens.queries import Lens, digest
from survey.clock import today
from survey.database import db, insert
from survey.models import Page, Response
from survey.privacy import audit


class Changed(Exception):
    """Somebody else filled it in since this was shown."""


def save(lens: Lens, answers: dict[str, Answer], seen: str, language: str) -> None:
    """Raises Changed when what stands there is neither what was seen nor this."""
    response = _response(lens, language)
    stored = {item: answer for page in response.pages for item, answer in page.answers.items()}
    if stored == answers and stored:
        return
    if digest(stored) != seen:  # type: ignore[arg-type]  # the column holds answers
        raise Changed
    pages = {page.domain: page for page in response.pages}
    for domain in lens.instrument.domains:
        given = {item.id: answers[item.id] for item in domain.items if item.id in answers}
        _keep(
            response,
            pages.get(domain.code),
            domain.code,
            given,
            scoring.score(lens.instrument, domain.code, given),
        )
    response.answered_on, response.language = today(), language
    db.session.flush()
    audit.record("participant.lens_saved", lens.enrolment.participant_id, wave=lens.wave.key)


def _keep(
    response: Response, page: Page | None, domain: str, given: dict[str, Answer], score: float | None
) -> None:
    if page is not None and not given:
        response.pages.remove(page)
        db.session.delete(page)
    elif page is not None:
        page.answers, page.score, page.language = dict(given), score, response.language
    elif given:
        fresh = Page(
            organisation_id=response.organisation_id, response_id=response.id, domain=domain, answers=given,
            score=score, language=response.language, sitting=None,
        )  # fmt: skip
        db.session.add(fresh)


def _response(lens: Lens, language: str) -> Response:
    """The response, locked; made if need be, once however often that is asked at a time."""
    row = {
        "id": uuid4(), "organisation_id": db.session.organisation_id, "enrolment_id": lens.enrolment.id,
        "wave_id": lens.wave.id, "instrument": LENS, "version": lens.instrument.version, "respondent": "casemanager",
        "mode": "self", "language": language, "answered_on": today(),
    }  # fmt: skip
    once = insert(Response).on_conflict_do_nothing(
        index_elements=["enrolment_id", "wave_id", "instrument", "respondent"]
    )
    db.session.execute(once, [row])
    of = select(Response).where(
        Response.enrolment_id == lens.enrolment.id, Response.wave_id == lens.wave.id,
        Response.instrument == LENS, Response.respondent == "casemanager",
    )  # fmt: skip
    return db.session.scalars(of.with_for_update().execution_options(populate_existing=True)).one()
