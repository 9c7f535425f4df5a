"""What comes in late, from a tablet that had no network, must not undo what the person decided meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update

from survey.database import db
from survey.models import Enrolment, Page, Response, Visit


def outdate_quotes(enrolment: Enrolment, visits: Sequence[Visit]) -> None:
    """A yes to being quoted that was given before this does not count any more, whenever it comes in."""
    enrolment.sittings += 1
    for visit in visits:
        visit.given = {**(visit.given or {}), "quote": [enrolment.sittings, 0, ""], "may_quote": False}
    db.session.flush()


def forget_order(enrolments: Sequence[UUID]) -> None:
    """Which answer was given before which, in which sitting: of no use once nothing can come in any more."""
    responses = db.session.scalars(select(Response.id).where(Response.enrolment_id.in_(enrolments))).all()
    silently = {"synchronize_session": False}
    pages = update(Page).where(Page.response_id.in_(responses)).values(given=None, sitting=None)
    db.session.execute(pages, execution_options=silently)
    visits = update(Visit).where(Visit.enrolment_id.in_(enrolments)).values(given=None)
    db.session.execute(visits, execution_options=silently)
