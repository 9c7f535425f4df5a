"""What casemanagers wrote down of the people of a programme, in bulk: work, activities, and what opens what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import String, func, select, type_coerce

from dashboard.outcomes.work import BANDS, Spell, band, lasting_work, lost_work, runs, told, yes_or_no
from dashboard.reading.source import Comparison
from dashboard.reading.states import IN_WORK
from survey import observations
from survey.clock import today
from survey.codes import OBSERVED
from survey.database import db
from survey.models import Activity, ActivityKind, DomainLink, Enrolment, Label, Note, NoteLabel, Programme

CHUNK = 20_000
#: Activities of which one asks whether somebody does them.
FITS = ("fit_level", "fit_field")
DOES = {"volunteering": "volunteering", "language_buddy": "has_a_buddy"}

Entry = dict[str, Any]


def work(programme: Programme, comparison: Comparison) -> Entry:
    """Lasting work, work that fits, hours, yes or no before and after, and loss of work around coaching."""
    first_days = _first_days(programme)
    spells = list(
        _spells(programme, {one: place for place, one in enumerate(comparison.microdata.enrolments)})
    )
    status = _observed(programme, comparison, "work_status")
    hours = [(band(one), band(other)) for one, other in _observed(programme, comparison, "work_hours")]
    return {
        "lasting": lasting_work(spells, first_days, today()),
        "fit": [told(what, _observed(programme, comparison, what), OBSERVED[what] or ()) for what in FITS],
        "hours": told("work_hours", hours, [name for name, _ in BANDS]),
        "yes_or_no": [
            yes_or_no("in_work", [(_in_work(one), _in_work(other)) for one, other in status]),
            *(yes_or_no(name, _doing(spells, kind, comparison, first_days)) for kind, name in DOES.items()),
        ],
        "lost_around_coaching": lost_work(spells, today()),
    }


def _in_work(status: str | None) -> bool | None:
    return None if status is None else status in IN_WORK


def _first_days(programme: Programme) -> list[date]:
    """Of everybody, in the order of dashboard.reading.source."""
    statement = select(Enrolment.started_on).where(Enrolment.programme_id == programme.id)
    return list(db.session.scalars(statement.order_by(Enrolment.id)))


def _observed(programme: Programme, comparison: Comparison, what: str) -> list[tuple[str | None, str | None]]:
    """At both waves, of everybody of whom it was observed."""
    found = observations.observed_at(programme, what, (comparison.before, comparison.after))
    return [(one, other) for _, (one, other) in found]


def _spells(programme: Programme, places: dict[Any, int]) -> Iterable[Spell]:
    """Every activity of the people of a programme that has begun, whenever it was."""
    statement = (
        select(
            type_coerce(Enrolment.id, String), func.coalesce(ActivityKind.standard, Activity.standard),
            Activity.started_on, Activity.ended_on, Activity.end_reason, Activity.became_id.is_not(None),
        )
        .select_from(Enrolment)
        .join(Activity, Activity.participant_id == Enrolment.participant_id)
        .outerjoin(ActivityKind, ActivityKind.id == Activity.kind_id)
        .where(Enrolment.programme_id == programme.id, Activity.started_on <= today())
    )  # fmt: skip
    for enrolment, kind, began, ended, reason, became in db.session.execute(
        statement, execution_options={"yield_per": CHUNK}
    ):
        yield Spell(places[enrolment], kind, began, ended, reason, bool(became))


def _doing(
    spells: Iterable[Spell], kind: str, comparison: Comparison, first_days: list[date]
) -> list[tuple[bool, bool | None]]:
    """Whether each person did it on the day of both waves; of a day that is still to come nothing is known."""
    doing: tuple[set[int], set[int]] = (set(), set())
    waves = (comparison.before, comparison.after)
    for one in spells:
        for there, wave in zip(doing, waves, strict=True):
            if one.kind == kind and runs(one, observations.moment(wave, first_days[one.person])):
                there.add(one.person)
    last = today() - timedelta(weeks=comparison.after.weeks)
    return [
        (place in doing[0], place in doing[1] if first_day <= last else None)
        for place, first_day in enumerate(first_days)
    ]


def links(programme: Programme) -> list[Entry]:
    """How many people have an obstacle, or a breakthrough, from one domain to another."""
    columns = (DomainLink.kind, DomainLink.from_domain, DomainLink.to_domain)
    statement = (
        select(*columns, func.count(DomainLink.enrolment_id.distinct()))
        .join(DomainLink.enrolment)
        .where(Enrolment.programme_id == programme.id)
        .group_by(*columns)
        .order_by(*columns)
    )
    return [
        {"kind": kind, "from": one, "to": other, "people": people}
        for kind, one, other, people in db.session.execute(statement)
    ]


def label_minutes(programme: Programme) -> tuple[dict[str, int], int]:
    """How much time the notes and questions with each label took, as far as it was written down; and all of those
    together. Labels are called as `dashboard.reading.source.labelled` has them."""
    took = func.coalesce(Note.minutes, 0)
    statement = select(NoteLabel.label_id, NoteLabel.note_id, took).join(Note, Note.id == NoteLabel.note_id)
    found = db.session.execute(statement.where(Note.programme_id == programme.id)).all()
    names = {one.id: one.name or one.standard or "" for one in db.session.scalars(select(Label))}
    minutes: Counter[str] = Counter()
    for label, _note, of_note in found:
        minutes[names[label]] += of_note
    return dict(minutes), sum({note: of_note for _label, note, of_note in found}.values())
