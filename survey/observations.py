"""Observations of people: writing them down, and which of them counts for a wave. Shared by journeys, files that are
loaded, the analysis of a programme and the demonstration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol, TypeVar
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import String, select, type_coerce

from survey import participation
from survey.clock import now
from survey.codes import OBSERVED
from survey.database import db
from survey.models import Enrolment, Observation, Participant, Programme, Wave
from survey.privacy import audit

#: An observation counts for a wave at most so many weeks before or after the day on which the wave falls due.
WINDOW_WEEKS = 6
#: Rows held at a time while streaming.
CHUNK = 20_000

#: Before this year is a slip of the keyboard: nobody's activities here began then.
EARLIEST_YEAR = 1950

Value = TypeVar("Value")


class Years(Protocol):
    """Of whom one knows when they came and were born, as far as one does."""

    @property
    def arrival_year(self) -> int | None: ...
    @property
    def birth_year(self) -> int | None: ...


def impossible(person: Years, day: date) -> str | None:
    """Why nothing of this person can be of that day; None if it can."""
    if day.year < EARLIEST_YEAR:
        return gettext("Check the year.")
    if person.arrival_year and day.year < person.arrival_year:
        return gettext(
            "This person came to the Netherlands in %(year)s. Check the year.", year=person.arrival_year
        )
    if person.birth_year and day.year < person.birth_year:
        return gettext("This is before this person was born. Check the year.")
    return None


class Taken(Exception):
    """Another value was observed on that day; which one stands there."""

    def __init__(self, there: Observation) -> None:
        super().__init__(there.what)
        self.there = there


@dataclass(frozen=True)
class Seen:
    """When and how something was observed."""

    on: date
    source: str


def observe(person: Participant, values: Mapping[str, str], seen: Seen, staff_id: UUID | None) -> None:
    """Write down what was observed on one day. What stands there already is not written twice; Taken where another
    value stands there, and then nothing is written."""
    there = {one.what: one for one in on_day(person, seen.on)}
    for what, value in values.items():
        if what in there and there[what].value != value:
            raise Taken(there[what])
    for what, value in values.items():
        if what not in there:
            _add(person, what, value, seen, staff_id)
    if values and participation.is_contact(seen.source):
        participation.seen(person, seen.on)
    db.session.flush()
    keep_group(person)


def _add(person: Participant, what: str, value: str, seen: Seen, staff_id: UUID | None) -> None:
    check(what, value)
    db.session.add(
        Observation(
            participant_id=person.id, what=what, value=value, observed_on=seen.on, source=seen.source,
            recorded_at=now(), recorded_by_id=staff_id,
        )
    )  # fmt: skip
    audit.record("observation.added", person.id, what=what)


def check(what: str, value: str) -> None:
    """ValueError for what is no code of this kind, or no number where it is one."""
    codes = OBSERVED[what]
    if codes is None:
        float(value)
    elif value not in codes:
        raise ValueError(f"{value} is no code of {what}.")


def on_day(person: Participant, day: date) -> list[Observation]:
    statement = select(Observation).where(
        Observation.participant_id == person.id, Observation.observed_on == day
    )
    return list(db.session.scalars(statement))


def keep_group(person: Participant) -> None:
    """Results are grouped by a fact of the person: it follows the newest observation, if there is one."""
    statement = select(Observation.value).where(
        Observation.participant_id == person.id, Observation.what == "target_group"
    )
    newest = db.session.scalars(statement.order_by(Observation.observed_on.desc()).limit(1)).first()
    if newest is not None and newest != person.group:
        person.group = newest
        audit.record("participant.changed", person.id)


def moment(wave: Wave, started_on: date) -> date:
    """The day on which a wave falls due for somebody who started on this day."""
    return started_on + timedelta(weeks=wave.weeks)


def at_moments(moments: Sequence[date], observed: Iterable[tuple[date, Value]]) -> list[Value | None]:
    """For each moment the value observed nearest to it, None where nothing was observed within the window.

    An observation belongs to the nearest moment alone, so that one never makes two waves equal; of two moments that
    are as near, to the earlier. Of two observations that are as near to their moment, the later counts.
    """
    nearest: list[tuple[int, Value] | None] = [None] * len(moments)
    for day, value in sorted(observed, key=itemgetter(0)):
        away, place = min((abs((day - one).days), place) for place, one in enumerate(moments))
        best = nearest[place]
        if away <= WINDOW_WEEKS * 7 and (best is None or away <= best[0]):
            nearest[place] = (away, value)
    return [found[1] if found else None for found in nearest]


def ladder_at(programme: Programme, waves: Sequence[Wave]) -> Iterator[tuple[Any, list[str | None]]]:
    """For everyone of whom a step was observed: their enrolment, as the database gives its id, and the step at each
    of these waves."""
    return observed_at(programme, "ladder", waves)


def observed_at(
    programme: Programme, what: str, waves: Sequence[Wave]
) -> Iterator[tuple[Any, list[str | None]]]:
    """The same for anything that is observed."""
    statement = (
        select(
            type_coerce(Enrolment.id, String),
            Enrolment.started_on,
            Observation.observed_on,
            Observation.value,
        )
        .join(Observation, Observation.participant_id == Enrolment.participant_id)
        .where(Enrolment.programme_id == programme.id, Observation.what == what)
        .order_by(Enrolment.id)
    )
    rows = db.session.execute(statement, execution_options={"yield_per": CHUNK})
    for (enrolment, started_on), of_person in groupby(rows, key=itemgetter(0, 1)):
        observed = [(day, value) for _, _, day, value in of_person]
        yield enrolment, at_moments([moment(wave, started_on) for wave in waves], observed)
