"""A person's page says first what is to be done next."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from survey import fieldwork, participation
from survey.casework import touches
from survey.casework.sections import NextStep, in_order
from survey.clock import HOME, now, today
from survey.database import db
from survey.models import Enrolment, Goal, GoalStep, Participant, TalkWish
from tests.fixtures.application import Town
from tests.fixtures.audit import events
from tests.survey.casework.conftest import enrolment_of, inside, people, speaking, went
from tests.survey.casework.filling import document, send, submit

NOW = now()
STEPS = st.builds(NextStep, st.text(), st.just("/"), st.none() | st.dates())


@given(st.lists(STEPS))
def test_the_first_day_comes_first_and_what_has_no_day_last(steps: list[NextStep]) -> None:
    found = in_order(steps)
    days = [step.day for step in found if step.day]
    assert days == sorted(days) and all(step.day is None for step in found[len(days) :])
    assert sorted(map(id, found)) == sorted(map(id, steps))


def next_steps(client: FlaskClient, person: UUID) -> list[str]:
    page = document(client.get(f"/casework/participants/{person}"))
    section = page.find(".//section[@aria-labelledby='next']")
    assert section is not None
    return [" ".join("".join(line.itertext()).split()) for line in section.iter("li")]


def plan(town: Town, person: UUID) -> None:
    """Two steps of a running goal, one of which was due last week; one done; one of a goal that was dropped."""
    with inside(town):
        enrolment = enrolment_of(person)
        for state, words, due, done in (
            ("busy", "Naar de huisarts", today() - timedelta(days=7), None),
            ("busy", "Bellen met school", None, None),
            ("busy", "Formulier halen", today(), today()),
            ("dropped", "Rijles nemen", today(), None),
        ):
            own = enrolment.organisation_id
            goal = Goal(
                organisation_id=own, enrolment=enrolment, domain="health", language="nl", state=state,
                state_on=today(), made_at=NOW, changed_at=NOW,
            )  # fmt: skip
            step = GoalStep(organisation_id=own, goal=goal, place=1, actor="person", due_on=due, done_on=done)
            db.session.add_all([goal, step])
            db.session.flush()
            goal.words, step.words = "Doel", words


def test_waves_wishes_and_steps_of_the_plan(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1)
    assert [line.split(":")[0] for line in next_steps(casemanager, person)] == ["Questionnaire"]
    plan(town, person)
    with inside(town):
        wish = TalkWish(enrolment_id=enrolment_of(person).id, domain="housing", asked_on=today())
        db.session.add(wish)
    steps = next_steps(casemanager, person)
    assert steps[0].startswith("Naar de huisarts Was due")
    assert steps[1].startswith("Questionnaire: ") and "Until" in steps[1]
    assert sorted(steps[2:]) == ["Bellen met school", "Wants to talk about: Housing"]
    went(town, person, "finished")
    assert "Questionnaire" not in " ".join(next_steps(casemanager, person))


def test_every_page_about_a_person_names_them_above(town: Town, casemanager: FlaskClient) -> None:
    """By the name that the casemanager knows, with the pseudonym beside it; the title of the window has no name."""
    (person,) = people(town, 1, group="newcomer")
    with inside(town):
        names = {"participant_id": str(person), "enrolment_id": str(enrolment_of(person).id)}
    seen = 0
    for rule in town.app.url_map.iter_rules():
        if not str(rule).startswith("/casework/") or "GET" not in (rule.methods or ()):
            continue
        if not rule.arguments or not rule.arguments <= names.keys():
            continue
        answer = casemanager.get(rule.build({name: UUID(names[name]) for name in rule.arguments})[1])
        if answer.status_code != 200 or b"bar-pages" not in answer.get_data():
            continue  # a file, or the paper for the person
        main = document(answer).find(".//main")
        above = [*main.iterfind(".//h1"), *main.iterfind(".//p[@class='kicker']")]
        said = " ".join(" ".join("".join(each.itertext()) for each in above).split())
        assert "Name of P0000 P0000" in said, rule
        assert "Name of" not in (document(answer).findtext(".//title") or ""), rule
        seen += 1
    assert seen > 8, "or else no page was looked at"


DAYS = (None, today() - timedelta(days=20))


@pytest.mark.parametrize("first", DAYS)
@pytest.mark.parametrize("second", DAYS)
@pytest.mark.parametrize("what", ["met", "talked"])
def test_a_touch_is_taken_back_and_nothing_else(
    town: Town, casemanager: FlaskClient, first: date | None, second: date | None, what: str
) -> None:
    """Of somebody in two programmes, seen on different days or never."""
    (person,) = people(town, 1)
    with inside(town):
        other = fieldwork.add_programme("other", "Other", ["wellbeing"], [fieldwork.parse_wave("before")])
        participation.enrol(db.session.get_one(Participant, person), other, today())
        wish = TalkWish(enrolment=enrolment_of(person), domain="housing", asked_on=today())
        db.session.add(wish)
        db.session.flush()
        pressed = f"/casework/wishes/{wish.id}/talked" if what == "talked" else f"{page_of(person)}/met"
        for enrolment, day in zip(ways_of(person), (first, second), strict=True):
            enrolment.last_seen_on = day
    before = standing_of(town, person)
    undo = f"{page_of(person)}/touch/taken-back"
    assert submit(casemanager, page_of(person), pressed).status_code == 303
    assert standing_of(town, person) != before
    assert submit(casemanager, page_of(person), undo).status_code == 303
    assert standing_of(town, person) == before
    assert (
        events(town.app)[-1]["action"]
        == touches.TAKEN_BACK["talk.held" if what == "talked" else "participant.met"]
    )
    assert undo not in casemanager.get(page_of(person)).text, "once"


def test_only_ones_own_last_touch_of_today_is_taken_back(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1)
    undo = f"{page_of(person)}/touch/taken-back"
    submit(casemanager, page_of(person), f"{page_of(person)}/met")
    offered = casemanager.get(page_of(person))
    assert undo in offered.text
    assert undo not in town.sign_in("casemanager").get(page_of(person)).text, "a colleague's"
    written = {"happened_on": today().isoformat(), "text": "We spoke."}
    assert submit(casemanager, f"{page_of(person)}/notes/new", **written).status_code == 303
    assert undo not in casemanager.get(page_of(person)).text, "the note says that they met"
    kept = standing_of(town, person)
    assert "Nothing was changed" in send_and_follow(casemanager, offered, undo)
    assert standing_of(town, person) == kept


def test_a_touch_of_yesterday_stays(town: Town) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 23, 55, tzinfo=HOME), tick=False) as clock:
        (person,) = people(town, 1)
        client = speaking("en", town.sign_in("casemanager"))
        submit(client, page_of(person), f"{page_of(person)}/met")
        assert "taken-back" in client.get(page_of(person)).text
        clock.shift(timedelta(minutes=10))
        assert "taken-back" not in client.get(page_of(person)).text


def page_of(person: UUID) -> str:
    return f"/casework/participants/{person}"


def ways_of(person: UUID) -> list[Enrolment]:
    return sorted(db.session.get_one(Participant, person).enrolments, key=lambda one: one.programme.code)


def standing_of(town: Town, person: UUID) -> list[object]:
    with inside(town):
        wishes = [wish.talked_on for wish in db.session.query(TalkWish)]
        return [*(one.last_seen_on for one in ways_of(person)), *wishes]


def send_and_follow(client: FlaskClient, page: TestResponse, address: str) -> str:
    answer = send(client, page, address)
    return "".join(document(client.get(answer.location)).itertext())
