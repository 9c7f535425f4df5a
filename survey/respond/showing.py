"""Whether somebody lets their own casemanager see their answers of a wave: asked at its end, taken back in one tap.

A code alone cannot say yes: who made the letter knows it. Only a sitting that gave all answers of the wave itself, or
opened them with the pictures, is asked; so nobody finishes in another's name and then looks at what was there.
"""

from __future__ import annotations

from uuid import UUID

from flask import session
from sqlalchemy import select

from survey import consents
from survey.database import db
from survey.models import Page, Response, Visit
from survey.respond import opened, operations


def finished_visit() -> Visit | None:
    """The visit that this very sitting went through to its end, with all its answers open here."""
    if "id" not in session["visit"]:
        return None
    visit = db.session.get(Visit, UUID(session["visit"]["id"]))
    if visit is None or visit.state != "finished":
        return None
    is_open = opened.in_this_sitting()
    pages = select(Page).join(Page.response).where(
        Response.enrolment_id == visit.enrolment_id, Response.wave_id == visit.wave_id, Response.respondent == "self"
    )  # fmt: skip
    return visit if all(map(is_open, db.session.scalars(pages))) else None


def is_allowed(visit: Visit) -> bool:
    """Whether the casemanager may see the answers of this wave."""
    return bool(db.session.scalar(select(consents.shows(visit.enrolment.participant_id, visit.wave_id))))


def allow(visit: Visit, language: str) -> None:
    operations.give_consent(visit.enrolment.participant_id, visit.wave_id, consents.SHOWING, language)
