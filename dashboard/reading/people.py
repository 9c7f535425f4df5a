"""The people of a programme, in the one order of all arrays, and the coarse facts by which they can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import String, select, type_coerce

from dashboard.reading.page_texts import NOWHERE
from survey.codes import GENDERS, GROUPS, ROUTES
from survey.database import db
from survey.models import Enrolment, Observation, Participant, Programme


@dataclass(frozen=True)
class Coded:
    """One fact of everybody: indexes in `values`, NOWHERE (-1) where it is not known."""

    values: tuple[Any, ...]
    numbers: NDArray[np.int16]


@dataclass(frozen=True)
class Profiles:
    """Coarse facts of everybody. `birth_year` is the first year of a band of five; `route` the newest that was
    observed; a gender that is said to be unknown is not known."""

    group: Coded
    gender: Coded
    birth_year: Coded
    arrival_year: Coded
    language: Coded
    route: Coded


def profiles(programme: Programme) -> tuple[list[Any], Profiles]:
    """Every enrolment of the programme (its id as the database gives it) in order, and their facts."""
    statement = (
        select(
            type_coerce(Enrolment.id, String), Participant.group, Participant.gender, Participant.birth_year,
            Participant.arrival_year, Participant.language,
        )
        .join(Participant, Participant.id == Enrolment.participant_id)
        .where(Enrolment.programme_id == programme.id)
        .order_by(Enrolment.id)
    )  # fmt: skip
    rows = db.session.execute(statement).all()
    enrolments, *facts = zip(*rows, strict=True) if rows else ((),) * 6
    group, gender, birth_year, arrival_year, language = facts
    routes = _routes(programme)
    return list(enrolments), Profiles(
        _coded(group, GROUPS), _coded(gender, [one for one in GENDERS if one != "unknown"]), _coded(birth_year),
        _coded(arrival_year), _coded(language), _coded([routes.get(one) for one in enrolments], ROUTES),
    )  # fmt: skip


def _routes(programme: Programme) -> dict[Any, str]:
    """The newest route that was observed of each."""
    statement = (
        select(type_coerce(Enrolment.id, String), Observation.value)
        .join(Observation, Observation.participant_id == Enrolment.participant_id)
        .where(Enrolment.programme_id == programme.id, Observation.what == "route")
        .order_by(Observation.observed_on)
    )
    return {enrolment: route for enrolment, route in db.session.execute(statement)}  # noqa: C416  # rows


def _coded(facts: Sequence[Any], values: Iterable[Any] | None = None) -> Coded:
    """By the values that there can be, in their order; without a list by those that there are."""
    known = tuple(sorted({one for one in facts if one is not None}) if values is None else values)
    numbers = {value: number for number, value in enumerate(known)}
    return Coded(known, np.array([numbers.get(one, NOWHERE) for one in facts], dtype=np.int16))
