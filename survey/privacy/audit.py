"""The audit log: who looked at and changed whom, when. Never what somebody answered, is called or wrote.

    audit.record("participant.seen", person.id)

What changed something is written in the transaction that changes it: both are kept, or neither. Who only looked is
written in a short transaction of its own after the view and before the answer is sent; when that fails the page is
not shown, for nobody looks without a trace. Turning pages of the questionnaire leaves none: coming in with a code does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

import click
from flask import Flask, Response, g, has_request_context, request
from flask_security import current_user
from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError

from survey import audience, logs
from survey.clock import now
from survey.database import db, is_reading, transactions_that
from survey.models import Membership, Organisation
from survey.models.base import compact_json
from survey.privacy.chain import BROKEN, Entry, append
from survey.privacy.keys import KeyProblem
from survey.tenancy import OrganisationSession

#: What only looks, so that it may be told of a GET.
LOOKS = frozenset({
    "caseload.seen", "participant.seen", "participant.answers_seen", "answers.read", "answers.exported",
    "answers.analysed", "data.handed_out", "staff.listed", "retention.reported", "audit.read", "audit.exported",
    "caseload.searched", "caseload.exported",
    "programme.notes_read",
})  # fmt: skip
#: Everything that can stand in the log. What people read for each is in survey.manage.audit_log.words.
ACTIONS = LOOKS | {
    "organisation.added", "organisation.changed", "audit.begun", BROKEN,
    "participant.added", "participant.changed", "participant.erased",
    "participant.intake_changed", "participant.lens_saved",
    "erasure.asked", "erasure.taken_back", "talk.held", "talk.taken_back", "plan.changed", "plan.settled",
    "participant.note_added", "participant.note_changed", "participant.note_removed", "participant.note_proposed",
    "programme.noted", "label.changed", "target.changed",
    "observation.added", "observation.corrected", "observation.removed",
    "activity.added", "activity.changed", "activity.removed",
    "consent.given", "consent.withdrawn", "code.made", "code.revoked", "code.used",
    "deadline.changed", "deadline.extended", "deadline.extension_removed",
    "participant.household_changed", "participant.met_taken_back",
    "participant.met", "participant.handed_over", "participant.stopped", "participant.reopened",
    "participant.tablet_handed_over", "participant.answers_let_in",
    "participant.answers_entered", "answers.imported", "answers.changed", "answers.erased", "story.decided",
    "programme.added", "programme.changed", "wave.opened", "wave.closed", "language.overridden", "language.closed",
    "wording.approved", "wording.changed", "wording.refused", "wording.proposed", "wording.withdrawn", "wording.moved",
    "recording.added", "recording.removed", "release.built", "release.published", "release.withdrawn",
    "staff.invited", "staff.invitation_withdrawn", "staff.added", "staff.changed", "staff.removed",
    "staff.role_given", "staff.role_taken", "staff.signed_in", "staff.signed_out",
    "staff.password_changed", "staff.second_factor_set", "staff.second_factor_removed", "staff.recovery_used",
    "session.revoked", "retention.run", "key.made", "key.rotated", "backup.made", "backup.restored",
}  # fmt: skip
#: What a participant may do without anyone at the municipality knowing who it was: a casemanager might read this log.
OWN_AFFAIR = frozenset({"consent.withdrawn"})
#: Values of details: codes, ids and numbers. Capitals, spaces and other letters would be somebody's words.
CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")
WAITING = "audit"


def init_app(app: Flask) -> None:
    """Call this before anything else registers what happens after a request: the first comes last."""
    app.after_request(_keep_looks)


def record(action: str, participant_id: UUID | None = None, **details: int | str) -> None:
    """Note that this is done, in the organisation that was entered; about one participant, if it is."""
    note(db.session.organisation_id, action, participant_id, **details)


def record_everywhere(action: str, **details: int | str) -> None:
    """What the operator does to the whole installation is for every organisation to know."""
    with db.session.exempt("operator"):
        organisations = db.session.scalars(select(Organisation.id)).all()
    for organisation_id in organisations:
        note(organisation_id, action, None, **details)


def record_account(action: str, staff_id: UUID, **details: int | str) -> None:
    """What happens to an account is for every organisation to know that the person works for."""
    with db.session.exempt("staff_email"):
        found = db.session.scalars(select(Membership.organisation_id).where(Membership.staff_id == staff_id))
        organisations = sorted(set(found))
    for organisation_id in organisations:
        note(organisation_id, action, None, staff=staff_id.hex, **details)


def note(
    organisation_id: UUID, action: str, participant_id: UUID | None = None, **details: int | str
) -> None:
    """`record`, where the organisation is not the one that was entered."""
    _check(action, details)
    actor, staff_id = _actor()
    if actor == "participant" and action in OWN_AFFAIR:
        participant_id = None
    context = click.get_current_context(silent=True)
    if actor == "operator" and context is not None:
        details["command"] = ".".join(context.command_path.split()[1:]) or context.command_path
    entry = Entry(organisation_id, now(), actor, staff_id, participant_id, action, compact_json(details))
    db.session.info.setdefault(WAITING, []).append(entry)


def _check(action: str, details: dict[str, int | str]) -> None:
    if action not in ACTIONS:
        raise ValueError(f"{action!r} is not an action of the audit log.")
    if is_reading() and action not in LOOKS:
        raise RuntimeError(f"A {request.method} was about to do {action}; it may only look.")
    for name, value in details.items():
        if not isinstance(value, int) and not CODE.fullmatch(value):
            raise ValueError(
                f"{action}: {name} is not a code or a number, so it may not stand in the audit log."
            )


def _actor() -> tuple[str, UUID | None]:
    if not has_request_context():
        return "operator", None
    if (
        request.blueprint == "respond"
        or audience.declared().get(request.endpoint or "") is audience.PARTICIPANT
    ):
        return "participant", None
    if current_user.is_authenticated:
        return "staff", current_user.id
    return "nobody", None


@event.listens_for(OrganisationSession, "before_commit")
def _write_with_changes(session: OrganisationSession) -> None:
    entries = session.info.pop(WAITING, [])
    if entries:
        write(session, entries)


@event.listens_for(OrganisationSession, "after_rollback")
def _forget_changes(session: OrganisationSession) -> None:
    """What was taken back did not happen; who looked has looked."""
    session.info[WAITING] = [entry for entry in session.info.pop(WAITING, []) if entry.action in LOOKS]


def write(session: OrganisationSession, entries: Sequence[Entry]) -> None:
    """Into the chains of their organisations, always in the same order of those: nobody waits for each other."""
    for organisation_id, own in groupby(sorted(entries, key=_owner), key=_owner):
        if session.info.get("organisation") == organisation_id:
            append(session, organisation_id, list(own))
        else:
            with session.exempt("operator"):
                append(session, organisation_id, list(own))


def _owner(entry: Entry) -> UUID:
    return entry.organisation_id


def settle() -> None:
    """For a command that is about to say what it read: from here on it is noted."""
    db.session.commit()


def keep_looks(entries: Sequence[Entry]) -> None:
    """Write them in a transaction of their own."""
    with transactions_that(read=False), OrganisationSession(bind=db.engine) as session:
        session.enter(entries[0].organisation_id)
        write(session, entries)
        session.commit()


def _keep_looks(response: Response) -> Response:
    if "_sqlalchemy_sessions" not in g:
        return response  # nothing was asked, or it was a page turn
    entries = db.session.info.pop(WAITING, [])
    if not entries or response.status_code >= 500:
        return response
    try:
        keep_looks(entries)
    except (DBAPIError, KeyProblem) as problem:
        logs.error("who looked could not be noted", problem)
        from survey.errors import not_shown  # errors render pages, and pages need the database

        return not_shown()
    return response
