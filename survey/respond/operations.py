"""What a participant's actions change. Each is done once, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from uuid import UUID, uuid4

from sqlalchemy import Uuid, bindparam, select

from instruments import scoring
from survey.clock import now, today
from survey.database import db, insert
from survey.models import (
    AccessCode,
    Consent,
    Enrolment,
    OpenAnswer,
    Organisation,
    Page,
    Response,
    Visit,
    Wave,
)
from survey.privacy import audit, codes
from survey.respond import latest, queries, throttle
from survey.respond.latest import Latest, Stamp
from survey.tenancy import Prepared

#: Raised by one whenever the text a participant agrees to changes in meaning.
CONSENT_TEXT_VERSION = 1


class CodeRefused(Exception):
    """Wrong, unknown, revoked or expired: from outside they are one and the same."""


class TooManyTries(Exception):
    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def open_code(typed: str, find: Callable[[str], AccessCode | None] = queries.find_code) -> AccessCode:
    """The access code someone typed; a wrong one is counted at once, whatever happens to the request.

    `find`: where a code is looked for by its selector. Raises CodeRefused or TooManyTries.
    """
    code = codes.fold(typed)
    if code is None:
        raise CodeRefused
    wait = throttle.seconds_to_wait(code.selector)
    if wait:
        raise TooManyTries(wait)
    stored = find(code.selector)
    usable = stored is not None and queries.is_usable(stored)
    fits = codes.verify_secret(stored.secret_hash if stored is not None else None, code)
    if stored is None or not usable or not fits:
        throttle.note_failure(code.selector, stored.organisation_id if stored is not None else None)
        db.session.commit()
        raise CodeRefused
    throttle.forget(code.selector)
    db.session.enter(stored.organisation_id)
    audit.record("code.used", stored.enrolment.participant_id)
    return stored


def agree(enrolment: Enrolment, wave: Wave, language: str, mode: str = "self") -> Visit:
    """Begin (or go on with) a wave, having agreed to take part."""
    visit = _visit(enrolment, wave, language)
    if visit.state == "finished":
        return visit
    visit.state = "agreed"
    visit.language = language
    give_consent(enrolment.participant_id, wave.id, "taking_part", language)
    for instrument, version in wave.asked:
        _ensure_response(enrolment, wave, instrument, version, language, mode)
    return visit


def refuse(enrolment: Enrolment, wave: Wave, language: str) -> None:
    """Not now, or not at all: nobody at the municipality sees which of the two answers was given.

    Pages saved before are no longer used: a refused visit counts nowhere.
    """
    visit = _visit(enrolment, wave, language)
    if visit.state != "finished":
        visit.state = "refused"
        _withdraw_consent(visit, "taking_part")


def _visit(enrolment: Enrolment, wave: Wave, language: str) -> Visit:
    """The visit to this wave, locked; made if need be, once however often that is asked at a time."""
    row = {
        "id": uuid4(), "organisation_id": db.session.organisation_id, "enrolment_id": enrolment.id,
        "wave_id": wave.id, "state": "agreed", "language": language,
    }  # fmt: skip
    once = insert(Visit).on_conflict_do_nothing(index_elements=["enrolment_id", "wave_id"])
    db.session.execute(once, [row])
    statement = select(Visit).where(Visit.enrolment_id == enrolment.id, Visit.wave_id == wave.id)
    locked = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(locked).one()


def _ensure_response(
    enrolment: Enrolment, wave: Wave, instrument: str, version: int, language: str, mode: str
) -> None:
    upsert = insert(Response).on_conflict_do_nothing(
        index_elements=["enrolment_id", "wave_id", "instrument", "respondent"]
    )
    row = {
        "id": uuid4(), "organisation_id": db.session.organisation_id, "enrolment_id": enrolment.id,
        "wave_id": wave.id, "instrument": instrument, "version": version, "respondent": "self", "mode": mode,
        "language": language, "answered_on": today(),
    }  # fmt: skip
    db.session.execute(upsert, [row])


def go_on_in_mode(visit: Visit, mode: str) -> None:
    """Someone goes on with words, or without; who helped with an interview or on paper stays told."""
    own = select(Response).where(
        Response.enrolment_id == visit.enrolment_id, Response.wave_id == visit.wave_id,
        Response.respondent == "self", Response.mode.in_(("self", "audio")),
    )  # fmt: skip
    for response in db.session.scalars(own):
        response.mode = mode


def give_consent(participant_id: UUID, wave_id: UUID, purpose: str, language: str) -> None:
    given = db.session.scalar(
        select(Consent).where(
            Consent.participant_id == participant_id,
            Consent.wave_id == wave_id,
            Consent.purpose == purpose,
            Consent.note_id.is_(None),
            Consent.withdrawn_at.is_(None),
        )
    )
    if given is None:
        db.session.add(
            Consent(
                participant_id=participant_id, wave_id=wave_id, purpose=purpose, language=language,
                basis=_basis(purpose), text_version=CONSENT_TEXT_VERSION, given_at=now(),
            )
        )  # fmt: skip


def _basis(purpose: str) -> str:
    """On what ground: being quoted always takes a yes, taking part may be for a public task."""
    own = select(Organisation.taking_part_basis)
    return db.session.scalars(own).one() if purpose == "taking_part" else "consent"


def save_page(sitting: queries.Sitting, step: queries.Step, sent: Latest, passed: bool) -> None:
    """Save one domain's answers and their score. What was left empty stays as it was saved before, and so does
    what was given later than this.

    A page that was not `passed`, because the person stopped or went back, is where they begin next time.

    A page that still holds answers of an earlier sitting stays that sitting's: it is not shown again now.
    """
    page = latest.merged(sitting.page, sent) if sitting.page else sent
    row = {
        "response_id": sitting.response_id, "domain": step.domain.code, "answers": page.answers,
        "score": scoring.score(step.instrument, step.domain.code, page.answers), "language": page.shown.language,
        "wording": page.shown.wording or None, "sitting": page.sitting, "given": page.given, "passed": passed,
    }  # fmt: skip
    turn = db.turn
    turn.run(_page_upsert(turn.dialect.name), row)


@cache
def _page_upsert(dialect: str) -> Prepared:
    upsert = insert(Page)
    new = {
        name: upsert.excluded[name]
        for name in ("answers", "score", "language", "wording", "sitting", "given")
    }
    return Prepared(
        upsert.on_conflict_do_update(
            index_elements=["response_id", "domain"],
            set_={**new, "passed": Page.passed | upsert.excluded.passed},
            where=Page.organisation_id == bindparam("inside", type_=Uuid()),
        )
    )


def save_open_answer(visit: Visit, text: str, may_quote: bool, language: str, stamp: Stamp) -> None:
    """Seal the last answer: the latest that is not empty, and the latest choice about quoting."""
    known, given = given_in(visit), dict(visit.given or {})
    if text and stamp > known["text"]:
        given["text"] = stamp
        _seal_text(visit, text, language)
    if stamp > known["quote"]:
        given |= {"quote": stamp, "may_quote": may_quote}
    visit.given = given
    answer = visit.open_answer
    if answer is None:
        return
    answer.may_quote = given["may_quote"]
    if answer.may_quote:
        give_consent(visit.enrolment.participant_id, visit.wave_id, "quote", language)
    else:
        _withdraw_consent(visit, "quote")


def given_in(visit: Visit) -> dict[str, Stamp]:
    """When the words were given, and the choice about quoting them."""
    given = visit.given or {}
    return {what: Stamp(*given.get(what, latest.LONG_AGO)) for what in ("text", "quote")}


def _seal_text(visit: Visit, text: str, language: str) -> None:
    answer = visit.open_answer or OpenAnswer(
        organisation_id=visit.organisation_id, visit_id=visit.id, participant=visit.enrolment.participant
    )
    answer.language = language
    answer.text = text
    visit.open_answer = answer


def _withdraw_consent(visit: Visit, purpose: str) -> None:
    given = select(Consent).where(
        Consent.participant_id == visit.enrolment.participant_id,
        Consent.wave_id == visit.wave_id,
        Consent.purpose == purpose,
        Consent.note_id.is_(None),
        Consent.withdrawn_at.is_(None),
    )
    for consent in db.session.scalars(given):
        consent.withdrawn_at = now()


def finish(visit: Visit) -> None:
    if visit.state != "finished":
        visit.state = "finished"
        visit.finished_on = today()
