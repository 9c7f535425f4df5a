"""What the people of a programme do, in bulk for its analysis. Activities overlap: whoever does two counts twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import String, func, or_, select, type_coerce

from survey.clock import today
from survey.database import db
from survey.models import Activity, ActivityKind, Enrolment, Programme

#: Rows held at a time while streaming.
CHUNK = 20_000


def done_in(programme: Programme) -> Iterator[tuple[Any, str, str | None, bool]]:
    """Activities of the people of a programme: the enrolment, as the database gives its id; the standard kind; what
    the organisation calls it, if it does; and whether it became another one, such as lasting work.

    Those that have begun, and ran at some time while the person took part.
    """
    statement = (
        select(
            type_coerce(Enrolment.id, String),
            func.coalesce(ActivityKind.standard, Activity.standard),
            ActivityKind.name,
            Activity.became_id.is_not(None),
        )
        .select_from(Enrolment)
        .join(Activity, Activity.participant_id == Enrolment.participant_id)
        .outerjoin(ActivityKind, ActivityKind.id == Activity.kind_id)
        .where(Enrolment.programme_id == programme.id, Activity.started_on <= today())
        .where(or_(Activity.ended_on.is_(None), Activity.ended_on >= Enrolment.started_on))
        .where(or_(Enrolment.ended_on.is_(None), Activity.started_on <= Enrolment.ended_on))
    )
    for row in db.session.execute(statement, execution_options={"yield_per": CHUNK}):
        yield row[0], row[1], row[2], bool(row[3])
