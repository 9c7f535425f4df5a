"""Taking back and forgetting: what goes, in one place, and done again after an older backup was put back.

Four things a person can have done, each written in the ledger before the database is changed:

- `forget`: the whole person. Name, contact, key, codes and words go, and what a casemanager observed, planned and wrote
  down; facts are cleared, the pseudonym is replaced; the answers go too, unless the person lets them count on.
- `take_back_answers`: everything that was answered in one programme. To staff it looks like a wave that was handled, so
  what they wrote down themselves, which is no answer, stays.
- `take_back_quotes`: the permission to quote, in one programme.
- `take_back_showing`: that the casemanager sees answers, in one programme.

What a casemanager wrote about the person (the intake, how they see things) goes with the person, and not when they take
back taking part: that it is gone would tell that they did.

Published releases stay as they are: they hold rounded numbers of groups and quotes that were already out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, delete, select, update

from survey.clock import HOME, now, today
from survey.database import db
from survey.fieldwork import window
from survey.models import (
    AccessCode,
    Activity,
    CodeAttempts,
    Consent,
    Deadline,
    DomainLink,
    Enrolment,
    ErasureRequest,
    Goal,
    Household,
    HouseholdMember,
    Identity,
    Intake,
    Note,
    Observation,
    OpenAnswer,
    Participant,
    PersonKey,
    PictureLock,
    PlanVersion,
    Response,
    RetentionMark,
    Story,
    TalkWish,
    Visit,
    Wave,
)
from survey.participation import new_pseudonym
from survey.privacy import audit, late, ledger, scrubbing
from survey.privacy.fields import key_ring
from survey.privacy.ledger import Entry

FACTS = ("language", "group", "gender", "birth_year", "arrival_year", "household")


def forget(participant: Participant, keep_answers: bool = False) -> None:
    """Erase a person. Cannot be undone, not by a backup either."""
    _write(Entry("person", participant.organisation_id, participant.id, now(), keep_answers))
    audit.record("participant.erased", participant.id, kept_answers=int(keep_answers))
    _forget(participant, keep_answers)


def take_back_answers(enrolment: Enrolment, language: str) -> None:
    """This person no longer takes part in this programme; who works with them sees what they see of anyone.

    A wave that is due now is handled by this, as it would be by answering.
    """
    entry = Entry("answers", enrolment.organisation_id, enrolment.id, now())
    _write(entry)
    audit.record("consent.withdrawn", enrolment.participant_id, purpose="taking_part")
    _take_back_answers(enrolment, entry.moment)
    _handle_due_waves(enrolment, language)


def take_back_quotes(enrolment: Enrolment) -> None:
    """Nothing this person said in this programme may be quoted from now on."""
    entry = Entry("quotes", enrolment.organisation_id, enrolment.id, now())
    _write(entry)
    audit.record("consent.withdrawn", enrolment.participant_id, purpose="quote")
    if not _take_back_quotes(enrolment, entry.moment):
        late.outdate_quotes(enrolment, _no_longer_quoted(enrolment))


def take_back_showing(enrolment: Enrolment) -> None:
    """The casemanager sees nothing of what this person answered in this programme from now on."""
    entry = Entry("showing", enrolment.organisation_id, enrolment.id, now())
    _write(entry)
    audit.record("consent.withdrawn", enrolment.participant_id, purpose="show_to_casemanager")
    _take_back_showing(enrolment, entry.moment)


def shows_answers(enrolment: Enrolment) -> bool:
    """Whether the casemanager may see any of what this person answered in this programme."""
    waves = select(Wave.id).where(Wave.programme_id == enrolment.programme_id)
    given = select(Consent.id).where(
        Consent.participant_id == enrolment.participant_id, Consent.wave_id.in_(waves),
        Consent.purpose == "show_to_casemanager", Consent.withdrawn_at.is_(None),
    )  # fmt: skip
    return db.session.scalar(given.limit(1)) is not None


def replay() -> int:
    """Bring the database up to the ledger; how many entries were not yet carried out. Commits.

    Doing it again changes nothing: an entry that was carried out finds nothing left to do.
    """
    done = catch_up()
    if done:
        scrubbing.rewrite()
    return done


def catch_up() -> int:
    """`replay` without writing the database anew: for within a transaction."""
    done = 0
    for entry in ledger.read(_ledger_path(), key_ring()):
        db.session.enter(entry.organisation)
        if _carry_out(entry):
            done += 1
            audit.record(
                "participant.erased", entry.subject if entry.kind == "person" else None, again=entry.kind
            )
        db.session.commit()
    return done


def _write(entry: Entry) -> None:
    ledger.append(_ledger_path(), key_ring(), entry)
    scrubbing.after_commit(db.session)


def _ledger_path() -> Any:
    return current_app.extensions["telvertel_settings"].erasures_path


def _carry_out(entry: Entry) -> bool:
    """Whether there was anything left to do."""
    if entry.kind == "person":
        person = db.session.get(Participant, entry.subject)
        if person is None or person.erased_on is not None:
            return False
        _forget(person, entry.keep_answers)
        return True
    enrolment = db.session.get(Enrolment, entry.subject)
    if enrolment is None:
        return False
    take_back = {
        "answers": _take_back_answers,
        "quotes": _take_back_quotes,
        "showing": _take_back_showing,
    }[entry.kind]
    return take_back(enrolment, entry.moment)


def _forget(person: Participant, keep_answers: bool) -> None:
    enrolments = _ids(select(Enrolment.id).where(Enrolment.participant_id == person.id))
    _delete_words(OpenAnswer.participant_id == person.id)
    _delete_codes(enrolments)
    _run(delete(TalkWish).where(TalkWish.enrolment_id.in_(enrolments)))
    delete_casework(enrolments)
    # Extensions go with their deadlines.
    for model in (Identity, PersonKey, ErasureRequest, Observation, Activity, Deadline):
        _run(delete(model).where(model.participant_id == person.id))
    _leave_household(person)
    _run(delete(RetentionMark).where(RetentionMark.enrolment_id.in_(enrolments)))
    if keep_answers:
        _make_days_coarse(enrolments)
        late.forget_order(enrolments)
    else:
        _delete_answers(enrolments)
        _run(delete(Consent).where(Consent.participant_id == person.id))
    for row in db.session.scalars(select(Enrolment).where(Enrolment.participant_id == person.id)):
        _cut_links(row)
    person.pseudonym = new_pseudonym()
    for fact in FACTS:
        setattr(person, fact, None)
    person.erased_on = today()
    db.session.flush()
    db.session.expire_all()


def _leave_household(person: Participant) -> None:
    """A household without anybody in it goes too."""
    _run(delete(HouseholdMember).where(HouseholdMember.participant_id == person.id))
    _run(delete(Household).where(Household.id.not_in(select(HouseholdMember.household_id))))


def _cut_links(enrolment: Enrolment) -> None:
    """Counts as someone who took part and is gone; who worked with them, and on which day it began, is forgotten."""
    yesterday = today() - timedelta(days=1)
    enrolment.casemanager_id = None
    enrolment.end_reason = None
    enrolment.last_seen_on = None
    enrolment.ended_on = min(enrolment.ended_on or yesterday, yesterday).replace(day=1)
    enrolment.started_on = min(enrolment.started_on, yesterday).replace(day=1)


def _make_days_coarse(enrolments: Sequence[UUID]) -> None:
    for response in db.session.scalars(select(Response).where(Response.enrolment_id.in_(enrolments))):
        response.answered_on = response.answered_on.replace(day=1)
    for visit in db.session.scalars(select(Visit).where(Visit.enrolment_id.in_(enrolments))):
        visit.finished_on = visit.finished_on and visit.finished_on.replace(day=1)


def _delete_answers(enrolments: Sequence[UUID]) -> None:
    """Pages go with their responses."""
    _run(delete(Response).where(Response.enrolment_id.in_(enrolments)))
    _run(delete(Visit).where(Visit.enrolment_id.in_(enrolments)))


def _delete_words(of: Any) -> None:
    """Open answers, and what was rewritten from them; what a release quotes is in the release."""
    answers = _ids(select(OpenAnswer.id).where(of))
    _run(delete(Story).where(Story.open_answer_id.in_(answers)))
    _run(delete(OpenAnswer).where(OpenAnswer.id.in_(answers)))


def delete_casework(enrolments: Sequence[UUID]) -> None:
    """Plans with every version, notes with the stories that were made of them, intakes, and a casemanager's lenses.

    Steps, labels, sections and pages go along.
    """
    notes = _ids(select(Note.id).where(Note.enrolment_id.in_(enrolments)))
    _run(delete(Story).where(Story.note_id.in_(notes)))
    for model in (Note, Goal, DomainLink, PlanVersion, Intake):
        _run(delete(model).where(model.enrolment_id.in_(enrolments)))
    lenses = delete(Response).where(
        Response.enrolment_id.in_(enrolments), Response.respondent == "casemanager"
    )
    _run(lenses)


def _delete_codes(enrolments: Sequence[UUID]) -> None:
    selectors = _ids(select(AccessCode.selector).where(AccessCode.enrolment_id.in_(enrolments)))
    _run(delete(CodeAttempts).where(CodeAttempts.selector.in_(selectors)))
    _run(delete(AccessCode).where(AccessCode.enrolment_id.in_(enrolments)))
    _run(delete(PictureLock).where(PictureLock.enrolment_id.in_(enrolments)))


def _take_back_answers(enrolment: Enrolment, moment: datetime) -> bool:
    """What was given before this moment; whoever agreed again after it keeps what they gave then."""
    again = _waves_agreed_to_after(enrolment, moment)
    visits = db.session.scalars(
        select(Visit).where(Visit.enrolment_id == enrolment.id, Visit.wave_id.not_in(again))
    ).all()
    changed = _withdraw(enrolment, ("taking_part", "quote", "show_to_casemanager"), moment)
    changed += _run(
        delete(Response)
        .where(Response.enrolment_id == enrolment.id, Response.wave_id.not_in(again))
        .where(Response.respondent == "self")
    )
    _delete_words(OpenAnswer.visit_id.in_([visit.id for visit in visits]))
    _delete_stories_of_notes(enrolment)
    changed += _close_mirror(enrolment, moment.astimezone(HOME).date(), is_again=bool(again))
    changed += _close_visits(enrolment, visits, moment.astimezone(HOME).date())
    changed += _run(
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
    changed = _run(delete(TalkWish).where(TalkWish.enrolment_id == enrolment.id, before))
    if not is_again:
        changed += _run(delete(PictureLock).where(PictureLock.enrolment_id == enrolment.id))
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
    return changed + _run(delete(Visit).where(Visit.id.in_(missed)))


def _could_answer(wave: Wave, enrolment: Enrolment, day: date) -> bool:
    """Whether the wave was open for this person on a day, which may lie back: a closed wave is never opened again."""
    first, last = window(wave, enrolment.started_on)
    return first <= day <= last and (wave.closed_on is None or day < wave.closed_on)


def _waves_agreed_to_after(enrolment: Enrolment, moment: datetime) -> Sequence[UUID]:
    return _ids(
        select(Consent.wave_id)
        .join(Wave, Wave.id == Consent.wave_id)
        .where(
            Consent.participant_id == enrolment.participant_id, Wave.programme_id == enrolment.programme_id
        )
        .where(Consent.purpose == "taking_part", Consent.given_at > moment)
    )


def _handle_due_waves(enrolment: Enrolment, language: str) -> None:
    seen = _ids(select(Visit.wave_id).where(Visit.enrolment_id == enrolment.id))
    for wave in enrolment.programme.waves:
        first, last = window(wave, enrolment.started_on)
        if wave.state == "open" and first <= today() <= last and wave.id not in seen:
            db.session.add(
                Visit(enrolment_id=enrolment.id, wave_id=wave.id, state="refused", language=language)
            )
    db.session.flush()


def _take_back_quotes(enrolment: Enrolment, moment: datetime) -> bool:
    """What may be quoted since a later yes stays so."""
    changed = _withdraw(enrolment, ("quote",), moment)
    if not changed:
        return False
    _delete_stories_of_notes(enrolment)
    no_longer = _no_longer_quoted(enrolment)
    answers = select(OpenAnswer).join(Visit, Visit.id == OpenAnswer.visit_id)
    for answer in db.session.scalars(answers.where(Visit.id.in_([visit.id for visit in no_longer]))):
        answer.may_quote = False
        _run(delete(Story).where(Story.open_answer_id == answer.id))
    late.outdate_quotes(enrolment, no_longer)
    return True


def _delete_stories_of_notes(enrolment: Enrolment) -> None:
    """Of notes to whose quoting nobody says yes any more. That a story was asked for stays with the note: who wrote it
    is not told that the person took it back."""
    withdrawn = select(Consent.note_id).where(Consent.note_id.is_not(None), Consent.withdrawn_at.is_not(None))
    notes = _ids(select(Note.id).where(Note.enrolment_id == enrolment.id, Note.id.in_(withdrawn)))
    _run(delete(Story).where(Story.note_id.in_(notes)))


def _take_back_showing(enrolment: Enrolment, moment: datetime) -> bool:
    return _withdraw(enrolment, ("show_to_casemanager",), moment) > 0


def _no_longer_quoted(enrolment: Enrolment) -> Sequence[Visit]:
    """Visits without a yes that holds."""
    still = select(Consent.wave_id).where(
        Consent.participant_id == enrolment.participant_id,
        Consent.purpose == "quote",
        Consent.note_id.is_(None),
        Consent.withdrawn_at.is_(None),
    )
    visits = select(Visit).where(Visit.enrolment_id == enrolment.id, Visit.wave_id.not_in(_ids(still)))
    return db.session.scalars(visits).all()


def _withdraw(enrolment: Enrolment, purposes: Sequence[str], moment: datetime) -> int:
    waves = _ids(select(Wave.id).where(Wave.programme_id == enrolment.programme_id))
    return _run(
        update(Consent)
        .where(Consent.participant_id == enrolment.participant_id, Consent.wave_id.in_(waves))
        .where(Consent.purpose.in_(purposes), Consent.given_at <= moment, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=moment)
    )


def _ids(statement: Select[Any]) -> Sequence[Any]:
    return db.session.scalars(statement).all()


def _run(statement: Any) -> int:
    """How many rows it touched. Nothing loaded is kept in step: callers expire what they hold."""
    result: Any = db.session.execute(statement, execution_options={"synchronize_session": False})
    return int(result.rowcount)
