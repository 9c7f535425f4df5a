"""Keeping what came in on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from instruments import scoring
from instruments.scoring import Answer
from survey.database import db
from survey.models import AccessCode, Enrolment, Page, Response, Wave
from survey.paper import queries
from survey.participation import sit_down
from survey.privacy import audit
from survey.respond import latest
from survey.respond import operations as respond
from survey.respond.latest import Latest, Shown, Stamp
from survey.respond.queries import Step


@dataclass(frozen=True)
class Sheet:
    """What stands on a paper with a yes on it."""

    answered_on: date
    language: str
    #: By instrument and domain: codes by item id. What was left empty is not in it.
    answers: dict[tuple[str, str], dict[str, Answer]]
    text: str
    may_quote: bool


def open_code(typed: str) -> AccessCode:
    """The code on a paper of this organisation. One of another is as wrong as one that was made up."""
    # A reader of QR squares types the whole address.
    return respond.open_code(typed.rsplit("#", 1)[-1], queries.own_code)


def refuse(enrolment: Enrolment, wave: Wave, language: str) -> None:
    respond.refuse(enrolment, wave, language)
    audit.record("participant.answers_entered", enrolment.participant_id)


def keep(enrolment: Enrolment, wave: Wave, sheet: Sheet, code_id: UUID) -> None:
    """Keep a whole paper; entered twice, it is kept once. What was answered on a screen and not on paper stays."""
    visit = respond.agree(enrolment, wave, sheet.language)
    stamp = Stamp(sit_down(enrolment.id), 1, "")  # newer than what a tablet has not sent yet
    responses = queries.responses(enrolment, wave)
    for response in responses.values():
        response.mode = "paper"
        response.language = sheet.language
        response.answered_on = sheet.answered_on
    wording = queries.wording_on_paper(enrolment, sheet.language, code_id)
    for step in queries.steps(wave):
        sent = latest.first(sheet.answers[step.place], stamp, Shown(sheet.language, wording or ""))
        _keep_page(responses[step.instrument.key], step, sent)
    respond.save_open_answer(visit, sheet.text, sheet.may_quote, sheet.language, stamp)
    respond.finish(visit)
    visit.finished_on = sheet.answered_on
    audit.record("participant.answers_entered", enrolment.participant_id)


def _keep_page(response: Response, step: Step, sent: Latest) -> None:
    page = db.session.get(Page, (response.id, step.domain.code))
    if page is None:
        page = Page(
            organisation_id=response.organisation_id, response_id=response.id, domain=step.domain.code
        )
        db.session.add(page)
        merged = sent
    else:
        answers = cast(dict[str, Answer], page.answers)
        kept = latest.kept(answers, page.given, page.sitting or "", Shown(page.language, page.wording or ""))
        merged = latest.merged(kept, sent)
    page.answers, page.given = {**merged.answers}, {name: list(one) for name, one in merged.given.items()}
    page.score = scoring.score(step.instrument, step.domain.code, merged.answers)
    page.language, page.wording = merged.shown.language, merged.shown.wording or None
    page.sitting, page.passed = None, True
