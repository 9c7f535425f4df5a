"""Stopping, going on, going back, twice, in two tabs, by the next person: what is kept, and who sees it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from survey import fieldwork
from survey.clock import now, today
from survey.database import db
from survey.models import AccessCode, Page, Response, Visit
from tests.fixtures.application import Town, new_town
from tests.fixtures.visitor import Visitor, count, newcomer, said, saved, visits

FIRST, SECOND = "/survey/wellbeing/wellbeing", "/survey/wellbeing/life_satisfaction"


@pytest.fixture
def short(any_app: Flask) -> Town:
    """A town that asks two pages only."""
    return new_town(any_app, instruments=("wellbeing",))


def test_one_goes_on_at_the_first_page_that_was_not_saved(any_town: Town) -> None:
    person = newcomer(any_town).begin()
    for _ in range(3):
        person.send(then="next", **dict.fromkeys(person.questions, "4"))
    left = person.place
    person.send(then="stop")
    assert person.place == "/goodbye/stopped"
    again = Visitor(any_town, person.code).begin()
    assert again.place == left
    assert len(saved(any_town)) == 3


def test_stopping_keeps_what_is_on_the_screen(short: Town) -> None:
    person = newcomer(short).begin()
    person.send(then="stop", wellbeing_1="5")
    assert person.place == "/goodbye/stopped"
    assert saved(short) == {"wellbeing": {"wellbeing_1": 5}}
    assert person.client.get(FIRST).location == "/"


def test_stopping_at_the_open_question_keeps_it(short: Town) -> None:
    person = newcomer(short).begin().answer_all()
    person.send(text="almost", then="stop")
    assert person.place == "/goodbye/stopped"
    assert (visits(short), said(short)) == ([("agreed", "en")], [("almost", False)])
    again = Visitor(short, person.code).begin()
    assert again.place == "/survey/last"
    assert "almost" not in again.page.text
    again.send(text="", then="next")
    assert (visits(short), said(short)) == ([("finished", "en")], [("almost", False)])


def test_earlier_answers_are_shown_in_the_same_sitting_only(short: Town) -> None:
    person = newcomer(short).begin()
    person.send(then="next", wellbeing_1="5", wellbeing_2="dk")
    assert person.place == SECOND
    person.go(FIRST)
    assert person.chosen == {"wellbeing_1": "5", "wellbeing_2": "dk"}
    again = Visitor(short, person.code).begin()
    for address in (FIRST, f"{FIRST}?start=last", f"{FIRST}?saved=1"):
        again.go(address)
        assert again.chosen == {}
    person.go(FIRST)
    assert person.chosen == {"wellbeing_1": "5", "wellbeing_2": "dk"}


def test_the_next_person_at_the_tablet_sees_nothing(short: Town) -> None:
    """One types a code where another stopped halfway."""
    person, other = newcomer(short).begin(), newcomer(short)
    person.send(then="next", wellbeing_1="5")
    with short.app.app_context():
        _, _, code = short.join()
    person.code = code
    person.go("/?language=en")
    person.begin()
    for address in (FIRST, SECOND):
        person.go(address)
        assert person.chosen == {}
    assert other.client.get(FIRST).location == "/"


def test_a_page_of_a_new_sitting_adds_to_the_old(short: Town) -> None:
    person = newcomer(short).begin()
    person.send(then="stop", wellbeing_1="5", wellbeing_2="2")
    again = Visitor(short, person.code).begin()
    again.go(FIRST)
    again.send(then="next", wellbeing_2="3", wellbeing_3="pna")
    assert saved(short)["wellbeing"] == {"wellbeing_1": 5, "wellbeing_2": 3, "wellbeing_3": "pna"}
    again.go(FIRST)
    assert again.chosen == {}


def test_an_empty_page_does_not_bring_earlier_answers_back(short: Town) -> None:
    """Whoever found the code learns nothing by pressing Next and Back."""
    person = newcomer(short).begin()
    person.send(then="stop", wellbeing_1="5")
    finder = Visitor(short, person.code).begin()
    for then in ("next", "back"):
        finder.go(FIRST)
        finder.send(then=then)
        finder.go(FIRST)
        assert finder.chosen == {}
    assert saved(short)["wellbeing"] == {"wellbeing_1": 5}


def test_what_replaced_all_earlier_answers_is_shown(short: Town) -> None:
    person = newcomer(short).begin()
    person.send(then="stop", wellbeing_1="5")
    again = Visitor(short, person.code).begin()
    again.go(FIRST)
    again.send(then="next", wellbeing_1="1")
    again.go(FIRST)
    assert again.chosen == {"wellbeing_1": "1"}


@pytest.mark.parametrize("then", ["back", "stop"])
def test_a_page_left_halfway_is_where_one_begins_again(any_town: Town, then: str) -> None:
    """Its other questions were never shown, so they are asked then; what was answered is kept."""
    person = newcomer(any_town).begin()
    left = person.place
    person.send(then=then, work_1="2")
    again = Visitor(any_town, person.code).begin()
    assert again.place == left
    again.send(then="next", work_3="4")
    assert saved(any_town)["work"] == {"work_1": 2, "work_3": 4}
    assert Visitor(any_town, person.code).begin().place != left


def test_a_page_once_passed_stays_passed(short: Town) -> None:
    person = newcomer(short).begin()
    person.send(then="next", wellbeing_1="5")
    person.go(FIRST)
    person.send(then="stop", wellbeing_1="4")
    assert Visitor(short, person.code).begin().place == SECOND


@pytest.mark.parametrize("then", ["back", "stop"])
def test_leaving_a_page_empty_is_not_passing_over_it(short: Town, then: str) -> None:
    person = newcomer(short).begin()
    person.send(then="next", wellbeing_1="5")
    person.send(then=then)
    assert Visitor(short, person.code).begin().place == SECOND


def test_sending_twice_is_sending_once(short: Town) -> None:
    person = newcomer(short).begin()
    form = {**person.form, "wellbeing_1": "5", "then": "next"}
    answers = [person.client.post(FIRST, data=form) for _ in range(3)]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, f"{SECOND}?saved=1")}
    assert count(short, Page) == 1


def test_finishing_twice_is_finishing_once(short: Town) -> None:
    person = newcomer(short).begin().answer_all()
    form = {**person.form, "text": "words", "may_quote": "y", "then": "next"}
    cookie = person.client.get_cookie("telvertel")
    assert cookie is not None
    for _ in range(2):
        person.client.set_cookie("telvertel", cookie.value)
        assert person.client.post("/survey/last", data=form).status_code == 303
    assert (visits(short), said(short)) == ([("finished", "en")], [("words", True)])


def test_agreeing_twice_is_agreeing_once(short: Town) -> None:
    person = newcomer(short).enter()
    person.send(language="en")
    form = {**person.form, "take_part": "yes"}
    assert {person.client.post("/survey/about", data=form).location for _ in range(2)} == {FIRST}
    assert (count(short, Visit), count(short, Response)) == (1, 1)


def test_back_leads_to_the_page_before_and_keeps_this_one(short: Town) -> None:
    person = newcomer(short).begin()
    person.send(then="next", wellbeing_1="1")
    person.send(then="back", life_satisfaction="10")
    assert person.place == FIRST
    assert person.chosen == {"wellbeing_1": "1"}
    assert saved(short)["life_satisfaction"] == {"life_satisfaction": 10}


def test_two_tabs_with_different_answers_make_one_page(short: Town) -> None:
    person = newcomer(short).begin()
    form = person.form
    for answers in ({"wellbeing_1": "1", "wellbeing_2": "1"}, {"wellbeing_2": "4", "wellbeing_3": "5"}):
        assert person.client.post(FIRST, data={**form, **answers}).status_code == 303
    assert saved(short)["wellbeing"] == {"wellbeing_1": 1, "wellbeing_2": 4, "wellbeing_3": 5}


INTERRUPTIONS: dict[str, Callable[[Town], object]] = {
    "the wave was closed": lambda town: fieldwork.close_wave(town.inside().waves[0]),
    "the code was revoked": lambda town: db.session.execute(update(AccessCode).values(revoked_at=now())),
    "the code expired": lambda town: db.session.execute(
        update(AccessCode).values(expires_on=today() - timedelta(days=1))
    ),
    "it was finished elsewhere": lambda town: db.session.execute(
        update(Visit).values(state="finished", finished_on=today())
    ),
    "it was refused elsewhere": lambda town: db.session.execute(update(Visit).values(state="refused")),
}


@pytest.mark.parametrize("what", INTERRUPTIONS)
def test_what_ends_a_sitting_is_said_and_keeps_what_was_saved(short: Town, what: str) -> None:
    person = newcomer(short).begin()
    person.send(then="next", wellbeing_1="5")
    with short.app.app_context():
        short.inside()
        INTERRUPTIONS[what](short)
        db.session.commit()
    form = person.form
    person.send(then="next", life_satisfaction="9")
    assert person.place == ("/survey/done" if what == "it was finished elsewhere" else "/goodbye/over")
    assert saved(short) == {"wellbeing": {"wellbeing_1": 5}}
    assert person.client.post(SECOND, data=form).status_code in (303, 403)
    assert said(short) == []
