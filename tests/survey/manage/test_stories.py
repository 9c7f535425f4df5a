"""Quotes: read, rewritten without identity, approved or not."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey.database import db
from survey.manage.forms import CHECKS
from survey.manage.shared import FEWEST
from survey.models import OpenAnswer, Story
from tests.fixtures.application import MakeTown, Town
from tests.survey.casework.conftest import counted, inside, people, speaking
from tests.survey.casework.filling import assert_strict, differing, document, send, submit, text
from tests.survey.manage.conftest import said

WORDS = "Я знайшла роботу в пекарні <b>Jansen</b>\nу квітні."
FILLED = {"text": "Ik heb werk gevonden.", "language": "nl", "domain": "work", "stance": "typical"}


def decide(client: FlaskClient, answer: UUID, decision: str, **filled: Any) -> TestResponse:
    page = f"/manage/quotes/{answer}"
    return submit(client, page, button=("decision", decision), **filled)


def approve(client: FlaskClient, answer: UUID) -> TestResponse:
    return decide(client, answer, "approve", **FILLED, checks=list(CHECKS))


def only_story(town: Town) -> Story:
    return db.session.scalars(select(Story)).one()


def test_a_quote_is_read_beside_its_rewriting(town: Town, coordinator: FlaskClient) -> None:
    answer = said(town, WORDS)
    people(town, FEWEST, prefix="Q")  # who speak the same language, so that it may be told
    for address in ("/manage/quotes", f"/manage/quotes/{answer}"):
        page = coordinator.get(address)
        assert_strict(page)
        (original,) = [one for one in document(page).iter("p") if one.get("lang") == "uk"]
        assert original.get("dir") == "ltr"
        assert "".join(original.itertext()).replace("\n", "") == WORDS.replace("\n", "")
        assert original.find(".//b") is None, "someone's words are never markup"
        assert "P0000" not in page.text, "who said it is not shown"


def test_arabic_words_run_from_right_to_left(town: Town, coordinator: FlaskClient) -> None:
    said(town, "وجدت عملا", language="ar")
    people(town, FEWEST, prefix="Q", language="ar")
    page = document(coordinator.get("/manage/quotes"))
    (original,) = [one for one in page.iter("p") if one.get("lang") == "ar"]
    assert original.get("dir") == "rtl"


def test_an_approved_quote_is_a_story(town: Town, coordinator: FlaskClient) -> None:
    answer = said(town, WORDS)
    assert approve(coordinator, answer).status_code == 303
    with inside(town):
        story = only_story(town)
        assert {name: getattr(story, name) for name in FILLED} == FILLED
        assert (story.state, story.open_answer_id) == ("approved", answer)
        assert story.decided_by is not None
        assert story.decided_at is not None
        assert story.wave.key == "before"
        assert story.programme.code == town.code
        assert db.session.get_one(OpenAnswer, answer).state == "handled"
    assert "nothing to rewrite" in text(coordinator.get("/manage/quotes"))
    assert FILLED["text"] in text(coordinator.get("/manage/stories"))
    assert "пекарні" not in coordinator.get("/manage/stories").text


@pytest.mark.parametrize("left_out", [*CHECKS, "text", "domain", "stance"])
def test_an_incomplete_story_is_not_approved(town: Town, coordinator: FlaskClient, left_out: str) -> None:
    answer = said(town, WORDS)
    filled: dict[str, object] = {**FILLED, "checks": [check for check in CHECKS if check != left_out]}
    if left_out in FILLED:
        filled[left_out] = [] if left_out == "stance" else "  "
    if left_out == "domain":
        filled["domain"] = ""
    page = decide(coordinator, answer, "approve", **filled)
    assert page.status_code == 422
    assert left_out == "text" or FILLED["text"] in page.text
    with inside(town):
        assert db.session.scalars(select(Story)).all() == []
        assert db.session.get_one(OpenAnswer, answer).state == "new"


@pytest.mark.parametrize(
    ("field", "value"),
    [("text", "t" * 801), ("language", "uk"), ("domain", "astrology"), ("stance", "maybe")],
)
@pytest.mark.parametrize("decision", ["draft", "refuse"])
def test_what_is_not_offered_is_refused(
    town: Town, coordinator: FlaskClient, decision: str, field: str, value: str
) -> None:
    answer = said(town, WORDS)
    assert decide(coordinator, answer, decision, **{**FILLED, field: value}).status_code == 422


def test_a_draft_can_be_finished_later(town: Town, coordinator: FlaskClient) -> None:
    answer = said(town, WORDS)
    draft = {"text": "Ik heb\r\n\r\nwerk", "language": "nl", "domain": "work", "stance": "contrary"}
    assert decide(coordinator, answer, "draft", **draft).status_code == 303
    with inside(town):
        story = only_story(town)
        assert (story.state, story.text) == ("draft", "Ik heb\n\nwerk")
        page = f"/manage/stories/{story.id}"
    again = coordinator.get(f"/manage/quotes/{answer}")
    assert again.headers["Location"] == page
    done = submit(coordinator, page, button=("decision", "approve"), text="Anders", checks=list(CHECKS))
    assert done.status_code == 303
    with inside(town):
        story = only_story(town)
        assert (story.state, story.text, story.stance) == ("approved", "Anders", "contrary")


def test_two_people_who_rewrite_the_same_quote_get_a_choice(town: Town, coordinator: FlaskClient) -> None:
    """Whether a colleague began meanwhile, or changed what had been begun."""
    page = f"/manage/quotes/{said(town, WORDS)}"
    mine, theirs = coordinator.get(page), speaking("en", town.sign_in("coordinator"))
    submit(theirs, page, button=("decision", "draft"), **{**FILLED, "text": "THEIRS"})
    late = send(coordinator, mine, page, ("decision", "draft"), **{**FILLED, "text": "MINE"})
    assert differing(late)["Rewritten text"][0] == "THEIRS"
    with inside(town):
        story = only_story(town)
        assert story.text == "THEIRS", "nothing was saved yet"
        page = f"/manage/stories/{story.id}"
    submit(theirs, page, button=("decision", "refuse"), text="AGAIN")
    late = send(coordinator, late, page, ("decision", "draft"))
    assert late.status_code == 409 and "AGAIN" in text(late) and "Refused" in text(late)
    assert send(coordinator, late, page, ("decision", "draft")).status_code == 303
    with inside(town):
        story = only_story(town)
        assert (story.text, story.state) == ("MINE", "draft")


def test_an_approved_story_can_be_withdrawn(town: Town, coordinator: FlaskClient) -> None:
    approve(coordinator, said(town, WORDS))
    with inside(town):
        page = f"/manage/stories/{only_story(town).id}"
    assert submit(coordinator, page, button=("decision", "refuse")).status_code == 303
    with inside(town):
        assert only_story(town).state == "refused"


def test_refusing_asks_for_nothing(town: Town, coordinator: FlaskClient) -> None:
    assert decide(coordinator, said(town, WORDS), "refuse").status_code == 303
    with inside(town):
        assert only_story(town).state == "refused"


def test_sent_twice_is_one_story(town: Town, coordinator: FlaskClient) -> None:
    answer = said(town, WORDS)
    page = f"/manage/quotes/{answer}"
    form = coordinator.get(page)
    for _ in range(2):
        done = send(coordinator, form, page, ("decision", "draft"), **FILLED)
        assert done.status_code == 303
    with inside(town):
        assert only_story(town).state == "draft"


def test_what_may_not_be_quoted_can_only_be_read(town: Town, coordinator: FlaskClient) -> None:
    answer = said(town, WORDS, may_quote=False)
    page = coordinator.get("/manage/answers")
    assert "пекарні" in page.text
    main = document(page).find(".//main")
    assert main is not None
    assert main.find(".//form") is None
    assert str(answer) not in page.text
    assert "пекарні" not in coordinator.get("/manage/quotes").text
    assert coordinator.get(f"/manage/quotes/{answer}").status_code == 404


def test_what_may_be_quoted_is_not_on_the_list_to_read_only(town: Town, coordinator: FlaskClient) -> None:
    said(town, WORDS)
    assert "пекарні" not in coordinator.get("/manage/answers").text


def test_words_of_someone_who_refused_afterwards_are_nowhere(town: Town, coordinator: FlaskClient) -> None:
    first = said(town, WORDS, state="refused")
    said(town, WORDS, may_quote=False, state="refused", prefix="Q")
    for address in ("/manage/quotes", "/manage/answers"):
        assert "пекарні" not in coordinator.get(address).text
    assert coordinator.get(f"/manage/quotes/{first}").status_code == 404


def test_both_databases_go_from_quote_to_story(any_town: Town) -> None:
    client = speaking("en", any_town.sign_in("coordinator"))
    answer = said(any_town, WORDS)
    assert "пекарні" in client.get("/manage/quotes").text
    assert approve(client, answer).status_code == 303
    assert FILLED["text"] in text(client.get("/manage/stories"))
    assert client.get(f"/manage/programmes/{any_town.code}").status_code == 200


def test_permission_taken_back_leaves_only_refusing(town: Town, coordinator: FlaskClient) -> None:
    answer = said(town, WORDS)
    approve(coordinator, answer)
    with inside(town):
        db.session.get_one(OpenAnswer, answer).may_quote = False
        page = f"/manage/stories/{only_story(town).id}"
    assert "Permission taken back" in text(coordinator.get("/manage/stories"))
    shown = coordinator.get(page)
    assert "пекарні" not in shown.text
    again = submit(coordinator, page, button=("decision", "approve"), checks=list(CHECKS))
    assert again.status_code == 422
    assert "does not want to be quoted" in text(again)
    assert submit(coordinator, page, button=("decision", "refuse")).status_code == 303


def test_another_towns_words_are_not_there(town: Town, coordinator: FlaskClient, make_town: MakeTown) -> None:
    other = make_town(town.app, "elders")
    answer = said(other, WORDS)
    theirs = other.sign_in("coordinator")
    with theirs.session_transaction() as session:
        session["language"] = "en"
    assert decide(theirs, answer, "draft", **FILLED).status_code == 303
    with inside(other):
        story = only_story(other).id
    for address in ("/manage/quotes", "/manage/answers", "/manage/stories"):
        page = coordinator.get(address).text
        assert "пекарні" not in page
        assert FILLED["text"] not in page
    for address in (f"quotes/{answer}", f"stories/{story}", f"quotes/{uuid4()}", f"stories/{uuid4()}"):
        assert coordinator.get(f"/manage/{address}").status_code == 404


@pytest.mark.parametrize("role", ["casemanager", "councillor", "administrator"])
def test_only_a_coordinator_reads_what_people_said(town: Town, role: str) -> None:
    answer = said(town, WORDS)
    client = town.sign_in(role)
    for address in ("quotes", "answers", "stories", f"quotes/{answer}"):
        page = client.get(f"/manage/{address}")
        assert page.status_code == 403
        assert "пекарні" not in page.text


def test_many_quotes_come_in_pages_with_as_many_statements(town: Town, coordinator: FlaskClient) -> None:
    for number in range(3):
        said(town, f"words {number}", prefix=f"A{number}")
    coordinator.get("/manage/quotes")
    with counted(town.app) as few:
        coordinator.get("/manage/quotes")
    for number in range(3, 27):
        said(town, f"words {number}", prefix=f"A{number}")
    with counted(town.app) as many:
        page = coordinator.get("/manage/quotes")
    assert len(set(re.findall(r"words \d+", page.text))) == 25
    assert len(many) == len(few)
    rest = coordinator.get("/manage/quotes?page=2")
    assert len(set(re.findall(r"words \d+", rest.text))) == 2
