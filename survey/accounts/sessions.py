"""Sessions of staff: short, listed, and over for every worker as soon as their row is gone.

The cookie holds 256 random bits, the database their hash. How long nobody did anything stands in the cookie, signed:
looking at a page changes nothing in the database.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from flask import g, session
from flask_security.utils import set_request_attr
from sqlalchemy import bindparam, delete, select

from survey import staffing
from survey.accounts import devices
from survey.clock import now
from survey.database import db
from survey.models import Staff, StaffSession

#: Without doing anything.
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
#: How often the cookie is written anew while someone works, in seconds.
STAMPED_EVERY = 60
COOKIE_KEY = "staff"
#: Made once: it is asked at every request.
SIGNED_IN = (
    select(Staff, StaffSession)
    .join(StaffSession, StaffSession.staff_id == Staff.id)
    .where(StaffSession.token_hash == bindparam("token"), StaffSession.expires_at > bindparam("now"))
    .where(Staff.fs_uniquifier == bindparam("uniquifier"), Staff.active)
)


def start(person: Staff) -> None:
    """A new session on this device; what the browser held of an earlier one is no use any more."""
    earlier = session.pop(COOKIE_KEY, None)
    if earlier:
        db.session.execute(delete(StaffSession).where(StaffSession.token_hash == _hash(earlier)))
    db.session.execute(delete(StaffSession).where(StaffSession.expires_at <= now()))
    token = secrets.token_urlsafe(32)
    g.staff_session = StaffSession(
        staff_id=person.id, token_hash=staffing.digest(token), device=devices.kind(), started_at=now(),
        expires_at=now() + LONGEST,
    )  # fmt: skip
    db.session.add(g.staff_session)
    db.session.flush()
    session[COOKIE_KEY] = {"token": token, "seen": now().timestamp()}


def load(uniquifier: str) -> Staff | None:
    """Who is signed in: asked at every request that wants to know, and nowhere remembered."""
    kept = session.get(COOKIE_KEY)
    if not isinstance(kept, dict):
        return None
    idle = now().timestamp() - kept["seen"]
    found = None
    if idle <= IDLE.total_seconds():
        asked = {"token": _hash(kept), "now": now(), "uniquifier": uniquifier}
        found = db.session.execute(SIGNED_IN, asked).one_or_none()
    if found is None:
        g.staff_session_over = True
        return None
    if idle > STAMPED_EVERY:
        session[COOKIE_KEY] = {**kept, "seen": now().timestamp()}
    person, g.staff_session = found
    # What Flask-Security wants to know before it lets someone change how they sign in.
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return person


def end_this() -> None:
    """Signing out: of no use any more, to whoever has a copy of the cookie too."""
    kept = session.pop(COOKIE_KEY, None)
    if kept:
        db.session.execute(delete(StaffSession).where(StaffSession.token_hash == _hash(kept)))


def of(staff_id: UUID) -> list[StaffSession]:
    """Newest first."""
    return list(
        db.session.scalars(
            select(StaffSession)
            .where(StaffSession.staff_id == staff_id, StaffSession.expires_at > now())
            .order_by(StaffSession.started_at.desc())
        )
    )


def end(staff_id: UUID, session_id: UUID) -> bool:
    """End one of someone's own sessions; whether there was one."""
    ended = db.session.execute(
        delete(StaffSession).where(StaffSession.id == session_id, StaffSession.staff_id == staff_id)
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]  # a deletion counts rows


def _hash(kept: dict[str, object]) -> str:
    return staffing.digest(str(kept.get("token")))
