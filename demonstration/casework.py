"""Write the invented observations and activities down, as a casemanager would."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from demonstration import steps
from survey import activities, observations, participation
from survey.activities import Facts
from survey.clock import today
from survey.database import db
from survey.models import Activity, ActivityKind, Enrolment, Participant, Programme, Provider, Staff
from survey.observations import Seen


def make_lists() -> None:
    """The municipality's own kinds and providers."""
    db.session.add_all(ActivityKind(name=name, standard=standard) for name, standard in steps.KINDS.items())
    db.session.add_all(Provider(name=name) for name in steps.PROVIDERS)
    db.session.flush()


def write_down(programme: Programme, seed: int, staff: Staff) -> None:
    """Of everyone who began at least a week ago."""
    kinds = {kind.name: str(kind.id) for kind in db.session.scalars(select(ActivityKind))}
    providers = {provider.name: provider.id for provider in db.session.scalars(select(Provider))}
    enrolments = db.session.scalars(
        select(Enrolment)
        .join(Enrolment.participant)
        .where(Enrolment.programme_id == programme.id)
        .order_by(Participant.pseudonym)
    ).all()
    for enrolment, life in zip(enrolments, steps.lives(len(enrolments), seed, "displaced"), strict=True):
        for seen in life.seen:
            observed_on = min(steps.day(enrolment.started_on, seen.weeks), today())
            observations.observe(enrolment.participant, seen.values, Seen(observed_on, seen.source), staff.id)
            participation.seen(enrolment, observed_on)
        made: dict[steps.Done, Activity] = {}
        for done in life.done:
            made[done] = activities.add(
                enrolment.participant, _facts(enrolment, done, kinds, providers), staff.id
            )
        for done in life.done:
            if done.became is not None:
                made[done].became_id = made[done.became].id


def _facts(
    enrolment: Enrolment, done: steps.Done, kinds: dict[str, str], providers: dict[str, UUID]
) -> Facts:
    return Facts(
        kind=kinds.get(done.kind, done.kind),
        provider_id=providers[done.provider] if done.provider else None,
        started_on=steps.day(enrolment.started_on, done.first_week),
        ended_on=None if done.last_week is None else steps.day(enrolment.started_on, done.last_week),
        hours=done.hours, outcome=done.outcome, end_reason=done.end_reason,
        hours_per="total" if done.kind == "one_off_job" else "week",
    )  # fmt: skip
