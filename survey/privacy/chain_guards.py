"""What stands around the chains of the audit log: triggers that refuse changes, and an organisation for every event.

Triggers are held against what the migration made: one of the right name that lets everything pass is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NULLTYPE

from survey.models import AuditEvent, AuditHead, Organisation

REFUSAL = "The audit log only grows"
REFUSE = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
SAME_ORGANISATION = "organisation_id = NEW.organisation_id AND"
SQLITE = {
    "audit_event_refuses_delete": f"BEFORE DELETE ON audit_event {REFUSE}",
    "audit_event_refuses_update": f"BEFORE UPDATE ON audit_event {REFUSE}",
    "audit_event_refuses_replace": "BEFORE INSERT ON audit_event WHEN EXISTS"  # noqa: S608 - ours
    f" (SELECT 1 FROM audit_event WHERE {SAME_ORGANISATION} number = NEW.number) {REFUSE}",
    "audit_head_refuses_delete": f"BEFORE DELETE ON audit_head {REFUSE}",
    "audit_head_refuses_update": "BEFORE UPDATE ON audit_head"
    f" WHEN NEW.organisation_id IS NOT OLD.organisation_id {REFUSE}",
    "audit_head_refuses_replace": "BEFORE INSERT ON audit_head WHEN EXISTS"  # noqa: S608 - ours
    f" (SELECT 1 FROM audit_head WHERE {SAME_ORGANISATION} TRUE) {REFUSE}",
}
#: By table and name: PostgreSQL's number for when a trigger runs (row 1, before 2, delete 8, update 16, truncate 32),
#: and whether it has a condition.
POSTGRESQL = {
    "refuses_changes on audit_event": (1 + 2 + 8 + 16, False),
    "refuses_truncate on audit_event": (2 + 32, False),
    "refuses_delete on audit_head": (1 + 2 + 8, False),
    "refuses_update on audit_head": (1 + 2 + 16, True),
    "refuses_truncate on audit_head": (2 + 32, False),
}
BODY = f"BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END"
ON_POSTGRESQL = """
    SELECT tgname || ' on ' || relname, tgtype, tgqual IS NOT NULL
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace AND tgenabled IN ('O', 'A')
    AND btrim(prosrc) = :body
"""


@dataclass(frozen=True)
class Left:
    """What is still there of an organisation that is not."""

    organisation: str
    events: int = 0


def missing_triggers(session: Session) -> list[str]:
    """Names of those that are not there, are switched off, or do something else than they should."""
    found: dict[str, Any]
    if session.get_bind().dialect.name == "postgresql":
        rows = session.execute(text(ON_POSTGRESQL), {"body": BODY})
        found = {name: (kind, has_condition) for name, kind, has_condition in rows}
        return [name for name, as_made in POSTGRESQL.items() if found.get(name) != as_made]
    rows = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    found = {row.name: row.sql for row in rows}
    return [name for name, rest in SQLITE.items() if found.get(name) != f"CREATE TRIGGER {name} {rest}"]


def without_organisation(session: Session) -> list[Left]:
    """Events and heads whose organisation was removed."""
    left: dict[str, int] = {}
    for model in (AuditEvent, AuditHead):
        whose = type_coerce(model.organisation_id, NULLTYPE)
        asked = (
            select(whose, func.count())
            .where(whose.not_in(select(type_coerce(Organisation.id, NULLTYPE))))
            .group_by(whose)
        )
        for organisation_id, number in session.execute(asked):
            name = ascii(str(organisation_id))[1:-1]
            left[name] = left.get(name, 0) + (number if model is AuditEvent else 0)
    return [Left(name, number) for name, number in sorted(left.items())]
