"""Tickets: who lets a browser send answers after its session is over.

A page of questions carries one, sealed by us, so it can be neither read nor made by anyone else. It names a sitting
and the visit that this belongs to; whether that may still be answered is asked of the database each time, so it ends
with the code, by withdrawing and by being erased. It opens nothing: with it one can send answers, not see them.

The visit is named by enrolment and wave: after an older backup was put back it may have to be made anew.
"""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from survey.privacy import sealed
from survey.privacy.keys import ID_BYTES, AnyKey, KeyProblem, KeyRing
from survey.respond.latest import Shown

PLACE = b"ticket"
PACKED = struct.Struct(">16s16s16s16sI8s")
HOW_LONG = 400


class NoTicket(Exception):
    """Not one of ours."""


@dataclass(frozen=True)
class Ticket:
    organisation: UUID
    code: UUID
    enrolment: UUID
    wave: UUID
    #: How many times this person had come in by then, and the sitting's own name.
    number: int
    token: str
    shown: Shown


def write(ring: KeyRing, ticket: Ticket) -> str:
    packed = PACKED.pack(
        ticket.organisation.bytes, ticket.code.bytes, ticket.enrolment.bytes, ticket.wave.bytes,
        ticket.number, bytes.fromhex(ticket.token),
    )  # fmt: skip
    content = sealed.seal(_key(ring.current), packed + "|".join(ticket.shown).encode(), PLACE)
    return base64.urlsafe_b64encode(ring.current.id + content).decode()


def read(ring: KeyRing, text: object) -> Ticket:
    """Raise NoTicket for anything that we did not write. One of a retired key is good as well."""
    if not isinstance(text, str) or len(text) > HOW_LONG:
        raise NoTicket
    return _read(ring, text)


@lru_cache(maxsize=10_000)
def _read(ring: KeyRing, text: str) -> Ticket:
    """Good ones are kept: they come with every page."""
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
        content = sealed.unseal(_key(ring.by_id(raw[:ID_BYTES])), raw[ID_BYTES:], PLACE)
    except (ValueError, KeyProblem, sealed.CannotOpen):
        raise NoTicket from None
    organisation, code, enrolment, wave, number, token = PACKED.unpack(content[: PACKED.size])
    return Ticket(
        UUID(bytes=organisation), UUID(bytes=code), UUID(bytes=enrolment), UUID(bytes=wave),
        number, token.hex(), Shown(*content[PACKED.size :].decode().split("|")),
    )  # fmt: skip


def _key(key: AnyKey) -> bytes:
    return key.derive("ticket")
