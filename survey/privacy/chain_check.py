"""Verifying the audit log: every edit, insertion, removal and reordering shows, also at the end.

Values are read as they are stored and made sense of here: one that means nothing, or that is written in another way
than we write it, is a finding like any other.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, String, select, type_coerce
from sqlalchemy.types import NULLTYPE

from survey.database import db, transactions_that
from survey.models import AuditEvent, AuditHead, Organisation
from survey.privacy.chain import BROKEN, End, Entry, derived, event_hash, head_seal
from survey.privacy.chain_guards import missing_triggers, without_organisation
from survey.privacy.fields import key_ring
from survey.privacy.keys import KeyProblem
from survey.tenancy import OrganisationSession

#: Events read at a time.
AT_ONCE = 1000
TOLD = ("happened_at", "actor", "staff_id", "participant_id", "action", "details")
COLUMNS = ("number", *TOLD, "key_id", "hash")
Row = dict[str, Any]


class Unreadable(Exception):
    """A stored value is not one of ours."""


@dataclass(frozen=True)
class Finding:
    """Something in a log that is not as it was written."""

    #: The event; None when it is the end of the log, or what stands around it.
    number: int | None
    reason: str
    around: bool = False

    def __str__(self) -> str:
        if self.around:
            return self.reason
        return f"{'at the end' if self.number is None else f'event {self.number}'}: {self.reason}"


@dataclass
class Checked:
    """One organisation's log, read from beginning to end; or what stands around all of them, which has no events."""

    slug: str
    events: int | None = 0
    findings: list[Finding] = field(default_factory=list)


def check() -> Iterator[Checked]:
    """Every organisation's log as it is at this moment, one after the other; others can go on writing meanwhile.

    After them, if there are any: logs without an organisation, and a database that no longer refuses changes.
    """
    engine = db.engine
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with (
        transactions_that(read=True),
        OrganisationSession(bind=engine) as session,
        session.exempt("operator"),
    ):
        found = session.execute(select(Organisation.id, Organisation.slug).order_by(Organisation.slug)).all()
        with _any_text(session):
            for organisation_id, slug in found:
                yield _Log(session, organisation_id).check(slug)
            yield from _around(session)


def _around(session: OrganisationSession) -> Iterator[Checked]:
    for left in without_organisation(session):
        reason = "the organisation was removed, and its log was left behind"
        yield Checked(f"organisation {left.organisation}", left.events, [Finding(None, reason, around=True)])
    reason = "it does not refuse changes to the log, for the trigger %s is missing, off or another"
    found = [Finding(None, reason % name, around=True) for name in missing_triggers(session)]
    if found:
        yield Checked("the database", None, found)


@contextmanager
def _any_text(session: OrganisationSession) -> Iterator[None]:
    """SQLite may hold text that is none; the driver would stop there."""
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    driver: Any = session.connection().connection.driver_connection
    driver.text_factory = lambda content: content.decode(errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = str


class _Log:
    def __init__(self, session: OrganisationSession, organisation_id: UUID) -> None:
        self.session = session
        self.organisation_id = organisation_id
        self.keys: dict[str, bytes] = {}
        self.read = {name: _reader(name, session.get_bind().dialect) for name in COLUMNS}

    def check(self, slug: str) -> Checked:
        checked, end = Checked(slug), End(0, "")
        for count, row in enumerate(self._events(), start=1):
            checked.events = count
            problem = self._problem(row, end)
            if problem is not None:
                checked.findings.append(problem)
            number = row["number"] if isinstance(row["number"], int) else end.number + 1
            end = End(number, row["hash"])
        problem = self._problem_at_end(end)
        if problem is not None:
            checked.findings.append(problem)
        return checked

    def _events(self) -> Iterator[Row]:
        columns = [type_coerce(getattr(AuditEvent, name), NULLTYPE).label(name) for name in COLUMNS]
        statement = (
            select(*columns)
            .where(AuditEvent.organisation_id == self.organisation_id)
            .order_by(AuditEvent.number)
            .execution_options(yield_per=AT_ONCE)
        )
        for row in self.session.execute(statement):
            yield dict(row._mapping)

    def _problem(self, row: Row, before: End) -> Finding | None:
        expected, number = before.number + 1, row["number"]
        if not isinstance(number, int) or number < expected:
            return Finding(expected, f"an event that does not belong here has the number {number!r}")
        if number > expected:
            until = f" to {number - 1}" if number - 1 > expected else ""
            return Finding(expected, f"missing: event {expected}{until}")
        try:
            as_it_was = self._hash(row, before.hash)
        except (Unreadable, KeyProblem) as problem:
            return Finding(number, f"changed: {problem}")
        if not hmac.compare_digest(as_it_was, row["hash"]):
            return Finding(number, "changed: it, or the hash before it, is not as it was written")
        if row["action"] == BROKEN:
            return Finding(number, "when this was written, the end of the log had been changed or removed")
        return None

    def _hash(self, row: Row, previous: str) -> str:
        told = {name: self.read[name](row[name]) for name in (*TOLD, "key_id", "hash")}
        key = self._key(told.pop("key_id"))
        if not isinstance(previous, str) or not told.pop("hash").isascii():
            raise Unreadable("no hash")
        return event_hash(key, row["key_id"], row["number"], previous, Entry(self.organisation_id, **told))

    def _key(self, key_id: str) -> bytes:
        if key_id not in self.keys:
            try:
                name = bytes.fromhex(key_id)
            except ValueError:
                raise Unreadable("no key has that name") from None
            self.keys[key_id] = derived(key_ring().by_id(name))
        return self.keys[key_id]

    def _problem_at_end(self, end: End) -> Finding | None:
        columns = [
            type_coerce(getattr(AuditHead, name), NULLTYPE) for name in ("number", "hash", "key_id", "seal")
        ]
        asked = select(*columns).where(AuditHead.organisation_id == self.organisation_id)
        head = self.session.execute(asked).one_or_none()
        if head is None:
            return Finding(None, "the seal on the end of the log is missing")
        try:
            number, last_hash, key_id, seal = tuple(head)
            right = head_seal(
                self._key(str(key_id)), str(key_id), self.organisation_id, End(number, last_hash)
            )
        except (Unreadable, KeyProblem, TypeError) as problem:
            return Finding(None, f"the seal on the end of the log was changed: {problem}")
        if right != seal:
            return Finding(None, "the seal on the end of the log was changed")
        if number > end.number:
            return Finding(end.number + 1, f"missing at the end: event {end.number + 1} to {number}")
        if (number, last_hash) != (end.number, end.hash):
            return Finding(end.number, "the log does not end where it was sealed")
        return None


def _reader(name: str, dialect: Dialect) -> Callable[[Any], Any]:
    """Makes sense of a stored value; Unreadable unless it is written exactly as we write it."""
    column = AuditEvent.__table__.c[name]
    if isinstance(column.type, String) or name == "details":
        return _text  # details are hashed as they stand
    implementation = column.type.dialect_impl(dialect)
    take_out = implementation.result_processor(dialect, None) or _as_it_is
    put_in = implementation.bind_processor(dialect) or _as_it_is

    def read(stored: Any) -> Any:
        if stored is None and column.nullable:
            return None
        try:
            value = take_out(stored)
            if put_in(value) == stored:
                return value
        except (ValueError, TypeError, AttributeError):
            pass  # said below, as for a value written in another way
        raise Unreadable(f"{name} is not a value of ours")

    return read


def _as_it_is(stored: Any) -> Any:
    return stored


def _text(stored: Any) -> str:
    if not isinstance(stored, str):
        raise Unreadable("no text")
    return stored
