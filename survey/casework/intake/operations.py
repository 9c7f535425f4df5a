"""What changes an intake. Each is done once, however often it is sent; nobody overwrites what they did not see."""

from __future__ import annotations

import json
from uuid import uuid4

from sqlalchemy import select

from instruments.model import Domain
from survey import intakes
from survey.casework.intake.forms import Sent
from survey.clock import today
from survey.database import db, insert
from survey.models import Enrolment, Intake, IntakeSection
from survey.privacy import audit


class Changed(Exception):
    """Somebody else wrote here since this was shown; `stored` is what stands there now."""

    def __init__(self, stored: IntakeSection) -> None:
        super().__init__()
        self.stored = stored


def begin(enrolment: Enrolment, language: str, interpreter: str) -> None:
    """Begun twice at a time it is one intake: of who was first."""
    row = {
        "id": uuid4(), "organisation_id": db.session.organisation_id, "enrolment_id": enrolment.id,
        "participant_id": enrolment.participant_id, "instrument_version": intakes.asked().version,
        "language": language, "interpreter": interpreter, "mode": _mode(interpreter), "state": "begun",
        "begun_on": today(), "version": 1,
    }  # fmt: skip
    once = insert(Intake).on_conflict_do_nothing(index_elements=["enrolment_id"])
    db.session.execute(once, [row])
    audit.record("participant.intake_changed", enrolment.participant_id)


def change_how(intake: Intake, language: str, interpreter: str) -> None:
    if (intake.language, intake.interpreter) == (language, interpreter):
        return
    intake.language, intake.interpreter, intake.mode = language, interpreter, _mode(interpreter)
    intake.version += 1
    audit.record("participant.intake_changed", intake.participant_id)


def _mode(interpreter: str) -> str:
    """As for a questionnaire."""
    return "interviewer" if interpreter == "none" else "interpreter"


def save(intake: Intake, domain: Domain, sent: Sent, seen: int) -> IntakeSection:
    """Raises Changed when the section was changed since version `seen` of it, to something else than this."""
    section = _section(intake, domain)
    if intakes.answers_in(section) == sent.all:
        return section
    if section.version != seen:
        raise Changed(section)
    section.answers = sent.answers
    section.words = json.dumps(sent.words, ensure_ascii=False) if sent.words else None
    section.version += 1
    db.session.flush()
    audit.record("participant.intake_changed", intake.participant_id)
    return section


def _section(intake: Intake, domain: Domain) -> IntakeSection:
    """The section, locked; made if need be."""
    row = {
        "id": uuid4(), "organisation_id": db.session.organisation_id, "intake_id": intake.id,
        "participant_id": intake.participant_id, "domain": domain.code, "answers": {}, "version": 0,
    }  # fmt: skip
    once = insert(IntakeSection).on_conflict_do_nothing(index_elements=["intake_id", "domain"])
    db.session.execute(once, [row])
    of = select(IntakeSection).where(
        IntakeSection.intake_id == intake.id, IntakeSection.domain == domain.code
    )
    locked = of.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(locked).one()


def finish(intake: Intake, finished: bool) -> None:
    """Finished, or to be gone on with after all."""
    state = "finished" if finished else "begun"
    if intake.state != state:
        intake.state, intake.finished_on = state, today() if finished else None
        audit.record("participant.intake_changed", intake.participant_id)
