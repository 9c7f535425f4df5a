"""What was observed of a person, as it stands now and over time; what they do and did; and the lists to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from survey import code_names, observations
from survey.clock import today
from survey.codes import LADDER_STEPS, OBSERVED, STANDARD_KINDS
from survey.database import db
from survey.models import (
    Activity,
    ActivityKind,
    Enrolment,
    Observation,
    Participant,
    Programme,
    Provider,
    Wave,
)

History = dict[str, list[Observation]]


def person(participant_id: UUID, to_change: bool = False) -> Participant | None:
    """Someone who is not erased. `to_change`: nobody else writes about them until this request is done."""
    statement = select(Participant).where(Participant.id == participant_id, Participant.erased_on.is_(None))
    return db.session.scalar(statement.with_for_update() if to_change else statement)


def history(of: Participant) -> History:
    """All that was observed, by what it is, newest first."""
    statement = (
        select(Observation)
        .where(Observation.participant_id == of.id)
        .options(joinedload(Observation.recorded_by))
        .order_by(Observation.observed_on.desc())
    )
    found: History = {what: [] for what in OBSERVED}
    for observation in db.session.scalars(statement):
        found[observation.what].append(observation)
    return {what: each for what, each in found.items() if each}


def counted(of: Participant, known: History) -> dict[UUID, list[tuple[Wave, Programme]]]:
    """By observation, the waves so far for which it counts."""
    statement = select(Wave, Programme, Enrolment.started_on).join(Wave.programme)
    statement = statement.join(Enrolment, Enrolment.programme_id == Programme.id)
    statement = statement.where(Enrolment.participant_id == of.id).order_by(Programme.name, Wave.weeks)
    programmes: dict[UUID, list[tuple[Wave, Programme, date]]] = {}
    for wave, programme, started_on in db.session.execute(statement):
        due = observations.moment(wave, started_on)
        if due <= today():
            programmes.setdefault(programme.id, []).append((wave, programme, due))
    found: dict[UUID, list[tuple[Wave, Programme]]] = {}
    for waves in programmes.values():
        for each in known.values():
            dated = [(one.observed_on, one.id) for one in each]
            nearest = observations.at_moments([due for _, _, due in waves], dated)
            for (wave, programme, _), observation_id in zip(waves, nearest, strict=True):
                if observation_id is not None:
                    found.setdefault(observation_id, []).append((wave, programme))
    return found


def observation(observation_id: UUID, to_change: bool = False) -> Observation | None:
    statement = (
        select(Observation)
        .join(Observation.participant)
        .where(Observation.id == observation_id, Participant.erased_on.is_(None))
        .options(contains_eager(Observation.participant))
    )
    return db.session.scalar(statement.with_for_update() if to_change else statement)


def standing(of: Participant) -> Mapping[str, Any]:
    """For the person's page: the newest of everything that was observed."""
    newest = {what: each[0] for what, each in history(of).items()}
    return {
        "ladder": newest.pop("ladder", None),
        "steps": LADDER_STEPS,
        "newest": newest,
        "names": code_names,
    }


def doing(of: Participant) -> Mapping[str, Any]:
    """For the person's page: what runs, what is over, and what can be added at a touch."""
    every = activities(of)
    running = [one for one in every if code_names.is_running(one, today())]
    return {
        "running": running,
        "over": [one for one in every if one not in running],
        "offered": offered_kinds(),
        "names": code_names,
        "today": today(),
    }


def activities(of: Participant) -> list[Activity]:
    """The latest to begin first."""
    statement = _with_lists(select(Activity).where(Activity.participant_id == of.id))
    return list(db.session.scalars(statement.order_by(Activity.started_on.desc(), Activity.id)))


def activity(activity_id: UUID, to_change: bool = False) -> Activity | None:
    statement = (
        select(Activity)
        .join(Activity.participant)
        .where(Activity.id == activity_id, Participant.erased_on.is_(None))
        .options(contains_eager(Activity.participant))
    )
    return db.session.scalar(statement.with_for_update() if to_change else _with_lists(statement))


def _with_lists(statement: Any) -> Any:
    return statement.options(
        joinedload(Activity.kind), joinedload(Activity.provider),
        joinedload(Activity.became).joinedload(Activity.kind),
    )  # fmt: skip


def offered_kinds(also: Activity | None = None) -> list[tuple[str, Any]]:
    """(what a form sends, name): the organisation's own kinds, then the standard ones it has no kind of its own for.

    `also`: what this activity is, though it is not offered any more.
    """
    own = list(db.session.scalars(select(ActivityKind).order_by(ActivityKind.name)))
    used = [kind for kind in own if kind.in_use]
    covered = {kind.standard for kind in used}
    offered: list[tuple[str, Any]] = [(str(kind.id), kind.name) for kind in used]
    for standard in STANDARD_KINDS:
        if standard not in covered:
            offered.append((standard, code_names.STANDARD_KIND_NAMES[standard]))
    if also is not None and chosen_kind(also) not in dict(offered):
        offered.append((chosen_kind(also), code_names.kind_name(also)))
    return offered


def chosen_kind(of: Activity) -> str:
    """What a form sends for the kind of this activity."""
    return str(of.kind_id or of.standard)


def offered_providers(also: Activity | None = None) -> list[tuple[str, str]]:
    found = db.session.scalars(select(Provider).order_by(Provider.name))
    kept = also.provider_id if also is not None else None
    return [(str(one.id), one.name) for one in found if one.in_use or one.id == kept]
