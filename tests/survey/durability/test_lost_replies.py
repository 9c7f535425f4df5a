"""The reply was lost, or the sitting is over: sending again is one row, and what was saved is still there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from survey.clock import now
from survey.database import db
from survey.models import AccessCode, Consent, OpenAnswer, Page, Participant, Response, Visit
from tests.fixtures.application import Town, new_town
from tests.fixtures.visitor import Visitor, count, said, saved, visits
from tests.survey.casework import filling

FIRST, SECOND = "/survey/wellbeing/wellbeing", "/survey/wellbeing/life_satisfaction"
INTAKE = "/casework/participants/new"


@pytest.fixture
def short(any_app: Flask) -> Town:
    return new_town(any_app, instruments=("wellbeing",))


@pytest.fixture
def person(short: Town) -> Visitor:
    with short.app.app_context():
        return Visitor(short, short.join()[2])


def sent_twice(person: Visitor, address: str, form: dict[str, Any]) -> None:
    """The first reply never comes: no cookie, no page. The second one leads as far as the first would have."""
    cookie = person.client.get_cookie("telvertel")
    assert cookie is not None
    other = person.town.app.test_client()
    other.set_cookie("telvertel", cookie.value)
    first = other.post(address, data=form)
    again = person.client.post(address, data=form)
    assert (first.status_code, again.status_code) == (303, 303)
    person.go(again.location)


def test_every_step_sent_twice_is_done_once(short: Town, person: Visitor) -> None:
    person.enter().send(language="en")
    sent_twice(person, "/survey/about", {**person.form, "take_part": "yes"})
    while person.place != "/survey/last":
        chosen = dict.fromkeys(person.questions, "4")
        sent_twice(person, person.place, {**person.form, "then": "next", **chosen})
    sent_twice(person, "/survey/last", {**person.form, "text": "words", "may_quote": "y", "then": "next"})
    assert "saved" in person.page.text
    kinds = (Visit, Response, Page, OpenAnswer)
    assert [count(short, kind) for kind in kinds] == [1, 1, 2, 1]
    assert (visits(short), said(short)) == ([("finished", "en")], [("words", True)])
    with short.app.app_context():
        short.inside()
        assert sorted(db.session.scalars(select(Consent.purpose))) == ["quote", "taking_part"]


def test_an_intake_sent_twice_is_one_person(short: Town) -> None:
    client = short.sign_in("casemanager")
    page = client.get(INTAKE)
    first = filling.send(client, page, INTAKE, name="Anna", language="uk")
    again = filling.send(client, page, INTAKE, name="Anna", language="uk")
    assert (first.status_code, again.status_code) == (200, 303)
    with short.app.app_context():
        short.inside()
        assert len(db.session.scalars(select(Participant)).all()) == 1
        assert len(db.session.scalars(select(AccessCode)).all()) == 1


@pytest.mark.parametrize("expires_at", [FIRST, SECOND, "/survey/last"])
def test_a_sitting_that_expired(short: Town, person: Visitor, expires_at: str) -> None:
    """Before each submit: a page says what to do, and after the code one goes on where one was."""
    person.begin()
    while person.place != expires_at:
        person.send(then="next", **dict.fromkeys(person.questions, "4"))
    before = saved(short)
    form = {**person.form, "then": "next", **dict.fromkeys(person.questions, "2")}
    with time_machine.travel(now() + timedelta(hours=13), tick=False):
        answer = person.client.post(expires_at, data=form)
        assert answer.location == "/goodbye/over"
        assert "Wat u eerder bewaarde, is er nog" in person.client.get(answer.location).text
        assert saved(short) == before
        assert person.client.get(expires_at).location == "/"
        again = Visitor(short, person.code).begin()
        assert again.place == expires_at
        again.answer_all("4").send(text="words", then="next")
    assert again.place == "/survey/done"
    assert len(saved(short)) == 2 and visits(short) == [("finished", "en")]
