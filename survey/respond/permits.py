"""Permits: staff let in what waited on a device until its code had ended, though its person answered in time.

Sealed by us, for all of one person's answers to one wave, and for as long as it takes to send them. A permit stands in
for the code and for nothing else.
"""

from __future__ import annotations

import base64
import struct
from datetime import timedelta

from survey.clock import now
from survey.privacy import sealed
from survey.privacy.keys import KeyRing
from survey.respond.tickets import Ticket

HEADER = "Telvertel-Permit"
PLACE = b"permit"
PACKED = struct.Struct(">16s16s16sI")
GOOD_FOR = timedelta(minutes=5)


def write(ring: KeyRing, ticket: Ticket) -> str:
    until = int((now() + GOOD_FOR).timestamp())
    content = sealed.seal(ring.current.derive("permit"), _packed(ticket, until), PLACE)
    return base64.b64encode(content).decode()


def holds(ring: KeyRing, text: str, ticket: Ticket) -> bool:
    """Whether this was written for the person and wave of a ticket, just now."""
    if not text:
        return False
    try:
        content = sealed.unseal(ring.current.derive("permit"), base64.b64decode(text, validate=True), PLACE)
    except (ValueError, sealed.CannotOpen):
        return False
    *_for, until = PACKED.unpack(content)
    return content == _packed(ticket, until) and now().timestamp() <= until


def _packed(ticket: Ticket, until: int) -> bytes:
    return PACKED.pack(ticket.organisation.bytes, ticket.enrolment.bytes, ticket.wave.bytes, until)
