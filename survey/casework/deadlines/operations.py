"""What is written down of legal terms. Each change is noted with what was kept before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from survey import terms
from survey.casework import known
from survey.casework.deadlines.queries import Clock, clocks
from survey.database import db
from survey.models import Deadline, DeadlineExtension, Participant
from survey.privacy import audit


@dataclass(frozen=True)
class Days:
    started_on: date
    met_on: date | None


def keep(person: Participant, clock: Clock, days: Days) -> None:
    """Terms of this person that start on the same kind of day, and have none yet, start with it."""
    alike = [
        other
        for other in clocks(person)
        if other.rule.starts == clock.rule.starts and other.deadline is None and other.code != clock.code
    ]
    _keep(person, clock, days)
    for other in alike:
        _keep(person, other, Days(days.started_on, None))


def _keep(person: Participant, clock: Clock, days: Days) -> None:
    rules = terms.of_group(person.group, known.route(person))[clock.code]
    rule = terms.holding(rules, days.started_on)
    if rule is None:  # a term that starts alike, and had no rule yet
        return
    deadline = clock.deadline
    was = {} if deadline is None else {"before": f"{deadline.started_on}.{deadline.met_on or '-'}"}
    if deadline is None:
        deadline = Deadline(participant=person, rule=clock.code, version=0, extensions=[])
        db.session.add(deadline)
    deadline.started_on, deadline.met_on = days.started_on, days.met_on
    deadline.due_on = rule.ends(days.started_on)
    _stretch(deadline)
    deadline.version += 1
    met = {"met": days.met_on.isoformat()} if days.met_on else {}
    audit.record(
        "deadline.changed", person.id, rule=clock.code, started=days.started_on.isoformat(), **met, **was
    )


def _stretch(deadline: Deadline) -> None:
    """An extension counts where it is later than the term itself."""
    deadline.due_on = max([deadline.due_on, *(longer.until for longer in deadline.extensions)])


def extend(deadline: Deadline, until: date, reason: str, decided_on: date, staff_id: UUID) -> None:
    deadline.extensions.append(
        DeadlineExtension(until=until, reason=reason, decided_on=decided_on, recorded_by_id=staff_id)
    )
    _stretch(deadline)
    deadline.version += 1
    audit.record(
        "deadline.extended", deadline.participant_id, rule=deadline.rule, extended_to=until.isoformat(),
        reason=reason,
    )  # fmt: skip


def take_back(extension: DeadlineExtension, ends: date) -> None:
    """`ends`: the last day of the term itself."""
    deadline = extension.deadline
    deadline.extensions.remove(extension)
    db.session.delete(extension)
    deadline.due_on = ends
    _stretch(deadline)
    deadline.version += 1
    audit.record(
        "deadline.extension_removed", deadline.participant_id, rule=deadline.rule,
        before=f"{extension.until}.{extension.reason}",
    )  # fmt: skip
