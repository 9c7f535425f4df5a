"""What a casemanager keeps of a person in codes and days, for that person: observed, done, terms, household."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from survey import code_names, languages
from survey.database import db
from survey.models import Activity, Deadline, Household, HouseholdMember, Observation, Participant


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


def observations_of(person: Participant) -> list[Observed]:
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


def activities_of(person: Participant) -> list[Did]:
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


def terms_of(person: Participant) -> list[Term]:
    of = select(Deadline).where(Deadline.participant_id == person.id).order_by(Deadline.due_on, Deadline.rule)
    return [
        Term(
            one.rule, one.started_on, one.due_on, one.met_on,
            [(longer.until, longer.reason, longer.decided_on) for longer in one.extensions],
        )
        for one in db.session.scalars(of.options(selectinload(Deadline.extensions)))
    ]  # fmt: skip


def household_of(person: Participant) -> HomeFacts | None:
    of = select(HouseholdMember).where(HouseholdMember.participant_id == person.id)
    own = db.session.scalar(of.options(joinedload(HouseholdMember.household).selectinload(Household.members)))
    if own is None:
        return None
    home = own.household
    return HomeFacts(home.size, home.children, len(home.members), own.benefit_unit)
