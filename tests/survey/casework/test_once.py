"""Something new of which the reply never came, sent again: in the same words it is one; other words are never dropped.

Over every form that makes the id of what it is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey import fieldwork, participation
from survey.casework.forms import IntakeForm
from survey.casework.notes.forms import PersonNoteForm, ProgrammeNoteForm, QuestionForm
from survey.casework.once import OnceForm
from survey.casework.plan.forms import GoalForm, LinkForm
from survey.clock import today
from survey.database import db
from survey.models import DomainLink, Goal, Identity, Label, Note, Participant
from tests.fixtures.application import Town, new_town
from tests.fixtures.audit import events
from tests.survey.casework.conftest import enrolment_of, inside, people, speaking
from tests.survey.casework.filling import differing, send, text

FIRST, MORE = "Wil lassen", "Wil lassen, en zoekt een baas"


@dataclass(frozen=True)
class Case:
    form: type[OnceForm]
    #: With the enrolment, and the participant, that it is of.
    address: str
    model: type[Any]
    asked: str
    #: What tells in the trail of audit that it was written.
    told: str
    field: str = "text"
    filled: tuple[tuple[str, str], ...] = ()

    def sent(self, words: str) -> dict[str, Any]:
        return {**dict(self.filled), self.field: words}


_PLAN = "/casework/enrolments/{enrolment}/plan"
_LINKED = (("from_domain", "housing"), ("to_domain", "work"))
CASES = {
    "note": Case(
        PersonNoteForm, "/casework/participants/{person}/notes/new", Note, "What was said", "participant.note_added"
    ),
    "programme note": Case(ProgrammeNoteForm, "/casework/notes/new", Note, "What was said", "programme.noted"),
    "question": Case(QuestionForm, "/casework/questions/new", Note, "The question", "programme.noted"),
    "goal": Case(
        GoalForm, _PLAN + "/goals/new", Goal, "The same in Dutch", "plan.changed", "dutch", (("domain", "work"),)
    ),
    "obstacle": Case(
        LinkForm, _PLAN + "/links/new/obstacle", DomainLink, "In words", "plan.changed", "words", _LINKED
    ),
    "breakthrough": Case(
        LinkForm, _PLAN + "/links/new/breakthrough", DomainLink, "In words", "plan.changed", "words", _LINKED
    ),
}  # fmt: skip


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@dataclass(frozen=True)
class Desk:
    """Somebody at work on the page of something new."""

    town: Town
    client: FlaskClient
    case: Case
    address: str
    page: TestResponse

    def send(self, words: str, page: TestResponse | None = None, **other: Any) -> TestResponse:
        return send(
            self.client, page or self.page, self.address, **{**self.case.sent(words), **self._label, **other}
        )

    @property
    def _label(self) -> dict[str, list[str]]:
        """A question has at least one."""
        if self.case.form is not QuestionForm:
            return {}
        with inside(self.town):
            return {"labels": [str(db.session.scalars(select(Label.id).order_by(Label.id)).first())]}

    @property
    def kept(self) -> list[tuple[str, int]]:
        """Of each that there is the words, and how often it was written."""
        with inside(self.town):
            rows = db.session.scalars(select(self.case.model))
            return [(getattr(row, self.case.field), row.version) for row in rows]

    @property
    def told(self) -> int:
        return [event["action"] for event in events(self.town.app)].count(self.case.told)


def desk(town: Town, case: Case, person: UUID | None = None) -> Desk:
    of = person or people(town, 1)[0]
    with inside(town):
        address = case.address.format(person=of, enrolment=enrolment_of(of).id)
    client = speaking("en", town.sign_in("casemanager"))
    return Desk(town, client, case, address, client.get(address))


def test_every_form_that_makes_an_id_is_here() -> None:
    def ends(kind: type[Any]) -> set[type[Any]]:
        below: list[type[Any]] = kind.__subclasses__()
        return {end for one in below for end in ends(one)} if below else {kind}

    assert ends(OnceForm) == {IntakeForm, *(case.form for case in CASES.values())}


def test_the_same_words_are_one(any_app: Flask, case: Case) -> None:
    at = desk(new_town(any_app), case)
    answers = [at.send(FIRST) for _again in range(3)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert at.kept == [(FIRST, 1)] and at.told == 1


def test_other_words_are_laid_beside_what_was_kept(any_app: Flask, case: Case) -> None:
    at = desk(new_town(any_app), case)
    done = at.send(FIRST)
    again = at.send(MORE)
    assert differing(again) == {case.asked: (FIRST, MORE)}
    assert "this is there already, with other answers" in text(again)
    assert at.kept == [(FIRST, 1)], "nothing is written over what nobody saw"
    chosen = send(at.client, again, at.address)
    assert (chosen.status_code, chosen.location) == (303, done.location)
    assert at.kept == [(MORE, 2)]


def test_who_changes_it_once_more_on_that_page_saves_that(any_app: Flask, case: Case) -> None:
    at = desk(new_town(any_app), case)
    at.send(FIRST)
    again = at.send(MORE)
    assert at.send("Toch anders", again).status_code == 303
    assert at.kept == [("Toch anders", 2)]
    assert differing(at.send(MORE)) == {case.asked: ("Toch anders", MORE)}, "an old page again"


def test_what_a_colleague_made_of_it_is_not_written_over(any_app: Flask, case: Case) -> None:
    at = desk(new_town(any_app), case)
    at.send(FIRST)
    again = at.send(MORE)
    with inside(at.town):
        row = db.session.scalars(select(case.model)).one()
        setattr(row, case.field, "THEIRS")
        row.version += 1
    late = send(at.client, again, at.address)
    assert differing(late) == {case.asked: ("THEIRS", MORE)}
    assert "somebody else changed this meanwhile" in text(late)
    assert send(at.client, late, at.address).status_code == 303
    assert at.kept == [(MORE, 3)]


def test_what_was_removed_meanwhile_is_kept_anew(any_app: Flask, case: Case) -> None:
    at = desk(new_town(any_app), case)
    at.send(FIRST)
    with inside(at.town):
        db.session.delete(db.session.scalars(select(case.model)).one())
    assert at.send(MORE).status_code == 303
    assert at.kept == [(MORE, 1)]


def test_an_answer_that_is_none_is_told_also_the_second_time(any_app: Flask, case: Case) -> None:
    at = desk(new_town(any_app), case)
    at.send(FIRST)
    day = "since" if case.model is DomainLink else "happened_on" if case.model is Note else "steps-0-done_on"
    wrong: dict[str, Any] = {day: (today() + timedelta(days=1)).isoformat()}
    again = at.send(MORE, **wrong)
    refused = send(at.client, again, at.address)
    assert (again.status_code, refused.status_code) == (409, 422)
    assert MORE in refused.text and at.kept == [(FIRST, 1)]


def test_a_note_that_goes_elsewhere_is_another(town: Town) -> None:
    """The same page for another programme of the same person: nothing is moved, and nothing lost."""
    (person,) = people(town, 1)
    with inside(town):
        enrolment = enrolment_of(person)
        other = fieldwork.add_programme("other", "Other", ["wellbeing"], [fieldwork.parse_wave("before")])
        second = participation.enrol(enrolment.participant, other, today())
        places = str(enrolment.id), str(second.id)
    at = desk(town, CASES["note"], person)
    assert [at.send(MORE, enrolment=place).status_code for place in places] == [303, 303]
    assert at.kept == [(MORE, 1), (MORE, 1)]


@pytest.mark.parametrize("name", ["programme note", "question"])
def test_without_a_programme_it_is_asked_for_one(town: Town, name: str) -> None:
    with inside(town):
        fieldwork.add_programme("other", "Other", ["wellbeing"], [fieldwork.parse_wave("before")])
    at = desk(town, CASES[name])
    answers = [at.send(MORE, programme=chosen) for chosen in ("", "none")]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert "Choose a programme." in text(answers[0]) and "no longer offered" in text(answers[1])
    assert all(MORE in answer.text for answer in answers) and not at.kept


STEPS: list[tuple[list[str], list[str]]] = [
    (["A"], ["A", "B"]),
    (["A", "B"], ["", "B"]),
    (["A", "B"], ["A", ""]),
    (["", "A"], ["", "A, more"]),
    (["", "A"], ["B", "A"]),
    (["A", "B"], ["B", "A", "C"]),
]


@pytest.mark.parametrize(("before", "now"), STEPS)
def test_steps_are_those_that_were_sent_last(town: Town, before: list[str], now: list[str]) -> None:
    """None doubled, none lost."""
    at = desk(town, CASES["goal"])

    def lines(steps: list[str]) -> dict[str, Any]:
        return {f"steps-{number}-dutch": step for number, step in enumerate(steps)}

    assert [at.send(FIRST, **lines(before)).status_code for _again in range(2)] == [303, 303]
    again = at.send(FIRST, **lines(now))
    assert differing(again) and send(at.client, again, at.address).status_code == 303
    with inside(town):
        goal = db.session.scalars(select(Goal)).one()
        assert [step.dutch for step in goal.steps] == list(filter(None, now))


def intake(town: Town, *filled: dict[str, Any]) -> list[TestResponse]:
    """The same page sent again and again."""
    client, address = speaking("en", town.sign_in("casemanager")), "/casework/participants/new"
    page = client.get(address)
    answers = [send(client, page, address, **{"language": "uk", "name": "Olena", **each}) for each in filled]
    later = answers[-1]
    if later.status_code == 409:
        with inside(town):
            facts = f"/casework/participants/{db.session.scalars(select(Participant.id)).one()}/facts"
        answers.append(send(client, later, facts))
    return [*answers, client.get(answers[-1].location or address)]


def _known(town: Town) -> list[tuple[str | None, str | None]]:
    with inside(town):
        who = select(Identity.participant_id)
        assert len(db.session.scalars(who).all()) == len(db.session.scalars(select(Participant)).all())
        return [
            (one.name, db.session.get_one(Participant, one.participant_id).gender)
            for one in db.session.scalars(select(Identity))
        ]


def test_a_person_who_is_added_again_with_other_facts_is_one(any_app: Flask) -> None:
    town = new_town(any_app)
    _added, again, chosen, after = intake(town, {}, {"name": "Olena T.", "gender": "woman"})
    assert differing(again) == {"Name": ("Olena", "Olena T."), "Gender": ("Not known", "Woman")}
    assert "this is there already, with other answers" in text(again)
    assert chosen.status_code == 303 and "Saved." in text(after) + after.text
    assert _known(town) == [("Olena T.", "woman")]
    assert [event["action"] for event in events(any_app)].count("participant.changed") == 1


def test_a_person_who_is_added_again_with_the_same_facts_is_not_changed(any_app: Flask) -> None:
    town = new_town(any_app)
    _added, again, after = intake(town, {}, {})
    assert again.status_code == 303 and "was added already" in after.text
    assert "stay as you sent them before" not in after.text
    assert "participant.changed" not in [event["action"] for event in events(any_app)]


def test_who_starts_another_day_the_second_time_is_told(any_app: Flask) -> None:
    """No page changes the first day: it is not passed over in silence."""
    town = new_town(any_app)
    yesterday = {"started_on": (today() - timedelta(days=1)).isoformat()}
    _added, _again, after = intake(town, {}, yesterday)
    assert "The programme and the first day stay as you sent them before." in after.text
    _added, again, *_rest = intake(new_town(any_app, "dalfsen"), {}, {**yesterday, "name": "Olena T."})
    assert "The programme and the first day stay as you sent them before." in again.text


@pytest.mark.parametrize(
    ("who", "kept", "other"),
    [("person", "other", "Olga"), ("other", "other", "Olga"), ("casemanager", None, None)],
)
def test_who_is_named_is_not_forgotten(town: Town, who: str, kept: str | None, other: str | None) -> None:
    """A name beside “This person”, as it came, says who it is; beside another choice it is asked."""
    at = desk(town, CASES["goal"])
    step: dict[str, Any] = {"steps-0-dutch": "Bellen", "steps-0-actor": who, "steps-0-other": "Olga"}
    answers = [at.send(FIRST, **step) for _again in range(2)]
    with inside(town):
        steps = [step for goal in db.session.scalars(select(Goal)) for step in goal.steps]
        assert [(step.actor, step.other) for step in steps] == ([(kept, other)] if kept else [])
    for answer in answers:
        assert answer.status_code == (303 if kept else 422)
        assert kept or ("Choose “Someone else” under “Who”" in text(answer) and "Olga" in answer.text)


def test_a_name_beside_a_step_that_somebody_has_is_asked_about(town: Town) -> None:
    """One that was left there when somebody else took the step over goes with the choice."""
    at = desk(town, CASES["goal"])
    step: dict[str, Any] = {"steps-0-dutch": "Bellen", "steps-0-actor": "other", "steps-0-other": "Olga"}
    at.send(FIRST, **step)
    with inside(town):
        address = f"/casework/plan/goals/{db.session.scalars(select(Goal.id)).one()}"

    def changed(**step: str) -> TestResponse:
        filled: dict[str, Any] = {f"steps-0-{name}": value for name, value in step.items()}
        return send(at.client, at.client.get(address), address, **filled)

    def stands() -> tuple[str, str | None]:
        with inside(town):
            (step,) = db.session.scalars(select(Goal)).one().steps
            return step.actor, step.other

    assert changed(actor="person", other="Anna").status_code == 422
    assert stands() == ("other", "Olga")
    assert changed(actor="person").status_code == 303 and stands() == ("person", None)
    refused = changed(other="Anna")
    assert refused.status_code == 422 and "Anna" in refused.text
    assert changed(actor="other", other="Anna").status_code == 303 and stands() == ("other", "Anna")
