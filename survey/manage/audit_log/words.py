"""What the audit log reads like: a text for each of its actions and actors, and for what details are called."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from survey.manage.audit_log.queries import Line

ACTIONS: dict[str, Any] = {
    "organisation.added": _("Organisation added"),
    "organisation.changed": _("Organisation changed"),
    "audit.begun": _("Audit log begun"),
    "audit.broken": _("The end of the log was found changed"),
    "audit.read": _("Audit log read"),
    "audit.exported": _("Audit log saved as a file"),
    "caseload.seen": _("Caseload seen"),
    "participant.seen": _("Person seen"),
    "participant.added": _("Person added"),
    "participant.changed": _("Facts of a person changed"),
    "participant.erased": _("Person erased"),
    "consent.given": _("Consent given"),
    "consent.withdrawn": _("Consent withdrawn"),
    "data.handed_out": _("A person's own data handed out"),
    "code.made": _("Invitation made"),
    "code.revoked": _("Code taken back"),
    "code.used": _("Came in with a code"),
    "answers.read": _("Open answers read"),
    "answers.imported": _("Answers imported"),
    "answers.exported": _("Answers exported"),
    "answers.analysed": _("Answers analysed in full precision"),
    "answers.changed": _("Answers corrected"),
    "answers.erased": _("Answers erased"),
    "story.decided": _("Story decided on"),
    "programme.added": _("Programme added"),
    "programme.changed": _("Programme changed"),
    "wave.opened": _("Wave opened"),
    "wave.closed": _("Wave closed"),
    "language.overridden": _("Unchecked language opened"),
    "language.closed": _("Unchecked language closed"),
    "release.built": _("Release made"),
    "release.published": _("Release published"),
    "release.withdrawn": _("Release withdrawn"),
    "staff.listed": _("List of colleagues seen"),
    "staff.invited": _("Colleague invited"),
    "staff.invitation_withdrawn": _("Invitation of a colleague withdrawn"),
    "staff.added": _("Account made"),
    "staff.changed": _("Account changed"),
    "staff.removed": _("Colleague removed"),
    "staff.role_given": _("Role given"),
    "staff.role_taken": _("Role taken away"),
    "staff.signed_in": _("Signed in"),
    "staff.signed_out": _("Signed out"),
    "staff.password_changed": _("Password changed"),
    "staff.second_factor_set": _("Second step set up"),
    "staff.second_factor_removed": _("Second step removed"),
    "staff.recovery_used": _("Recovery code used"),
    "session.revoked": _("Session ended from elsewhere"),
    "retention.reported": _("Report on retention seen"),
    "retention.run": _("Retention carried out"),
    "key.made": _("Key made"),
    "key.rotated": _("Key replaced"),
    "backup.made": _("Backup made"),
    "backup.restored": _("Backup put back"),
}
DETAILS: dict[str, Any] = {
    "programme": _("Programme"),
    "wave": _("Wave"),
    "language": _("Language"),
    "number": _("Number"),
    "format": _("Format"),
    "role": _("Role"),
    "staff": _("Colleague"),
    "list": _("List"),
    "answers": _("Answers"),
    "events": _("Events"),
    "decision": _("Decision"),
}


def who(line: Line) -> str:
    """Who did it, as far as that is known."""
    event = line.event
    if event.actor == "participant":
        return gettext("The person, with a code")
    if event.actor == "operator":
        command = event.details.get("command")
        return gettext("The operator: %(command)s", command=command) if command else gettext("The operator")
    if event.actor == "nobody":
        return gettext("Somebody who was not signed in")
    return line.colleague or gettext("An account that is gone")


def whom(line: Line) -> str:
    """The person it was about; who was erased goes without a pseudonym."""
    if line.event.participant_id is None:
        return ""
    return line.pseudonym or gettext("Someone who was erased")


def details(line: Line, colleagues: dict[str, str]) -> list[tuple[Any, Any]]:
    """Name and value of each; without the command, which says who it was."""
    told = ((name, value) for name, value in line.event.details.items() if name != "command")
    return [(DETAILS.get(name, name), colleagues.get(str(value), value)) for name, value in told]
