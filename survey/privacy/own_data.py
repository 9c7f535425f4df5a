"""Everything that is kept about one person, put together for that person: to read, and as a file.

Who may see the answers in it is decided by whoever asks: `shown` tells which pages and which own words may be opened.
Names and contacts are left out where `with_identity` is not set, for a coordinator reads answers and no names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from instruments import library
from instruments.model import Instrument
from instruments.translation import Words, words
from survey import code_names, languages, subjects
from survey.clock import HOME, now
from survey.database import db
from survey.models import (
    Activity,
    Consent,
    Deadline,
    Enrolment,
    Household,
    HouseholdMember,
    Observation,
    OpenAnswer,
    Page,
    Participant,
    PictureLock,
    Programme,
    Response,
    TalkWish,
    Visit,
    Wave,
)
from survey.privacy import own_casework as casework
from survey.privacy import own_intake
from survey.privacy.own_intake import Answered as Answered
from survey.privacy.own_intake import Domain as Domain
from survey.privacy.own_intake import FilledIn as FilledIn
from survey.wording.kept import words_in

#: Whether a page of answers, or the own words of a visit, may be opened.
Shown = Callable[[Page | Visit], bool]
FACTS = ("language", "group", "gender", "birth_year", "arrival_year", "household")


@dataclass(frozen=True)
class Questionnaire:
    """What was answered of one instrument."""

    name: str
    version: int
    answered_on: date
    language: str
    mode: str
    #: Those that may be opened here, and whether there are others.
    domains: list[Domain]
    some_closed: bool


@dataclass(frozen=True)
class OpenWords:
    text: str | None
    language: str
    may_be_quoted: bool


@dataclass(frozen=True)
class Round:
    """One wave, as one person went through it."""

    programme: str
    wave: str
    #: agreed, refused or finished
    state: str
    finished_on: date | None
    questionnaires: list[Questionnaire]
    open_answer: OpenWords | None


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
class Term:
    """A legal term: its rule's code, and the days."""

    rule: str
    started_on: date
    due_on: date
    met_on: date | None
    #: Until when, why, and when that was decided.
    extensions: list[tuple[date, str, date]]


@dataclass(frozen=True)
class HomeFacts:
    """What is kept of the household a person lives in; not who the others are."""

    size: int | None
    children: int | None
    people_here: int
    benefit_unit: int


@dataclass(frozen=True)
class Wish:
    """A subject that the person wants to talk about with their casemanager."""

    programme: str
    subject: str
    asked_on: date
    talked_on: date | None


@dataclass(frozen=True)
class Observed:
    """What a casemanager observed: as codes, and in Dutch, the language in which it was written down."""

    what: str
    value: str
    observed_on: date
    source: str
    in_dutch: str


@dataclass(frozen=True)
class Did:
    """An activity: as codes, and in Dutch."""

    kind: str
    provider: str | None
    started_on: date
    ended_on: date | None
    hours: float | None
    hours_per: str
    outcome: str | None
    end_reason: str | None
    in_dutch: str


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
    rounds: list[Round]
    wishes: list[Wish]
    terms: list[Term]
    household: HomeFacts | None
    #: Whether pictures were chosen that open the answers; which ones, nobody can read here.
    has_pictures: bool
    #: What a casemanager wrote down; and whether there is any that may not be opened here.
    observations: list[Observed]
    activities: list[Did]
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
    participant_id: UUID, language: str, shown: Shown | None, with_identity: bool, with_casework: bool = True
) -> OwnData:
    """What is kept of this person, with questions in this language.

    Without `shown` it is for who may not even know whether someone answered: nothing of that is in it. What a
    casemanager wrote down is not for whoever found a letter with a code: `with_casework` says whether it is shown.
    """
    person = _person(participant_id)
    observations, activities = _observations(person), _activities(person)
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
        rounds=list(_rounds(person, language, shown)) if shown is not None else [],
        wishes=_wishes(person, language),
        terms=_terms(person) if with_casework else [],
        household=_household(person) if with_casework else None,
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


def _observations(person: Participant) -> list[Observed]:
    of = select(Observation).where(Observation.participant_id == person.id)
    found = db.session.scalars(of.order_by(Observation.observed_on.desc(), Observation.what)).all()
    with languages.speaking("nl"):
        return [
            Observed(
                one.what, one.value, one.observed_on, one.source,
                f"{code_names.OBSERVED_NAMES[one.what]}: {code_names.value_name(one.what, one.value)}",
            )
            for one in found
        ]  # fmt: skip


def _activities(person: Participant) -> list[Did]:
    of = select(Activity).where(Activity.participant_id == person.id).order_by(Activity.started_on.desc())
    lists = (joinedload(Activity.kind), joinedload(Activity.provider))
    with languages.speaking("nl"):
        return [_did(one) for one in db.session.scalars(of.options(*lists))]


def _did(activity: Activity) -> Did:
    provider = activity.provider.name if activity.provider else None
    told = (
        str(code_names.kind_name(activity)), provider, code_names.hours_name(activity),
        code_names.OUTCOME_NAMES.get(activity.outcome or ""),
        code_names.END_REASON_NAMES.get(activity.end_reason or ""),
    )  # fmt: skip
    return Did(
        activity.counts_as, provider, activity.started_on, activity.ended_on, activity.hours, activity.hours_per,
        activity.outcome, activity.end_reason, ", ".join(str(one) for one in told if one),
    )  # fmt: skip


def _lenses(person: Participant, language: str) -> list[FilledIn]:
    """Responses like the person's own, of another respondent."""
    programmes = {one.id: one.programme.name for one in person.enrolments}
    return [
        FilledIn(programmes[one.enrolment_id], shown.name, one.answered_on, shown.domains)
        for one in _responses(list(programmes), "casemanager")
        for shown in (_questionnaire(one, language, lambda page: True),)
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


def _terms(person: Participant) -> list[Term]:
    of = select(Deadline).where(Deadline.participant_id == person.id).order_by(Deadline.due_on, Deadline.rule)
    return [
        Term(
            one.rule, one.started_on, one.due_on, one.met_on,
            [(longer.until, longer.reason, longer.decided_on) for longer in one.extensions],
        )
        for one in db.session.scalars(of.options(selectinload(Deadline.extensions)))
    ]  # fmt: skip


def _household(person: Participant) -> HomeFacts | None:
    of = select(HouseholdMember).where(HouseholdMember.participant_id == person.id)
    own = db.session.scalar(of.options(joinedload(HouseholdMember.household).selectinload(Household.members)))
    if own is None:
        return None
    home = own.household
    return HomeFacts(home.size, home.children, len(home.members), own.benefit_unit)


def _has_pictures(person: Participant) -> bool:
    return (
        db.session.scalar(select(PictureLock.id).where(PictureLock.participant_id == person.id)) is not None
    )


def _rounds(person: Participant, language: str, shown: Shown) -> Iterator[Round]:
    """By programme and wave. Imported answers have no visit."""
    enrolments = [enrolment.id for enrolment in person.enrolments]
    visits = {visit.wave_id: visit for visit in _visits(enrolments)}
    responses = _responses(enrolments)
    waves = [*visits, *(response.wave_id for response in responses)]
    in_order = (
        select(Wave).join(Wave.programme).where(Wave.id.in_(waves)).order_by(Programme.code, Wave.weeks)
    )
    for wave in db.session.scalars(in_order.options(contains_eager(Wave.programme))):
        visit = visits.get(wave.id)
        of_wave = [response for response in responses if response.wave_id == wave.id]
        yield Round(
            programme=wave.programme.name,
            wave=wave.key,
            state=visit.state if visit else "finished",
            finished_on=visit.finished_on if visit else None,
            questionnaires=[_questionnaire(response, language, shown) for response in of_wave],
            open_answer=_open_words(visit, shown) if visit else None,
        )


def _visits(enrolments: list[UUID]) -> list[Visit]:
    words_of = joinedload(Visit.open_answer).joinedload(OpenAnswer.participant)
    statement = select(Visit).where(Visit.enrolment_id.in_(enrolments))
    return list(db.session.scalars(statement.options(words_of.joinedload(Participant.key))))


def _responses(enrolments: list[UUID], respondent: str = "self") -> list[Response]:
    """Of which at least one page was saved."""
    statement = (
        select(Response)
        .where(Response.enrolment_id.in_(enrolments), Response.respondent == respondent)
        .options(selectinload(Response.pages))
        .order_by(Response.instrument)
    )
    return [response for response in db.session.scalars(statement) if response.pages]


def _questionnaire(response: Response, language: str, shown: Shown) -> Questionnaire:
    instrument = library.load(response.instrument, response.version)
    opened = {page.domain: page for page in response.pages if shown(page)}
    domains = [
        _domain(instrument, opened[domain.code], language)
        for domain in instrument.domains
        if domain.code in opened
    ]
    return Questionnaire(
        words(instrument, language).name(), response.version, response.answered_on, response.language, response.mode,
        domains, len(opened) < len(response.pages),
    )  # fmt: skip


def _domain(instrument: Instrument, page: Page, language: str) -> Domain:
    """In the very words in which it was asked, for who reads it in the same language."""
    said = words_in(instrument, language, page.wording if page.language == language else None)
    items = instrument.domain(page.domain).items
    return Domain(
        said.domain(page.domain), [_answered(said, item.id, page.answers.get(item.id)) for item in items]
    )


def _answered(said: Words, item: str, answer: int | str | None) -> Answered:
    label = dict(said.options(item)).get(answer) if isinstance(answer, int) else None
    return Answered(said.question(item), answer, label or None)


def _open_words(visit: Visit, shown: Shown) -> OpenWords | None:
    answer = visit.open_answer
    if answer is None:
        return None
    return OpenWords(answer.text if shown(visit) else None, answer.language, answer.may_quote)
