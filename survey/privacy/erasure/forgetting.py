"""Forgetting a whole person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from survey.clock import now, today
from survey.database import db
from survey.models import (
    AccessCode,
    Activity,
    CodeAttempts,
    CohortMember,
    Consent,
    Deadline,
    Enrolment,
    ErasureRequest,
    Household,
    HouseholdMember,
    Identity,
    Observation,
    OpenAnswer,
    Participant,
    PersonKey,
    PictureLock,
    Response,
    RetentionMark,
    TalkWish,
    Visit,
)
from survey.participation import new_pseudonym
from survey.privacy import audit, late
from survey.privacy.erasure.entries import write
from survey.privacy.erasure.rows import ids, run
from survey.privacy.erasure.words import delete_casework, delete_words
from survey.privacy.ledger import Entry

FACTS = ("language", "group", "gender", "birth_year", "arrival_year", "household")


def forget(participant: Participant, keep_answers: bool = False) -> None:
    """Erase a person. Cannot be undone, not by a backup either."""
    write(Entry("person", participant.organisation_id, participant.id, now(), keep_answers))
    audit.record("participant.erased", participant.id, kept_answers=int(keep_answers))
    carry_out(participant, keep_answers)


def carry_out(person: Participant, keep_answers: bool) -> None:
    enrolments = ids(select(Enrolment.id).where(Enrolment.participant_id == person.id))
    delete_words(OpenAnswer.participant_id == person.id)
    _delete_codes(enrolments)
    run(delete(TalkWish).where(TalkWish.enrolment_id.in_(enrolments)))
    delete_casework(enrolments)
    # Extensions go with their deadlines.
    for model in (Identity, PersonKey, ErasureRequest, Observation, Activity, Deadline):
        run(delete(model).where(model.participant_id == person.id))
    _leave_household(person)
    run(delete(RetentionMark).where(RetentionMark.enrolment_id.in_(enrolments)))
    run(delete(CohortMember).where(CohortMember.enrolment_id.in_(enrolments)))
    if keep_answers:
        _make_days_coarse(enrolments)
        late.forget_order(enrolments)
    else:
        _delete_answers(enrolments)
        run(delete(Consent).where(Consent.participant_id == person.id))
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
    run(delete(HouseholdMember).where(HouseholdMember.participant_id == person.id))
    run(delete(Household).where(Household.id.not_in(select(HouseholdMember.household_id))))


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
    run(delete(Response).where(Response.enrolment_id.in_(enrolments)))
    run(delete(Visit).where(Visit.enrolment_id.in_(enrolments)))


def _delete_codes(enrolments: Sequence[UUID]) -> None:
    selectors = ids(select(AccessCode.selector).where(AccessCode.enrolment_id.in_(enrolments)))
    run(delete(CodeAttempts).where(CodeAttempts.selector.in_(selectors)))
    run(delete(AccessCode).where(AccessCode.enrolment_id.in_(enrolments)))
    run(delete(PictureLock).where(PictureLock.enrolment_id.in_(enrolments)))
