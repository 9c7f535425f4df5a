"""Which people of the caseload are wanted: what can be chosen above the list, as conditions for the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from survey import terms
from survey.casework import search
from survey.clock import today
from survey.fieldwork import starts_due
from survey.models import AccessCode, Deadline, Enrolment, Participant, Programme, TalkWish, Visit, Wave
from survey.terms import Rule

HANDLED = ("refused", "finished")
ONE_DAY = timedelta(days=1)
TERM_WEEKS = ("4", "8", "13", "26")


@dataclass(frozen=True)
class Wanted:
    """Empty is everyone who takes part now."""

    search: str = ""
    programme: str = ""
    #: mine, nobody (without a casemanager) or everyone.
    whose: str = ""
    #: y (a wave can be answered today) or missed (its window passed).
    due: str = ""
    #: overdue, or a number of weeks within which a legal term ends.
    term: str = ""
    #: Not seen for so many weeks.
    unseen: int | None = None
    #: y (has a code that works) or n.
    invited: str = ""
    talk: bool = False
    ended: bool = False
    #: Also people of programmes whose waves are all closed; without it only where one of those was chosen.
    closed: bool = False
    #: What is counted: people (empty), households or benefits.
    unit: str = ""


def conditions(wanted: Wanted, every: list[Programme], own: UUID) -> list[ColumnElement[bool]]:
    """`every`: all programmes of the organisation with their waves."""
    found = [Participant.erased_on.is_(None), takes_part(today()) != wanted.ended, *_of(wanted, every, own)]
    if wanted.talk:
        wishes = select(TalkWish.enrolment_id).where(TalkWish.talked_on.is_(None))
        found.append(Enrolment.id.in_(wishes))
    if wanted.invited in ("y", "n"):
        invited = Enrolment.id.in_(select(AccessCode.enrolment_id).where(*works_today()))
        found.append(invited if wanted.invited == "y" else ~invited)
    if wanted.term:
        found.append(has_term(wanted.term))
    if wanted.unseen is not None:
        latest = func.coalesce(Enrolment.last_seen_on, Enrolment.started_on)
        found.append(latest <= today() - timedelta(weeks=wanted.unseen))
    if wanted.search:
        # Last: only names of people who fit all else are opened.
        found.append(search.fits(wanted.search, found))
    return found


def _of(wanted: Wanted, every: list[Programme], own: UUID) -> list[ColumnElement[bool]]:
    """Whose people, in which programme, and how their waves stand."""
    found: list[ColumnElement[bool]] = []
    if wanted.programme:
        chosen = [one.id for one in every if one.code == wanted.programme]
        found.append(Enrolment.programme_id.in_(chosen))
    elif over := closed(wanted, every):
        found.append(Enrolment.programme_id.not_in(over))
    if wanted.whose == "mine":
        found.append(Enrolment.casemanager_id == own)
    elif wanted.whose == "nobody":
        found.append(Enrolment.casemanager_id.is_(None))
    if wanted.due == "y":
        found.append(is_due(every))
    elif wanted.due == "missed":
        found.append(has_missed(every))
    return found


def closed(wanted: Wanted, every: list[Programme]) -> list[UUID]:
    """The programmes whose people are left out."""
    return [] if wanted.closed or wanted.programme else [one.id for one in every if one.is_closed]


def takes_part(day: date) -> ColumnElement[bool]:
    return or_(Enrolment.ended_on.is_(None), Enrolment.ended_on >= day)


def works_today() -> list[ColumnElement[bool]]:
    """Codes on paper that work, as far as staff may know: who ended theirs looks like anyone."""
    return [
        AccessCode.revoked_at.is_(None),
        AccessCode.handed_over.is_(False),
        or_(AccessCode.expires_on.is_(None), AccessCode.expires_on >= today()),
    ]


def has_term(wanted: str) -> ColumnElement[bool]:
    """People with a legal term that was not met; only terms that apply to their group."""
    day = today()
    weeks = int(wanted) if wanted in TERM_WEEKS else 0
    last = day - ONE_DAY if wanted == "overdue" else day + timedelta(weeks=weeks)
    # As lists that are made once: SQLite would look through all terms of the organisation for each person.
    ending = select(Deadline.participant_id).where(Deadline.met_on.is_(None), Deadline.due_on <= last)
    applying = [
        and_(
            Participant.group.in_(groups),
            Participant.id.in_(
                ending.where(or_(*(_is_of(rule) for rule in terms.rules() if rule.groups == groups)))
            ),
        )
        for groups in {rule.groups: None for rule in terms.rules()}
    ]
    return or_(*applying)


def _is_of(rule: Rule) -> ColumnElement[bool]:
    return and_(Deadline.rule == rule.code, Deadline.started_on.between(rule.valid_from, rule.valid_until))


def is_due(every: list[Programme]) -> ColumnElement[bool]:
    """Enrolments for which a wave is due today, for the database: each wave as a range of starting days."""
    day = today()
    due = [
        and_(_in(wave), Enrolment.started_on.between(*starts_due(wave, day)), ~_has_handled(wave))
        for one in every
        for wave in one.waves
        if wave.state == "open"
    ]
    return and_(takes_part(day), or_(false(), *due))


def has_missed(every: list[Programme]) -> ColumnElement[bool]:
    """Enrolments whose latest wave passed without being handled; who can still answer an earlier one is due."""
    missed = [
        and_(_in(wave), Enrolment.started_on.between(*_starts_missed(wave, one.waves)), ~_has_handled(wave))
        for one in every
        for wave in one.waves
        if wave.state != "planned"
    ]
    return and_(or_(false(), *missed), ~is_due(every))


def _starts_missed(wave: Wave, waves: list[Wave]) -> tuple[date, date]:
    """The earliest and the latest start of people for whom this wave has passed and the next has not begun."""
    day = today()
    earliest, latest = starts_due(wave, day)
    begun = [other.weeks for other in waves if other.weeks > wave.weeks]
    first = day - timedelta(weeks=min(begun)) + ONE_DAY if begun else date.min
    return first, latest if wave.state == "closed" else earliest - ONE_DAY


def _in(wave: Wave) -> ColumnElement[bool]:
    return Enrolment.programme_id == wave.programme_id


def _has_handled(wave: Wave) -> ColumnElement[bool]:
    return exists().where(
        Visit.enrolment_id == Enrolment.id, Visit.wave_id == wave.id, Visit.state.in_(HANDLED)
    )
