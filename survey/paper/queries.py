"""Which wave a paper is for."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from survey.clock import today
from survey.database import db
from survey.models import AccessCode, Enrolment, Response, Visit, Wave
from survey.respond import queries as respond


def printable_wave(enrolment: Enrolment) -> Wave | None:
    """The first open wave that this person can still answer, today or later; None if there is none."""
    finished = select(Visit.wave_id).where(Visit.enrolment_id == enrolment.id, Visit.state == "finished")
    done = set(db.session.scalars(finished))
    for wave in enrolment.programme.waves:
        last = enrolment.started_on + timedelta(weeks=wave.weeks + wave.window_weeks)
        if wave.state == "open" and wave.id not in done and last >= today():
            return wave
    return None


def steps(wave: Wave) -> tuple[respond.Step, ...]:
    """Every page of the questionnaire, in the order in which it is printed."""
    return respond.steps_of(wave.asked)


def wording_on_paper(enrolment: Enrolment, language: str, code_id: UUID) -> str | None:
    """The words on a paper: each has a code of its own, so it says when it was printed.

    Not known where the programme moved on to newer words since.
    """
    code = db.session.get_one(AccessCode, code_id)
    fixed = next((one for one in enrolment.programme.wordings if one.language == language), None)
    return fixed.wording if fixed is not None and fixed.fixed_at <= code.made_at else None


def responses(enrolment: Enrolment, wave: Wave) -> dict[str, Response]:
    """By instrument, the person's own response to this wave."""
    found = db.session.scalars(
        select(Response).where(
            Response.enrolment_id == enrolment.id, Response.wave_id == wave.id, Response.respondent == "self"
        )
    )
    return {response.instrument: response for response in found}


def own_code(selector: str) -> AccessCode | None:
    """The code of this organisation with this selector."""
    return db.session.scalar(select(AccessCode).where(AccessCode.selector == selector))
