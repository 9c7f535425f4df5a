"""Which observation counts for a wave, in one place: for one person, and in bulk for a programme."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import String, select, type_coerce

from survey.database import db
from survey.models import Enrolment, Observation, Programme, Wave

#: An observation counts for a wave at most so many weeks before or after the day on which the wave falls due.
WINDOW_WEEKS = 6
#: Rows held at a time while streaming.
CHUNK = 20_000

Dated = tuple[date, str]


def moment(wave: Wave, started_on: date) -> date:
    """The day on which a wave falls due for somebody who started on this day."""
    return started_on + timedelta(weeks=wave.weeks)


def at_moments(moments: Sequence[date], observed: Iterable[Dated]) -> list[str | None]:
    """For each moment the value observed nearest to it, None where nothing was observed within the window.

    An observation belongs to the nearest moment alone, so that one never makes two waves equal; of two moments that
    are as near, to the earlier. Of two observations that are as near to their moment, the later counts.
    """
    nearest: list[tuple[int, Dated] | None] = [None] * len(moments)
    for day, value in sorted(observed):
        away, place = min((abs((day - one).days), place) for place, one in enumerate(moments))
        best = nearest[place]
        if away <= WINDOW_WEEKS * 7 and (best is None or away <= best[0]):
            nearest[place] = (away, (day, value))
    return [found and found[1][1] for found in nearest]


def ladder_at(programme: Programme, waves: Sequence[Wave]) -> Iterator[tuple[Any, list[str | None]]]:
    """For everyone of whom a step was observed: their enrolment, as the database gives its id, and the step at each
    of these waves."""
    statement = (
        select(
            type_coerce(Enrolment.id, String),
            Enrolment.started_on,
            Observation.observed_on,
            Observation.value,
        )
        .join(Observation, Observation.participant_id == Enrolment.participant_id)
        .where(Enrolment.programme_id == programme.id, Observation.what == "ladder")
        .order_by(Enrolment.id)
    )
    rows = db.session.execute(statement, execution_options={"yield_per": CHUNK})
    for enrolment, of_person in groupby(rows, key=itemgetter(0)):
        observed = [(started_on, (day, step)) for _, started_on, day, step in of_person]
        moments = [moment(wave, observed[0][0]) for wave in waves]
        yield enrolment, at_moments(moments, [one for _, one in observed])
