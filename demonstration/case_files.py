"""Write the invented cases down (demonstration.cases), as their casemanager would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from demonstration import cases
from demonstration.cases import Case, Written
from survey import intakes, participation
from survey.casework.deadlines import operations as deadlines
from survey.casework.deadlines import queries as terms
from survey.casework.deadlines.operations import Days
from survey.casework.households import operations as households
from survey.casework.intake import forms
from survey.casework.intake import operations as intake
from survey.casework.notes import operations as notes
from survey.casework.notes.operations import NoteAsTyped, Rewritten
from survey.casework.plan import operations as plan
from survey.casework.plan import queries as plans
from survey.casework.plan.document import Step
from survey.casework.plan.operations import GoalAsTyped
from survey.clock import today
from survey.database import db
from survey.models import Enrolment, Goal, Intake, Label, Note, Participant, Programme, Staff
from survey.respond import mirror

People = dict[str, Enrolment]


def write_down(programme: Programme, written: Written, staff: Staff) -> None:
    """Plans, notes, wishes and intakes of these people; homes and notes of the programme."""
    people = _people(programme)
    labels = {label.standard: label.id for label in db.session.scalars(select(Label)) if label.standard}
    for pseudonym, case in written.cases.items():
        _case(people[pseudonym], case, labels, staff)
    _homes(people, written.homes)
    first_day = min(enrolment.started_on for enrolment in people.values())
    for note in written.of_programme:
        typed = NoteAsTyped(
            _day(first_day, note.week), note.text or None, None, note.channel, [], [labels[one] for one in note.labels]
        )  # fmt: skip
        notes.add_to_programme(uuid4(), note.kind, programme, typed, staff.id)


def begin_terms(person: Participant, registered_on: date) -> None:
    """Legal terms that begin when somebody is registered."""
    clock = terms.clock(person, "plan")
    if clock is not None:
        deadlines.keep(person, clock, Days(registered_on, None))


def _people(programme: Programme) -> People:
    statement = select(Enrolment, Participant.pseudonym).join(Enrolment.participant)
    found = db.session.execute(statement.where(Enrolment.programme_id == programme.id))
    return {pseudonym: enrolment for enrolment, pseudonym in found}


def _case(enrolment: Enrolment, case: Case, labels: dict[str, UUID], staff: Staff) -> None:
    participation.set_identity(enrolment.participant, case.name, "")
    _plan(enrolment, case, staff)
    for note in case.notes:
        _note(enrolment, note, labels, staff)
    mirror.wish(enrolment, set(case.wishes), set(case.wishes))
    if case.intake is not None:
        _intake(enrolment, case.language, case.intake)


def _plan(enrolment: Enrolment, case: Case, staff: Staff) -> None:
    started = enrolment.started_on
    for goal in case.goals:
        made = uuid4()
        steps = [
            Step(
                "", step.dutch, step.actor, step.other, _later(started, step.due), _passed(started, step.done)
            )
            for step in goal.steps
        ]
        typed = GoalAsTyped(
            goal.domain, case.language, goal.words, goal.dutch, goal.state, [("", step) for step in steps]
        )
        plan.add_goal(made, enrolment, typed)
        db.session.get_one(Goal, made).state_on = _day(
            started, max(goal.week, *(step.done or 0 for step in goal.steps), 0)
        )
    for link in case.links:
        values = {**vars(link), "since": _day(started, link.since), "until": _passed(started, link.until)}
        plan.add_link(uuid4(), enrolment, values)
    if case.signed is not None:
        plan.settle(enrolment, plans.plan(enrolment), _day(started, case.signed), staff.id)


def _note(enrolment: Enrolment, note: cases.Note, labels: dict[str, UUID], staff: Staff) -> None:
    made, day = uuid4(), _day(enrolment.started_on, note.week)
    typed = NoteAsTyped(
        day, note.text, note.minutes, None, list(note.domains), [labels[one] for one in note.labels]
    )
    notes.add_to_person(made, enrolment, typed, staff.id)
    participation.seen(enrolment, day)
    if note.story:
        notes.propose(db.session.get_one(Note, made), Rewritten(note.story, "nl", note.domains[0]), staff.id)


def _intake(enrolment: Enrolment, language: str, done: cases.Intake) -> None:
    intake.begin(enrolment, language, done.interpreter)
    begun = db.session.scalars(select(Intake).where(Intake.enrolment_id == enrolment.id)).one()
    instrument = intakes.asked(begun)
    for code, answers in done.answers.items():
        sent = forms.read(instrument, instrument.domain(code), _as_typed(answers))
        if sent.errors:
            raise ValueError(f"The intake of {enrolment.participant.pseudonym} has {sent.errors}.")
        intake.save(begun, instrument.domain(code), sent, 0)
    begun.begun_on = _day(enrolment.started_on, 1)
    if done.is_finished:
        intake.finish(begun, finished=True)
        begun.finished_on = _day(enrolment.started_on, 2)


def _as_typed(answers: cases.Answers) -> MultiDict[str, str]:
    typed: MultiDict[str, str] = MultiDict()
    for item, answer in answers.items():
        typed.setlist(item, [str(one) for one in (answer if isinstance(answer, list) else [answer])])
    return typed


def _homes(people: People, homes: Sequence[cases.Home]) -> None:
    """Written down today of people who were last seen earlier."""
    last_seen = {enrolment: enrolment.last_seen_on for enrolment in people.values()}
    for home in homes:
        first, *others = (people[one].participant for one in home.members)
        households.keep(first, home.size, home.children)
        for other in others:
            households.add(first, other, same_benefit=home.same_benefit)
    for enrolment, day in last_seen.items():
        enrolment.last_seen_on = day


def _later(started_on: date, weeks: int | None) -> date | None:
    return None if weeks is None else started_on + timedelta(weeks=weeks)


def _passed(started_on: date, weeks: int | None) -> date | None:
    return None if weeks is None else _day(started_on, weeks)


def _day(started_on: date, weeks: int) -> date:
    """What was written down lies never in the days to come."""
    return min(started_on + timedelta(weeks=weeks), today())
