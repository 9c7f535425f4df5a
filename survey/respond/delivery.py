"""What an envelope that came is for, and whether it may still be taken in: in one query, as for a page turn."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from survey.clock import today
from survey.database import db
from survey.models import (
    AccessCode,
    Enrolment,
    Organisation,
    Page,
    Participant,
    Programme,
    Response,
    Visit,
    Wave,
)
from survey.respond import queries
from survey.respond.queries import Sitting
from survey.respond.tickets import Ticket
from survey.tenancy import OrganisationSession, Prepared
from survey.turn import Turn


class Delivery(NamedTuple):
    """What an envelope that just came is for, and whether it may still come."""

    sitting: Sitting
    visit_id: UUID | None
    wave_state: str
    code_id: UUID | None
    revoked_at: datetime | None
    ended_at: datetime | None
    expires_on: date | None
    erased_on: date | None

    @property
    def is_unwanted(self) -> bool:
        """The person said no, took back what they gave, or was erased: this must not be kept anywhere."""
        return self.erased_on is not None or self.ended_at is not None or self.sitting.state == "refused"

    @property
    def has_code(self) -> bool:
        """Whether the code with which its person came in still works."""
        if self.code_id is None or self.revoked_at is not None:
            return False
        return self.expires_on is None or self.expires_on >= today()

    def obstacle(self, without_code: bool = False) -> str | None:
        """Why it cannot be taken in now, though nobody wants it gone."""
        if not without_code and not self.has_code:
            return "code"
        if self.wave_state != "open":
            return "wave"
        return None if self.visit_id else "visit"


def find(ticket: Ticket, instrument: str = "", domain: str = "") -> Delivery | None:
    """What a ticket is for, with what is saved of a page; None if there is no such person here (any more, or yet).

    Within a page turn if a page is named, else within the session; the visit is locked.
    """
    values = {
        "enrolment_id": ticket.enrolment, "wave_id": ticket.wave, "code_id": ticket.code,
        "instrument": instrument, "domain": domain,
    }  # fmt: skip
    transaction: Turn | OrganisationSession = db.turn if instrument else db.session
    if db.engine.dialect.name == "postgresql":
        transaction.run(_named_visit_lock(), values)
    found: Any = transaction.run(_delivery_statement(), values)
    row = found if instrument else found.first()
    fields = len(Sitting._fields)
    return Delivery(Sitting(*row[:fields]), *row[fields:]) if row else None


@cache
def _named_visit_lock() -> Prepared:
    named = (Visit.enrolment_id == bindparam("enrolment_id")) & (Visit.wave_id == bindparam("wave_id"))
    return Prepared(select(Visit.id).where(named).with_for_update())


@cache
def _delivery_statement() -> Prepared:
    of_visit = (Visit.enrolment_id == Enrolment.id) & (Visit.wave_id == Wave.id)
    of_code = (AccessCode.enrolment_id == Enrolment.id) & (AccessCode.id == bindparam("code_id"))
    of_response = (
        (Response.enrolment_id == Enrolment.id)
        & (Response.wave_id == Wave.id)
        & (Response.instrument == bindparam("instrument"))
        & (Response.respondent == "self")
    )
    columns: list[Any] = [
        *queries.OF_SITTING, *queries.OF_PAGE, Visit.id, Wave.state, AccessCode.id, AccessCode.revoked_at,
        AccessCode.ended_at, AccessCode.expires_on, Participant.erased_on,
    ]  # fmt: skip
    return Prepared(
        select(*columns)
        .select_from(Enrolment)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .join(Wave, Wave.programme_id == Enrolment.programme_id)
        .join(Programme, Programme.id == Wave.programme_id)
        .join(Organisation, Organisation.id == Enrolment.organisation_id)
        .outerjoin(Visit, of_visit)
        .outerjoin(AccessCode, of_code)
        .outerjoin(Response, of_response)
        .outerjoin(Page, (Page.response_id == Response.id) & (Page.domain == bindparam("domain")))
        .where(Enrolment.id == bindparam("enrolment_id"), Wave.id == bindparam("wave_id"))
    )
