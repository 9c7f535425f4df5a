"""What changes results, targets and figures. It is about a programme and nobody in it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select

from survey.clock import today
from survey.database import db
from survey.fieldwork import Refused
from survey.manage.targets import queries
from survey.measures import MEASURES
from survey.models import Figure, IntendedResult, Programme, Target
from survey.privacy import audit
from survey.targets import ProposedResult, ProposedTarget, Template

#: A figure takes no more than this: what is reported is counted by year or month.
MOST_FIGURES = 100


def use(template: Template, programme: Programme) -> None:
    """Take over a template, in the language of who presses; Refused when it stands there already."""
    _alone(programme)
    if template.key not in [one.key for one in queries.offered(programme)]:
        raise Refused(_("These results are in the programme already."))
    first = queries.next_place(programme)
    for place, proposed in enumerate(template.results, first):
        taken = _taken_over(programme, place, proposed)
        taken.template = template.key
        db.session.add(taken)
    db.session.flush()
    audit.record(
        "target.changed", programme=programme.code, what=f"template.{template.key}", decision="added"
    )


def _taken_over(programme: Programme, place: int, proposed: ProposedResult) -> IntendedResult:
    taken = IntendedResult(
        organisation_id=programme.organisation_id, programme=programme, place=place, title=proposed.title,
        explanation=proposed.explanation,
    )  # fmt: skip
    taken.targets = [
        Target(organisation_id=programme.organisation_id, place=number, **_still_to_come(target))
        for number, target in enumerate(proposed.targets)
    ]
    return taken


def _still_to_come(proposed: ProposedTarget) -> dict[str, Any]:
    """A day that is over is none to reach a target by: it is said with the source, and left open."""
    values = asdict(proposed)
    day = values["by_date"]
    if day is not None and day < today():
        values["by_date"] = None
        values["source"] = _(
            "%(source)s There it was to be reached by %(day)s.",
            source=values["source"], day=format_date(day, "long"),
        )  # fmt: skip
    return values


def add_result(programme: Programme, title: str, explanation: str) -> IntendedResult:
    _alone(programme)
    _check_title(programme, title, None)
    place = queries.next_place(programme)
    made = IntendedResult(
        organisation_id=programme.organisation_id, programme=programme, place=place, title=title,
        explanation=explanation,
    )  # fmt: skip
    db.session.add(made)
    _noted(programme, "intended_result", "added")
    return made


def change_result(result: IntendedResult, title: str, explanation: str) -> None:
    _check_title(result.programme, title, result)
    result.title, result.explanation = title, explanation
    result.version += 1
    _noted(result.programme, "intended_result", "changed")


def add_target(result: IntendedResult, measure: str, values: dict[str, Any]) -> None:
    """The same target once more is the same one."""
    _alone(result.programme)
    asked = {"measure": measure, "unit": MEASURES[measure].units[0], **values}
    for one in result.targets:
        if all(getattr(one, name) == value for name, value in asked.items()):
            return
    place = max((one.place for one in result.targets), default=-1) + 1
    db.session.add(
        Target(organisation_id=result.organisation_id, result=result, place=place, **asked),
    )
    _noted(result.programme, "target", "added")


def change_target(target: Target, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(target, name, value)
    target.version += 1
    _noted(target.result.programme, "target", "changed")


def remove(row: IntendedResult | Target | Figure) -> None:
    """With all that belongs to it."""
    programme = _programme(row)
    what = row.__tablename__
    db.session.delete(row)
    _noted(programme, what, "removed")


def report(target: Target, as_of: date, values: dict[str, Any]) -> None:
    """A figure of one day; Refused where another stands there."""
    there = next((one for one in target.figures if one.as_of == as_of), None)
    if there is not None:
        if all(getattr(there, name) == value for name, value in values.items()):
            return
        raise Refused(_("There is a figure of this day already. Remove that one first."))
    if len(target.figures) >= MOST_FIGURES:
        raise Refused(_("There are too many figures. Remove one first."))
    db.session.add(Figure(organisation_id=target.organisation_id, target=target, as_of=as_of, **values))
    _noted(target.result.programme, "figure", "added")


def _programme(row: IntendedResult | Target | Figure) -> Programme:
    if isinstance(row, Figure):
        row = row.target
    return row.programme if isinstance(row, IntendedResult) else row.result.programme


def _alone(programme: Programme) -> None:
    """One at a time: what is pressed twice comes once."""
    db.session.scalars(select(Programme).where(Programme.id == programme.id).with_for_update()).one()


def _check_title(programme: Programme, title: str, but: IntendedResult | None) -> None:
    if any(one.title == title for one in queries.results(programme) if one is not but):
        raise Refused(_("There is already a result with this title."))


def _noted(programme: Programme, what: str, decision: str) -> None:
    db.session.flush()
    audit.record("target.changed", programme=programme.code, what=what, decision=decision)
