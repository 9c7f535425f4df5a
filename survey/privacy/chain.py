"""The chain of the audit log: each event carries a hash over itself and the hash before it.

The hash is an HMAC with a key derived from a master key, so whoever has only the database cannot make one. The
head, sealed the same way, says where the chain ends. Each row names the master key it was made with: after a
rotation older ones still verify.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update

from survey.clock import now
from survey.models import AuditEvent, AuditHead
from survey.models.base import compact_json
from survey.privacy.fields import key_by_id, key_ring
from survey.privacy.keys import AnyKey, MasterKey
from survey.tenancy import OrganisationSession

#: With these a chain may begin; anything else on a missing head means that the head was taken away.
BEGINNINGS = frozenset({"organisation.added", "audit.begun"})
#: The head did not fit when the next event came: the log's end was changed before it.
BROKEN = "audit.broken"


@dataclass(frozen=True)
class Entry:
    """What is told of an event, before it has a place in the chain."""

    organisation_id: UUID
    happened_at: datetime
    actor: str
    staff_id: UUID | None
    participant_id: UUID | None
    action: str
    #: As it is stored: compact JSON.
    details: str


@dataclass(frozen=True)
class End:
    """Where a chain ends."""

    number: int
    hash: str


def derived(key: AnyKey) -> bytes:
    return key.derive("audit")


def event_hash(key: bytes, key_id: str, number: int, previous: str, entry: Entry) -> str:
    """The hash of an event: over everything in its row, and the hash before it ("" before the first)."""
    return _mac(
        key, "event", number, entry.organisation_id.hex,
        entry.happened_at.astimezone(UTC).isoformat(timespec="microseconds"), entry.actor,
        _hex(entry.staff_id), _hex(entry.participant_id), entry.action, entry.details, key_id, previous,
    )  # fmt: skip


def head_seal(key: bytes, key_id: str, organisation_id: UUID, end: End) -> str:
    return _mac(key, "head", end.number, organisation_id.hex, key_id, end.hash)


def _mac(key: bytes, *parts: str | int | None) -> str:
    """Over JSON in ASCII: one text for each list of parts, on every database."""
    return hmac.new(key, json.dumps(parts).encode(), hashlib.sha256).hexdigest()


def _hex(value: UUID | None) -> str | None:
    return value.hex if value is not None else None


def append(session: OrganisationSession, organisation_id: UUID, entries: Sequence[Entry]) -> None:
    """Write events of one organisation at the end of its chain, within the session's transaction.

    One writer at a time: SQLite has only one; on PostgreSQL the others wait for the head.
    """
    ring = key_ring()
    head = session.execute(
        select(AuditHead.number, AuditHead.hash, AuditHead.key_id, AuditHead.seal)
        .where(AuditHead.organisation_id == organisation_id)
        .with_for_update()
    ).one_or_none()
    if head is not None and _is_whole(organisation_id, head):
        end = End(head.number, head.hash)
    else:
        end = _last(session, organisation_id)
        if head is not None or end.number > 0 or entries[0].action not in BEGINNINGS:
            entries = [_broken(organisation_id), *entries]
    rows, end = _chained(ring.current, end, entries)
    session.execute(insert(AuditEvent), rows)
    _bring_forward(session, ring.current, organisation_id, end, is_new=head is None)


def _is_whole(organisation_id: UUID, head: Any) -> bool:
    """KeyProblem if its key is not on the ring."""
    try:
        key = derived(key_by_id(bytes.fromhex(head.key_id)))
    except ValueError:
        return False  # not the name of any key
    seal = head_seal(key, head.key_id, organisation_id, End(head.number, head.hash))
    return isinstance(head.seal, str) and head.seal.isascii() and hmac.compare_digest(seal, head.seal)


def _last(session: OrganisationSession, organisation_id: UUID) -> End:
    """The end as the events themselves have it."""
    newest = select(func.max(AuditEvent.number)).where(AuditEvent.organisation_id == organisation_id)
    number = session.scalar(newest)
    if number is None:
        return End(0, "")
    last = select(AuditEvent.hash).where(
        AuditEvent.organisation_id == organisation_id, AuditEvent.number == number
    )
    return End(number, session.scalars(last).one())


def _broken(organisation_id: UUID) -> Entry:
    return Entry(organisation_id, now(), "operator", None, None, BROKEN, compact_json({}))


def _chained(master: MasterKey, end: End, entries: Sequence[Entry]) -> tuple[list[dict[str, Any]], End]:
    """The rows of these events after that end, and the end they make."""
    key, key_id = derived(master), master.id.hex()
    rows = []
    for entry in entries:
        end = End(end.number + 1, event_hash(key, key_id, end.number + 1, end.hash, entry))
        row = {name: getattr(entry, name) for name in Entry.__dataclass_fields__}
        row["details"] = json.loads(entry.details)
        rows.append({**row, "number": end.number, "key_id": key_id, "hash": end.hash})
    return rows, end


def _bring_forward(
    session: OrganisationSession, master: MasterKey, organisation_id: UUID, end: End, is_new: bool
) -> None:
    key_id = master.id.hex()
    seal = head_seal(derived(master), key_id, organisation_id, end)
    values = {"number": end.number, "hash": end.hash, "key_id": key_id, "seal": seal}
    if is_new:
        session.execute(insert(AuditHead), [{"organisation_id": organisation_id, **values}])
    else:
        session.execute(
            update(AuditHead)
            .where(AuditHead.organisation_id == organisation_id)
            .values(values)
            .execution_options(synchronize_session=False)
        )
