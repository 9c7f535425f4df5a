"""What came in on paper is kept as if it had been answered on a screen, and a paper leads to nobody's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from instruments import library
from survey.clock import now, today
from survey.database import db
from survey.models import (
    AccessCode,
    AuditEvent,
    CodeAttempts,
    Consent,
    Enrolment,
    Page,
    ProgrammeWording,
    Response,
    Staff,
    StringReview,
)
from survey.paper import queries
from survey.participation import set_identity
from survey.wording import operations
from survey.wording.operations import Decision
from survey.wording.texts import all_texts
from tests.fixtures.application import Town, hidden_in, new_town, token_in
from tests.fixtures.visitor import Visitor, said, saved, visits

SHEET = "/manage/paper/answers"
YES = {"take_part": "yes", "language": "nl", "text": ""}


class Desk:
    """A coordinator with a pile of envelopes."""

    def __init__(self, town: Town) -> None:
        self.client: FlaskClient = town.sign_in("coordinator")

    def send(self, address: str, values: Mapping[str, Any]) -> Any:
        page = self.client.get(address)
        token = token_in(page.text if page.status_code == 200 else self.client.get("/manage/paper").text)
        return self.client.post(address, data={"csrf_token": token, **values})

    def open(self, code: str, day: Any = None) -> Any:
        return self.send("/manage/paper", {"code": code, "answered_on": (day or today()).isoformat()})

    def enter(self, **values: Any) -> Any:
        return self.send(SHEET, {**YES, **values})


def joined(town: Town, **facts: Any) -> str:
    with town.app.app_context():
        return town.join(**facts)[2]


def modes(town: Town) -> set[str]:
    with town.app.app_context():
        town.inside()
        return {response.mode for response in db.session.scalars(select(Response))}


def scores(town: Town) -> dict[str, float | None]:
    with town.app.app_context():
        town.inside()
        return {page.domain: page.score for page in db.session.scalars(select(Page))}


def items() -> list[str]:
    return [item.id for key in ("integration", "wellbeing") for item in library.load(key).items]


def test_paper_and_screen_come_to_the_same(any_town: Town) -> None:
    screen = Visitor(any_town, joined(any_town)).begin().answer_all("3")
    screen.send(then="next", text="Same words", may_quote="y")
    by_screen = saved(any_town), scores(any_town), said(any_town), visits(any_town)[0][0]
    other = new_town(any_town.app, "other")
    desk = Desk(other)
    assert desk.open(joined(other)).location == SHEET
    kept = desk.enter(**dict.fromkeys(items(), "3"), text="Same words", may_quote="y")
    assert kept.location == "/manage/paper"
    assert (saved(other), scores(other), said(other), visits(other)[0][0]) == by_screen
    assert modes(other) == {"paper"} and modes(any_town) == {"self"}


def test_what_looks_back_is_typed_from_paper_too(town: Town) -> None:
    later = new_town(town.app, "later", ("wellbeing",), looking_back=("then_now", "anchor"))
    code = joined(later)
    with time_machine.travel(now() + timedelta(weeks=10), tick=False):
        desk = Desk(later)
        assert desk.open(code).location == SHEET
        typed = {"wellbeing_1": "4", "wellbeing_then": "1", "wellbeing_now": "b", "wellbeing_anchor": "5"}
        assert "work_then" not in desk.client.get(SHEET).text
        assert desk.enter(**typed).location == "/manage/paper"
    with later.app.app_context():
        later.inside()
        kept = {
            item: answer for page in db.session.scalars(select(Page)) for item, answer in page.answers.items()
        }
    assert kept == {"wellbeing_1": 4, "wellbeing_then": 1, "wellbeing_now": "dk", "wellbeing_anchor": 5}


def test_letters_stand_for_answers_that_are_none(town: Town) -> None:
    desk = Desk(town)
    desk.open(joined(town))
    desk.enter(work_1="B", work_2=" a ", work_3="c")
    assert saved(town)["work"] == {"work_1": "dk", "work_2": "na", "work_3": "pna"}
    assert scores(town)["work"] is None


def test_what_was_left_empty_is_not_seen(town: Town) -> None:
    desk = Desk(town)
    desk.open(joined(town))
    desk.enter(health_1="4")
    assert {answer for page in saved(town).values() for answer in page.items()} == {("health_1", 4)}
    assert visits(town) == [("finished", "nl")]


@pytest.mark.parametrize("typed", ["6", "0", "44", "x", "dk", "١", "-1", "3.0", "=1+1"])
def test_what_no_box_means_is_asked_again_and_nothing_typed_is_lost(town: Town, typed: str) -> None:
    desk = Desk(town)
    desk.open(joined(town))
    answer = desk.enter(work_1=typed, work_2="2", text="Mijn woorden")
    assert answer.status_code == 422 and saved(town) == {}
    again = {match[1]: match[2] for match in re.finditer(r'name="(\w+)" value="([^"]*)"', answer.text)}
    assert again["work_1"] == typed and again["work_2"] == "2" and "Mijn woorden" in answer.text
    assert 'id="work_1"' in answer.text.split('aria-invalid="true"')[0].rsplit("<input", 1)[1]


def test_a_letter_for_does_not_apply_only_where_it_stands_on_paper(town: Town) -> None:
    desk = Desk(town)
    desk.open(joined(town))
    assert desk.enter(work_1="a").status_code == 422
    assert desk.enter(work_2="a").status_code == 303


def test_a_no_is_kept_as_a_no_and_nothing_else(town: Town) -> None:
    desk = Desk(town)
    desk.open(joined(town))
    assert desk.enter(take_part="no", work_1="4", text="No").status_code == 303
    assert (saved(town), said(town), visits(town)) == ({}, [], [("refused", "nl")])


def test_without_a_yes_or_no_nothing_is_kept(town: Town) -> None:
    desk = Desk(town)
    desk.open(joined(town))
    assert desk.enter(take_part="", work_1="4").status_code == 422
    assert saved(town) == {} and visits(town) == []


def test_a_paper_is_kept_once(town: Town) -> None:
    desk, code = Desk(town), joined(town)
    desk.open(code)
    desk.enter(work_1="4")
    assert desk.enter(work_1="1").location == "/manage/paper"
    again = desk.open(code)
    assert again.status_code == 422, "the wave is done"
    assert saved(town)["work"] == {"work_1": 4}


def page_of(desk: Desk) -> dict[str, str]:
    """What the page of the opened paper sends along."""
    page = desk.client.get(SHEET).text
    return {"csrf_token": token_in(page), "paper": hidden_in(page, "paper")}


def test_what_is_typed_from_one_paper_goes_to_no_other(town: Town) -> None:
    """Two papers lie open, in two tabs."""
    desk, (first, second) = Desk(town), (joined(town), joined(town))
    desk.open(first)
    page = page_of(desk)
    desk.open(second)
    assert desk.client.post(SHEET, data={**page, **YES, "work_1": "4"}).location == "/manage/paper"
    assert desk.open(first).status_code == 422, "that one is done"
    assert desk.open(second).location == SHEET
    assert desk.enter(work_1="1").location == "/manage/paper"
    assert visits(town) == [("finished", "nl")] * 2


def test_who_signs_in_again_sends_the_same_paper_again(town: Town) -> None:
    desk = Desk(town)
    desk.open(joined(town))
    page = page_of(desk)
    again = Desk(town)
    own = token_in(again.client.get("/manage/paper").text)
    kept = again.client.post(SHEET, data={**page, **YES, "csrf_token": own, "work_1": "4"})
    assert kept.location == "/manage/paper" and saved(town)["work"] == {"work_1": 4}


def test_who_comes_too_late_with_a_paper_still_has_what_was_typed(town: Town) -> None:
    """Two people typed the same paper: it is kept once, and the other sees their own typing."""
    one, other, code = Desk(town), Desk(town), joined(town)
    one.open(code)
    other.open(code)
    page = page_of(other)
    one.enter(work_1="4")
    late = other.client.post(SHEET, data={**page, **YES, "work_1": "2", "text": "Mijn woorden"})
    assert late.status_code == 409 and "Mijn woorden" in late.text and hidden_in(late.text, "work_1") == "2"
    assert saved(town)["work"] == {"work_1": 4} and said(town) == []
    assert other.client.get(SHEET).location == "/manage/paper"


@pytest.mark.parametrize("told", ["", "made up", "WyIxIiwiMiIsIjMiXQ.aaaaaa.bbbbbb"])
def test_nobody_makes_up_a_paper(town: Town, told: str) -> None:
    desk = Desk(town)
    desk.open(joined(town))
    assert desk.enter(paper=told, work_1="4").location == "/manage/paper"
    assert saved(town) == {}


def test_a_paper_of_others_is_not_there(town: Town) -> None:
    desk, other = Desk(town), new_town(town.app, "other")
    elsewhere = Desk(other)
    elsewhere.open(joined(other))
    desk.open(joined(town))
    answer = desk.enter(paper=page_of(elsewhere)["paper"], work_1="4")
    assert answer.status_code == 404 and saved(town) == saved(other) == {}


def test_paper_goes_over_what_was_begun_on_a_screen(town: Town) -> None:
    code = joined(town)
    person = Visitor(town, code).begin()
    person.send(then="stop", work_1="1", work_2="2")
    desk = Desk(town)
    desk.open(code)
    desk.enter(work_1="5")
    assert saved(town)["work"] == {"work_1": 5, "work_2": 2}


def test_the_code_on_the_paper_opens_nothing_of_it(town: Town) -> None:
    """Whoever held the paper knows that code."""
    code = joined(town)
    desk = Desk(town)
    desk.open(code)
    desk.enter(work_1="5", text="Woorden van papier")
    person = Visitor(town, code, language="nl").enter()
    person.send(language="nl")
    assert "Woorden van papier" not in person.go("/survey/your-data/document").text


def test_pictures_chosen_before_open_what_comes_on_paper(town: Town) -> None:
    code = joined(town)
    person = Visitor(town, code, language="nl").begin().answer_all()
    person.send(text="", then="next")
    person.go("/survey/pictures")
    person.choose_pictures()
    with time_machine.travel(now() + timedelta(weeks=10), tick=False):
        desk = Desk(town)
        desk.open(code)
        desk.enter(work_1="5", text="Woorden van papier")
        person = Visitor(town, code, language="nl").enter()
        person.send(language="nl")
        person.go("/survey/your-answers/pictures")
        person.choose_pictures()
        assert "Woorden van papier" in person.go("/survey/your-data/document").text


@pytest.mark.parametrize(
    "typed", ["0000-0000-0000", "not a code", "", "http://other.example/start#000000000000"]
)
def test_another_code_opens_nothing(town: Town, typed: str) -> None:
    desk = Desk(town)
    assert desk.open(typed).status_code == 422
    assert desk.client.get(SHEET).location == "/manage/paper"


def test_a_code_of_another_organisation_is_as_wrong_as_a_made_up_one(any_town: Town) -> None:
    other = new_town(any_town.app, "other")
    desk, code = Desk(any_town), joined(other)
    made_up = code[:-1] + ("0" if code[-1] != "0" else "1")
    pages = [desk.open(typed).text.replace(typed, "") for typed in (code, made_up)]
    without_token = [re.sub(r'name="csrf_token"[^>]*value="[^"]*"', "", page) for page in pages]
    assert without_token[0] == without_token[1]
    with any_town.app.app_context():
        assert db.session.get_one(CodeAttempts, code[:4]).failures == 2


def test_the_address_in_the_square_is_taken_too(town: Town) -> None:
    assert Desk(town).open("http://localhost/start#" + joined(town).replace("-", "")).location == SHEET


def test_only_days_on_which_there_was_something_to_answer(town: Town) -> None:
    desk, code = Desk(town), joined(town, started_on=today() - timedelta(weeks=5))
    assert desk.open(code).status_code == 422
    assert desk.open(code, today() - timedelta(weeks=2)).location == SHEET
    assert desk.open(code, today() + timedelta(days=1)).status_code == 422
    desk.open(code, today() - timedelta(weeks=2))
    desk.enter(work_1="4")
    with town.app.app_context():
        town.inside()
        days = {response.answered_on for response in db.session.scalars(select(Response))}
    assert days == {today() - timedelta(weeks=2)}


def test_it_is_kept_in_words_that_someone_agreed_and_who_entered_it(town: Town) -> None:
    desk = Desk(town)
    desk.open(joined(town))
    desk.enter(work_1="4", may_quote="y", text="x")
    with town.app.app_context():
        town.inside()
        assert {consent.purpose for consent in db.session.scalars(select(Consent))} == {
            "taking_part",
            "quote",
        }
        events = [event.action for event in db.session.scalars(select(AuditEvent)) if event.staff_id]
    assert "code.used" in events and "participant.answers_entered" in events


def test_no_name_is_on_the_desk(town: Town) -> None:
    with town.app.app_context():
        person, _, code = town.join()
        set_identity(person, "Canary Name", "06 canary")
        pseudonym = person.pseudonym
        db.session.commit()
    desk = Desk(town)
    desk.open(code)
    page = desk.client.get(SHEET).text
    assert "anary" not in page and pseudonym not in page and code not in page


def change(town: Town, wording: str) -> None:
    """A reviewer says a Dutch question in other words, and the programme moves on to them."""
    with town.app.app_context():
        programme = town.inside()
        text = next(text for text in all_texts("nl").by_key.values() if text.context == "item: wellbeing_1")
        review = db.session.scalars(select(StringReview)).one_or_none()
        by = db.session.scalars(select(Staff)).first()
        assert by is not None
        operations.decide("nl", text.key, Decision("approve", (wording,)), by, operations.seen(text, review))
        operations.move_on(programme, "nl")
        db.session.commit()


def test_a_paper_is_in_fixed_words_and_its_answers_remember_them(town: Town) -> None:
    casemanager = town.sign_in("casemanager")
    with town.app.app_context():
        enrolment = town.join(language="nl")[1].id
    change(town, "Gaat het goed met papier?")
    form = {
        "csrf_token": token_in(casemanager.get("/staff/account").text),
        "language": "nl",
        "size": "normal",
    }

    def printed() -> str:
        made = casemanager.post(f"/casework/enrolments/{enrolment}/paper", data=form)
        assert made.mimetype == "application/pdf"
        pages = pypdfium2.PdfDocument(made.data)
        return "".join(page.get_textpage().get_text_range() for page in pages)

    def remembered() -> str | None:
        with town.app.app_context():
            town.inside()
            code = db.session.scalars(select(AccessCode).order_by(AccessCode.made_at.desc())).first()
            assert code is not None
            enrolled = db.session.get_one(Enrolment, enrolment)
            return queries.wording_on_paper(enrolled, "nl", code.id)

    assert "papier" in printed()
    with town.app.app_context():
        town.inside()
        (fixed,) = db.session.scalars(select(ProgrammeWording)).all()
        wording = fixed.wording
    assert remembered() == wording
    change(town, "Gaat het nog beter?")
    assert remembered() is None, "it was printed before"
    assert "beter" in printed() and remembered() not in (None, wording)
