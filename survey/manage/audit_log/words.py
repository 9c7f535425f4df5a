"""What the audit log reads like: a text for each of its actions and actors, and for what details are called."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from instruments.translation import LANGUAGES
from survey import code_names, terms
from survey.codes import ROLES
from survey.fieldwork import wave_name
from survey.manage.audit_log.queries import Line
from survey.manage.rights.forms import BASIS_NAMES, KIND_NAMES
from survey.participation import STOP_REASON_NAMES
from survey.staffing import role_name

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
    "deadline.changed": _("Legal term of a person changed"),
    "deadline.extended": _("Legal term of a person extended"),
    "deadline.extension_removed": _("Extension of a legal term taken back"),
    "participant.household_changed": _("Household of a person changed"),
    "participant.met": _("Noted: seen this day"),
    "participant.met_taken_back": _("Taken back: seen this day"),
    "participant.handed_over": _("Person handed over to a colleague"),
    "participant.stopped": _("Person stopped in a programme"),
    "participant.reopened": _("Person takes part in a programme again"),
    "participant.intake_changed": _("Intake filled in"),
    "participant.lens_saved": _("How a casemanager sees a person was filled in"),
    "participant.answers_seen": _("A person's own answers seen by their casemanager, with consent"),
    "participant.erased": _("Person erased"),
    "erasure.asked": _("Erasure asked for"),
    "erasure.taken_back": _("Request for erasure taken back"),
    "talk.held": _("Talked about a subject the person had ticked"),
    "talk.taken_back": _("Taken back: talked about a subject the person had ticked"),
    "observation.added": _("Observation written down"),
    "observation.corrected": _("Observation corrected"),
    "observation.removed": _("Observation removed"),
    "activity.added": _("Activity added"),
    "activity.changed": _("Activity changed"),
    "activity.removed": _("Activity removed"),
    "caseload.searched": _("Searched in notes about own people"),
    "programme.notes_read": _("Notes of programmes read"),
    "programme.noted": _("Note or question of a programme written"),
    "participant.note_added": _("Note about a person written"),
    "participant.note_changed": _("Note about a person changed"),
    "participant.note_removed": _("Note about a person removed"),
    "participant.note_proposed": _("Story made of a note about a person"),
    "label.changed": _("List of labels changed"),
    "target.changed": _("Targets of a programme changed"),
    "plan.changed": _("Plan of a person changed"),
    "plan.settled": _("Plan of a person settled"),
    "consent.given": _("Consent given"),
    "consent.withdrawn": _("Consent withdrawn"),
    "data.handed_out": _("A person's own data handed out"),
    "code.made": _("Invitation made"),
    "code.revoked": _("Code taken back"),
    "code.used": _("Came in with a code"),
    "participant.answers_let_in": _("Answers let in from a device after the code had ended"),
    "participant.tablet_handed_over": _("Tablet handed over to this person"),
    "answers.read": _("Open answers read"),
    "participant.answers_entered": _("Answers from paper entered"),
    "answers.imported": _("Answers imported"),
    "answers.exported": _("Answers exported"),
    "caseload.exported": _("Caseload exported, with notes"),
    "answers.analysed": _("Answers analysed in full precision"),
    "answers.changed": _("Answers corrected"),
    "answers.erased": _("Answers erased"),
    "story.decided": _("Story decided on"),
    "programme.added": _("Programme added"),
    "programme.changed": _("Programme changed"),
    "recording.added": _("Recording added"),
    "recording.removed": _("Recording removed"),
    "wave.opened": _("Wave opened"),
    "wave.closed": _("Wave closed"),
    "language.overridden": _("Unchecked language opened"),
    "language.closed": _("Unchecked language closed"),
    "wording.approved": _("Text approved"),
    "wording.changed": _("Text changed"),
    "wording.refused": _("Text refused"),
    "wording.proposed": _("Texts proposed from a file"),
    "wording.withdrawn": _("Proposed texts withdrawn"),
    "wording.moved": _("Programme moved on to newer words"),
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
    "text": _("Text"),
    "word_free": _("Without words"),
    "then_now": _("Then and now"),
    "anchor": _("Better or worse"),
    "in_advance": _("Domains named in advance"),
    "format": _("Format"),
    "role": _("Role"),
    "staff": _("Colleague"),
    "list": _("List"),
    "answers": _("Answers"),
    "events": _("Events"),
    "decision": _("Decision"),
    "what": _("What"),
    "to": _("Became"),
    "was": _("Was"),
    "was_on": _("Was of"),
    "was_from": _("Was known from"),
    "activity": _("Activity"),
    "purpose": _("Purpose"),
    "how": _("How"),
    "until": _("Put off until"),
    "last_day": _("Last day"),
    "before": _("Was"),
    "wish": _("Which subject, as a number"),
    "reason": _("Reason"),
    "rule": _("Legal term"),
    "started": _("Started on"),
    "met": _("Met on"),
    "extended_to": _("Extended to"),
    "months": _("Months kept"),
    "marked": _("Marked"),
    "removed": _("Removed"),
    "kept_answers": _("Answers count on"),
    "again": _("Done again after a restore"),
    "vouched": _("Identity checked"),
    "erased": _("Erased again"),
    "made": _("Backup of"),
    "key": _("Key"),
    "resealed": _("Sealed anew"),
    "retired": _("Keys taken out"),
    "story": _("Story"),
    "answer": _("Answer"),
    "string": _("Text"),
    "strings": _("Texts"),
    "state": _("How it stands"),
    "signed": _("Signed on"),
    "notes": _("Notes"),
    "kind": _("Kind"),
    "label": _("Label"),
}
YES_OR_NO = {"0": _("no"), "1": _("yes")}
#: What values are called, by the name of the detail. Other values are codes, ids, days and numbers.
VALUES: dict[str, dict[str, Any]] = {
    "reason": {**terms.EXTENSION_REASON_NAMES, **STOP_REASON_NAMES},
    "rule": terms.NAMES,
    "what": {
        "taking_part_basis": _("Ground for taking part"),
        "activity_kind": _("Kinds of activities"),
        "provider": _("Providers"),
        "goal": _("A goal"),
        "obstacle": _("An obstacle"),
        "breakthrough": _("A breakthrough"),
        "intended_result": _("An intended result"),
        "target": _("A target"),
        "figure": _("A figure"),
        "template.aalten": _("A template of results"),
        "template.oude_ijsselstreek": _("A template of results"),
        **{f"retention.{kind}": name for kind, name in KIND_NAMES.items()},
        **code_names.OBSERVED_NAMES,
    },
    "was_from": code_names.SOURCE_NAMES,
    "to": BASIS_NAMES,
    "purpose": {
        "taking_part": _("Taking part"),
        "quote": _("Being quoted"),
        "show_to_casemanager": _("Showing answers to the casemanager"),
    },
    "how": {"document": _("To print"), "file": _("As a file"), "envelope": _("In a closed envelope")},
    "list": {"quotes": _("Quotes"), "other-answers": _("Other answers")},
    "decision": {
        "draft": _("Draft"),
        "approved": _("Approved"),
        "refused": _("Refused"),
        "added": _("Added"),
        "changed": _("Changed"),
        "removed": _("Removed"),
    },
    "kind": {
        "group_talk": _("Group talk"),
        "partner": _("Talk with a partner"),
        "council": _("Advisory council"),
        "question": _("Question to the help desk"),
    },
    "state": {
        "open": _("Not begun"),
        "busy": _("Working on it"),
        "reached": _("Reached"),
        "dropped": _("Stopped"),
    },
    "again": {
        "person": _("A whole person"),
        "answers": _("Answers of one person"),
        "quotes": _("Quotes of one person"),
        "showing": _("Showing the answers of one person"),
    },
    "kept_answers": YES_OR_NO,
    "vouched": YES_OR_NO,
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


def what(line: Line) -> Any:
    """What was done; a person who opened their own data did not hand it out."""
    if line.event.action == "data.handed_out" and line.event.actor == "participant":
        return gettext("Own data opened")
    return ACTIONS.get(line.event.action, line.event.action)


def details(line: Line, colleagues: dict[str, str]) -> list[tuple[Any, Any]]:
    """Name and value of each; without the command, which says who it was."""
    noted = line.event.details
    told = ((name, value) for name, value in noted.items() if name != "command")
    return [
        (
            DETAILS.get(name, name),
            code_names.value_name(str(noted["what"]), str(value))
            if name == "was"
            else colleagues.get(str(value)) or value_of(name, value),
        )
        for name, value in told
    ]


def value_of(name: str, value: int | str) -> Any:
    """A value in words, where it has any."""
    text = str(value)
    if name == "wave":
        return wave_name(text)
    if name == "role":
        return role_name(text) if text in ROLES else text
    if name == "language":
        return LANGUAGES[text].name if text in LANGUAGES else text
    return VALUES.get(name, {}).get(text, value)
