"""How long what is kept, per kind: rules as data, what is due, and removing it after a time of grace.

A kind counts from the moment it is no longer needed: names, codes and open answers from the day on which a person can
no longer answer; plan and notes from the end of the enrolment, or while nobody ended it from when they were last worked
on; answers from the day on which the last wave of the programme closed, for they are compared over it.
What is due is marked first and removed 30 days later, unless someone puts that off and says why. Releases hold no
person and are archived; the audit log is never shortened here.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import contains_eager, joinedload

from survey.clock import now, today
from survey.codes import KEPT_KINDS
from survey.database import db
from survey.models import Enrolment, Participant, Programme, RetentionMark, RetentionRule
from survey.participation import last_day
from survey.privacy import audit, removal

GRACE = timedelta(days=30)
#: How far ahead a removal can be put off, in days.
FURTHEST = 365
#: Where waves are never closed, answers count from so many months after the person's own last day.
NEVER_CLOSED = 24


@dataclass(frozen=True)
class Kind:
    """Months to keep something: unless decided otherwise, at least, and at most."""

    months: int
    least: int
    most: int


#: Why these: codes are of no use after the last wave; names serve to invite, and half a year to answer questions; own
#: words make someone recognisable and serve the release; plan and notes serve who goes on helping; answers serve to
#: look again at what was reported.
RULES = {
    "codes": Kind(1, 0, 6),
    "identity": Kind(6, 1, 24),
    "open_answers": Kind(12, 1, 36),
    "casework": Kind(18, 1, 60),
    "answers": Kind(24, 6, 84),
}


@dataclass(frozen=True)
class Due:
    """Something of one person that has been kept long enough."""

    kind: str
    enrolment: Enrolment
    programme: str
    #: As it was: who is removed gets another.
    pseudonym: str


@dataclass(frozen=True)
class Line:
    """What a run did, or would do, with one kind of one programme."""

    programme: str
    kind: str
    marked: list[str]
    waiting: list[str]
    removed: list[str]


def months_of() -> dict[str, int]:
    """What this organisation decided, or the default."""
    decided = {rule.kind: rule.months for rule in db.session.scalars(select(RetentionRule))}
    return {kind: decided.get(kind, RULES[kind].months) for kind in KEPT_KINDS}


def decide(months: dict[str, int], staff_id: UUID) -> None:
    """Change the rules; each within its bounds (ValueError otherwise)."""
    rules = {rule.kind: rule for rule in db.session.scalars(select(RetentionRule))}
    for kind, number in months.items():
        if not RULES[kind].least <= number <= RULES[kind].most:
            raise ValueError(f"{kind} cannot be kept {number} months.")
        rule = rules.get(kind)
        if rule is None:
            if number == RULES[kind].months:
                continue
            rule = RetentionRule(kind=kind)
            db.session.add(rule)
        elif rule.months == number:
            continue
        rule.months, rule.changed_at, rule.changed_by_id = number, now(), staff_id
        audit.record("organisation.changed", what=f"retention.{kind}", months=number)
    db.session.flush()


def run(dry: bool) -> list[Line]:
    """Mark what is due, and remove what was marked long enough ago; dry: only say so.

    A mark goes when what it stands on is no longer so, because the rule or the programme changed.
    """
    due = {(one.enrolment.id, one.kind): one for one in _due()}
    marks = {(mark.enrolment_id, mark.kind): (mark.id, mark.removed_on) for mark in _marks()}
    lines: dict[tuple[str, str], Line] = {}
    for place in sorted(due, key=lambda place: KEPT_KINDS.index(place[1])):
        one = due[place]
        line = lines.setdefault((one.programme, one.kind), Line(one.programme, one.kind, [], [], []))
        _deal_with(one, marks.get(place), line, dry)
    if not dry:
        _unmark([marks[place][0] for place in marks.keys() - due.keys()])
        removed = sum(len(line.removed) for line in lines.values())
        audit.record(
            "retention.run", marked=sum(len(line.marked) for line in lines.values()), removed=removed
        )
        db.session.flush()
    return [lines[place] for place in sorted(lines)]


def _deal_with(one: Due, mark: tuple[UUID, date] | None, line: Line, dry: bool) -> None:
    if mark is None:
        line.marked.append(one.pseudonym)
        if not dry:
            _mark(one)
    elif mark[1] > today():
        line.waiting.append(one.pseudonym)
    else:
        line.removed.append(one.pseudonym)
        if not dry:
            _unmark([mark[0]])
            removal.remove(one.kind, one.enrolment)


def _unmark(marks: list[UUID]) -> None:
    db.session.execute(
        delete(RetentionMark).where(RetentionMark.id.in_(marks)),
        execution_options={"synchronize_session": False},
    )


def _mark(one: Due) -> None:
    db.session.add(
        RetentionMark(
            kind=one.kind, programme_id=one.enrolment.programme_id, enrolment_id=one.enrolment.id,
            marked_on=today(), removed_on=today() + GRACE,
        )
    )  # fmt: skip


def put_off(programme: Programme, kind: str, until: date, reason: str, staff_id: UUID) -> int:
    """Remove this kind of this programme later, and say why; of how many people."""
    marks = [mark for mark in _marks() if (mark.programme_id, mark.kind) == (programme.id, kind)]
    for mark in marks:
        mark.removed_on, mark.reason, mark.put_off_by_id = max(until, mark.removed_on), reason, staff_id
    audit.record("programme.changed", what=f"retention.{kind}", until=until.isoformat())
    db.session.flush()
    return len(marks)


def _marks() -> Sequence[RetentionMark]:
    return db.session.scalars(select(RetentionMark)).all()


def _due() -> Iterator[Due]:
    """Everything that is still there and has been kept long enough."""
    months = months_of()
    there, written = removal.what_is_there(), removal.last_written()
    for enrolment in _enrolments():
        for kind in KEPT_KINDS:
            if enrolment.id not in there[kind]:
                continue
            if months_after(_counts_from(kind, enrolment, written), months[kind]) <= today():
                yield Due(kind, enrolment, enrolment.programme.code, enrolment.participant.pseudonym)


def _enrolments() -> Sequence[Enrolment]:
    return db.session.scalars(
        select(Enrolment)
        .join(Enrolment.participant)
        .where(Participant.erased_on.is_(None))
        .options(
            contains_eager(Enrolment.participant)
            .selectinload(Participant.enrolments)
            .joinedload(Enrolment.programme)
            .selectinload(Programme.waves),
            joinedload(Enrolment.programme).selectinload(Programme.waves),
        )
        .order_by(Enrolment.id)
    ).all()


def _counts_from(kind: str, enrolment: Enrolment, written: Mapping[UUID, date]) -> date:
    """The day from which it is no longer needed; what belongs to the person waits for their last programme."""
    if kind in ("codes", "open_answers"):
        return _last_day(enrolment)
    if kind == "casework":
        return enrolment.ended_on or max(_last_day(enrolment), written.get(enrolment.id, date.min))
    counts_from = _last_day if kind == "identity" else _compared_until
    return max(counts_from(one) for one in enrolment.participant.enrolments)


def _last_day(enrolment: Enrolment) -> date:
    return min(enrolment.ended_on or date.max, last_day(enrolment))


def _compared_until(enrolment: Enrolment) -> date:
    """The day on which the programme's last wave closed; a programme that goes on keeps nobody's answers for ever."""
    closed = [wave.closed_on for wave in enrolment.programme.waves]
    if not closed or None in closed:
        return months_after(_last_day(enrolment), NEVER_CLOSED)
    return max([_last_day(enrolment), *(day for day in closed if day)])


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last day of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
