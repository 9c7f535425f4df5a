"""Everything that is kept about one person, put together for that person: to read, and as a file.

Who may see the answers in it is decided by whoever asks: `shown` tells which pages and which own words may be opened.
Names and contacts are left out where `with_identity` is not set, for a coordinator reads answers and no names.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from survey import subjects
from survey.clock import HOME, now
from survey.database import db
from survey.models import (
    Consent,
    Enrolment,
    Participant,
    PictureLock,
    TalkWish,
)
from survey.privacy import own_answers, own_facts, own_intake
from survey.privacy import own_casework as casework
from survey.privacy.own_intake import Answered as Answered
from survey.privacy.own_intake import Domain as Domain
from survey.privacy.own_intake import FilledIn as FilledIn

FACTS = ("language", "group", "gender", "birth_year", "arrival_year", "household")


@dataclass(frozen=True)
class Choice:
    """A yes to one purpose, on what ground, to which text in which language; and whether it was taken back."""

    purpose: str
    basis: str
    text_version: int
    language: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Course:
    programme: str
    started_on: date
    ended_on: date | None
    end_reason: str | None
    last_seen_on: date | None


@dataclass(frozen=True)
class Wish:
    """A subject that the person wants to talk about with their casemanager."""

    programme: str
    subject: str
    asked_on: date
    talked_on: date | None


@dataclass(frozen=True)
class OwnData:
    organisation: str
    pseudonym: str
    made_at: datetime
    name: str | None
    contact: str | None
    facts: dict[str, Any]
    courses: list[Course]
    choices: list[Choice]
    rounds: list[own_answers.Round]
    wishes: list[Wish]
    terms: list[own_facts.Term]
    household: own_facts.HomeFacts | None
    #: Whether pictures were chosen that open the answers; which ones, nobody can read here.
    has_pictures: bool
    #: What a casemanager wrote down; and whether there is any that may not be opened here.
    observations: list[own_facts.Observed]
    activities: list[own_facts.Did]
    plans: list[casework.OwnPlan]
    notes: list[casework.OwnNote]
    intakes: list[FilledIn]
    #: How casemanagers see the same subjects.
    lenses: list[FilledIn]
    casework_closed: bool

    def as_file(self) -> bytes:
        """JSON with readable names, dates as in ISO 8601."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, default=lambda day: day.isoformat())
        return text.encode()


def collect(
    participant_id: UUID,
    language: str,
    shown: own_answers.Shown | None,
    with_identity: bool,
    with_casework: bool = True,
) -> OwnData:
    """What is kept of this person, with questions in this language.

    Without `shown` it is for who may not even know whether someone answered: nothing of that is in it. What a
    casemanager wrote down is not for whoever found a letter with a code: `with_casework` says whether it is shown.
    """
    person = _person(participant_id)
    observations, activities = own_facts.observations_of(person), own_facts.activities_of(person)
    intakes = own_intake.intakes_of(person, language)
    lenses = _lenses(person, language)
    consents = _consents(person) if shown is not None else []
    identity = person.identity if with_identity and person.key else None
    plans, notes = casework.plans(person, language), casework.notes(person, language)
    return OwnData(
        organisation=person.organisation.name,
        pseudonym=person.pseudonym,
        made_at=now().astimezone(HOME).replace(microsecond=0),
        name=identity.name if identity else None,
        contact=identity.contact if identity else None,
        facts={fact: getattr(person, fact) for fact in FACTS},
        courses=[_course(enrolment, with_casework) for enrolment in person.enrolments],
        choices=[_choice(consent) for consent in consents],
        rounds=list(own_answers.rounds_of(person, language, shown)) if shown is not None else [],
        wishes=_wishes(person, language),
        terms=own_facts.terms_of(person) if with_casework else [],
        household=own_facts.household_of(person) if with_casework else None,
        has_pictures=shown is not None and _has_pictures(person),
        observations=observations if with_casework else [],
        activities=activities if with_casework else [],
        plans=plans if with_casework else [],
        notes=notes if with_casework else [],
        intakes=intakes if with_casework else [],
        lenses=lenses if with_casework else [],
        casework_closed=not with_casework
        and bool(observations or activities or plans or notes or intakes or lenses),
    )


def _lenses(person: Participant, language: str) -> list[FilledIn]:
    """Responses like the person's own, of another respondent."""
    programmes = {one.id: one.programme.name for one in person.enrolments}
    return [
        FilledIn(programmes[one.enrolment_id], shown.name, one.answered_on, shown.domains)
        for one in own_answers.responses_of(list(programmes), "casemanager")
        for shown in (own_answers.questionnaire(one, language, lambda page: True),)
    ]


def _person(participant_id: UUID) -> Participant:
    return db.session.scalars(
        select(Participant)
        .where(Participant.id == participant_id)
        .options(
            joinedload(Participant.identity),
            joinedload(Participant.key),
            joinedload(Participant.organisation),
            selectinload(Participant.enrolments).joinedload(Enrolment.programme),
        )
    ).one()


def _course(enrolment: Enrolment, with_casework: bool) -> Course:
    noted = (enrolment.end_reason, enrolment.last_seen_on) if with_casework else (None, None)
    return Course(enrolment.programme.name, enrolment.started_on, enrolment.ended_on, *noted)


def _consents(person: Participant) -> list[Consent]:
    of = select(Consent).where(Consent.participant_id == person.id)
    return list(db.session.scalars(of.order_by(Consent.given_at, Consent.purpose.desc())))


def _choice(consent: Consent) -> Choice:
    return Choice(
        consent.purpose, consent.basis, consent.text_version, consent.language,
        consent.given_at.astimezone(HOME).replace(microsecond=0),
        consent.withdrawn_at and consent.withdrawn_at.astimezone(HOME).replace(microsecond=0),
    )  # fmt: skip


def _wishes(person: Participant, language: str) -> list[Wish]:
    programmes = {one.id: one.programme for one in person.enrolments}
    asked = select(TalkWish).where(TalkWish.enrolment_id.in_(programmes)).order_by(TalkWish.asked_on)
    wishes = db.session.scalars(asked.order_by(TalkWish.domain)).all()
    return [
        Wish(programme.name, subjects.name(programme, wish.domain, language), wish.asked_on, wish.talked_on)
        for wish in wishes
        for programme in (programmes[wish.enrolment_id],)
    ]


def _has_pictures(person: Participant) -> bool:
    return (
        db.session.scalar(select(PictureLock.id).where(PictureLock.participant_id == person.id)) is not None
    )
