"""Taking back: answers, quoting, or showing answers, each in one programme."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from survey import consents
from survey.clock import HOME, now, today
from survey.database import db
from survey.fieldwork import window
from survey.models import (
    AccessCode,
    CohortMember,
    Consent,
    Enrolment,
    Note,
    OpenAnswer,
    PictureLock,
    Response,
    Story,
    TalkWish,
    Visit,
    Wave,
)
from survey.privacy import audit, late
from survey.privacy.erasure.entries import write
from survey.privacy.erasure.rows import ids, run
from survey.privacy.erasure.words import delete_words
from survey.privacy.ledger import Entry


def take_back_answers(enrolment: Enrolment, language: str) -> None:
    """This person no longer takes part in this programme; who works with them sees what they see of anyone.

    A wave that is due now is handled by this, as it would be by answering.
    """
    entry = Entry("answers", enrolment.organisation_id, enrolment.id, now())
    write(entry)
    audit.record("consent.withdrawn", enrolment.participant_id, purpose="taking_part")
    carry_out_answers(enrolment, entry.moment)
    _handle_due_waves(enrolment, language)


def take_back_quotes(enrolment: Enrolment) -> None:
    """Nothing this person said in this programme may be quoted from now on."""
    entry = Entry("quotes", enrolment.organisation_id, enrolment.id, now())
    write(entry)
    audit.record("consent.withdrawn", enrolment.participant_id, purpose="quote")
    if not carry_out_quotes(enrolment, entry.moment):
        late.outdate_quotes(enrolment, _no_longer_quoted(enrolment))


def take_back_showing(enrolment: Enrolment) -> None:
    """The casemanager sees nothing of what this person answered in this programme from now on."""
    entry = Entry("showing", enrolment.organisation_id, enrolment.id, now())
    write(entry)
    audit.record("consent.withdrawn", enrolment.participant_id, purpose=consents.SHOWING)
    carry_out_showing(enrolment, entry.moment)


def shows_answers(enrolment: Enrolment) -> bool:
    """Whether the casemanager may see any of what this person answered in this programme."""
    of_programme = select(Wave.id).where(Wave.programme_id == enrolment.programme_id)
    shown = of_programme.where(consents.shows(enrolment.participant_id, Wave.id))
    return db.session.scalar(shown.limit(1)) is not None


def carry_out_answers(enrolment: Enrolment, moment: datetime) -> bool:
    """What was given before this moment; whoever agreed again after it keeps what they gave then."""
    again = _waves_agreed_to_after(enrolment, moment)
    visits = db.session.scalars(
        select(Visit).where(Visit.enrolment_id == enrolment.id, Visit.wave_id.not_in(again))
    ).all()
    changed = _withdraw(enrolment, ("taking_part", "quote", consents.SHOWING), moment)
    changed += run(
        delete(Response)
        .where(Response.enrolment_id == enrolment.id, Response.wave_id.not_in(again))
        .where(Response.respondent == "self")
    )
    if not again:
        changed += run(delete(CohortMember).where(CohortMember.enrolment_id == enrolment.id))
    delete_words(OpenAnswer.visit_id.in_([visit.id for visit in visits]))
    _delete_stories_of_notes(enrolment)
    changed += _close_mirror(enrolment, moment.astimezone(HOME).date(), is_again=bool(again))
    changed += _close_visits(enrolment, visits, moment.astimezone(HOME).date())
    changed += run(
        update(AccessCode)
        .where(AccessCode.enrolment_id == enrolment.id, AccessCode.made_at <= moment)
        .where(AccessCode.ended_at.is_(None))
        .values(ended_at=moment)
    )
    db.session.flush()
    db.session.expire_all()
    return changed > 0


def _close_mirror(enrolment: Enrolment, day: date, *, is_again: bool) -> int:
    """What they wanted to talk about goes with the answers. Who agreed again since keeps what they chose after that."""
    before = TalkWish.asked_on < day if is_again else TalkWish.asked_on <= day
    changed = run(delete(TalkWish).where(TalkWish.enrolment_id == enrolment.id, before))
    if not is_again:
        changed += run(delete(PictureLock).where(PictureLock.enrolment_id == enrolment.id))
    return changed


def _close_visits(enrolment: Enrolment, visits: Sequence[Visit], day: date) -> int:
    """Handled, as by answering; but what was left unfinished and could not be answered any more that day goes.

    To staff its window had passed. Were it handled now, they would know that this person withdrew.
    """
    missed = [
        visit.id
        for visit in visits
        if visit.state == "agreed" and not _could_answer(visit.wave, enrolment, day)
    ]
    changed = 0
    for visit in visits:
        if visit.id not in missed and visit.state != "refused":
            visit.state = "refused"
            visit.finished_on = None
            visit.given = None
            changed += 1
    db.session.flush()
    return changed + run(delete(Visit).where(Visit.id.in_(missed)))


def _could_answer(wave: Wave, enrolment: Enrolment, day: date) -> bool:
    """Whether the wave was open for this person on a day, which may lie back: a closed wave is never opened again."""
    first, last = window(wave, enrolment.started_on)
    return first <= day <= last and (wave.closed_on is None or day < wave.closed_on)


def _waves_agreed_to_after(enrolment: Enrolment, moment: datetime) -> Sequence[UUID]:
    return ids(
        select(Consent.wave_id)
        .join(Wave, Wave.id == Consent.wave_id)
        .where(
            Consent.participant_id == enrolment.participant_id, Wave.programme_id == enrolment.programme_id
        )
        .where(Consent.purpose == "taking_part", Consent.given_at > moment)
    )


def _handle_due_waves(enrolment: Enrolment, language: str) -> None:
    seen = ids(select(Visit.wave_id).where(Visit.enrolment_id == enrolment.id))
    for wave in enrolment.programme.waves:
        first, last = window(wave, enrolment.started_on)
        if wave.state == "open" and first <= today() <= last and wave.id not in seen:
            db.session.add(
                Visit(enrolment_id=enrolment.id, wave_id=wave.id, state="refused", language=language)
            )
    db.session.flush()


def carry_out_quotes(enrolment: Enrolment, moment: datetime) -> bool:
    """What may be quoted since a later yes stays so."""
    changed = _withdraw(enrolment, ("quote",), moment)
    if not changed:
        return False
    _delete_stories_of_notes(enrolment)
    no_longer = _no_longer_quoted(enrolment)
    answers = select(OpenAnswer).join(Visit, Visit.id == OpenAnswer.visit_id)
    for answer in db.session.scalars(answers.where(Visit.id.in_([visit.id for visit in no_longer]))):
        answer.may_quote = False
        run(delete(Story).where(Story.open_answer_id == answer.id))
    late.outdate_quotes(enrolment, no_longer)
    return True


def _delete_stories_of_notes(enrolment: Enrolment) -> None:
    """Of notes to whose quoting nobody says yes any more. That a story was asked for stays with the note: who wrote it
    is not told that the person took it back."""
    withdrawn = select(Consent.note_id).where(Consent.note_id.is_not(None), Consent.withdrawn_at.is_not(None))
    notes = ids(select(Note.id).where(Note.enrolment_id == enrolment.id, Note.id.in_(withdrawn)))
    run(delete(Story).where(Story.note_id.in_(notes)))


def carry_out_showing(enrolment: Enrolment, moment: datetime) -> bool:
    return _withdraw(enrolment, (consents.SHOWING,), moment) > 0


def _no_longer_quoted(enrolment: Enrolment) -> Sequence[Visit]:
    """Visits without a yes that holds."""
    still = select(Consent.wave_id).where(
        Consent.participant_id == enrolment.participant_id,
        Consent.note_id.is_(None),
        consents.stands("quote"),
    )
    visits = select(Visit).where(Visit.enrolment_id == enrolment.id, Visit.wave_id.not_in(ids(still)))
    return db.session.scalars(visits).all()


def _withdraw(enrolment: Enrolment, purposes: Sequence[str], moment: datetime) -> int:
    waves = ids(select(Wave.id).where(Wave.programme_id == enrolment.programme_id))
    return run(
        update(Consent)
        .where(Consent.participant_id == enrolment.participant_id, Consent.wave_id.in_(waves))
        .where(consents.stands(*purposes), Consent.given_at <= moment)
        .values(withdrawn_at=moment)
    )
