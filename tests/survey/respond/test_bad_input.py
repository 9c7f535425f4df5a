"""Whatever is posted: a plain answer, nothing of it stored, and what was chosen well still on the screen."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from survey.models import OpenAnswer, Page
from tests.fixtures.application import Town, new_town, token_in
from tests.fixtures.pages import check_page, words_of
from tests.fixtures.visitor import Visitor, count, said, saved, visits

FIRST, LAST = "/survey/wellbeing/wellbeing", "/survey/last"


def someone(app: Flask) -> Visitor:
    """At the first of two pages."""
    town = new_town(app, instruments=("wellbeing",))
    with app.app_context():
        return Visitor(town, town.join()[2]).begin()


@pytest.fixture
def person(app: Flask) -> Visitor:
    return someone(app)


@pytest.fixture
def any_person(any_app: Flask) -> Visitor:
    """For what a database may have an opinion about."""
    return someone(any_app)


CHOICES: dict[str, Any] = {
    "a foreign option": "6",
    "none of the scale": "0",
    "below zero": "-1",
    "a label": "never",
    "5,000 digits": "9" * 5000,
    "another script's digit": "٣",
    "full-width": "\uff13",
    "a decimal": "3.0",
    "spaces": " 3",
    "a sign": "+3",
    "NUL": "3\x00",
    "markup": "<script>alert(1)</script>",
    "a template": "{{7*7}}",
    "a list": ["3", "4"],
    "the same twice": ["3", "3"],
    "a wrong non-answer": "none",
}


@pytest.mark.parametrize("what", CHOICES)
def test_a_choice_that_is_not_offered(person: Visitor, what: str) -> None:
    form = MultiDict({**person.form, "wellbeing_2": "4", "then": "next"})
    form.setlist("wellbeing_1", CHOICES[what] if isinstance(CHOICES[what], list) else [CHOICES[what]])
    answer = person.client.post(FIRST, data=form)
    assert answer.status_code == 422
    assert saved(person.town) == {}
    document = check_page(answer)
    assert "Choose one" in words_of(document)
    ticked = {radio.get("name") for radio in document.iter("input") if "checked" in radio.attrib}
    assert ticked == {"wellbeing_2"}
    assert "9" * 100 not in answer.text and "<script>alert" not in answer.text
    person.page = answer
    person.send(FIRST, wellbeing_1="3", wellbeing_2="4")
    assert saved(person.town) == {"wellbeing": {"wellbeing_1": 3, "wellbeing_2": 4}}


@pytest.mark.parametrize("value", [None, ""])
def test_no_choice_is_no_mistake(person: Visitor, value: str | None) -> None:
    form = {**person.form, "then": "next"} | ({} if value is None else {"wellbeing_1": value})
    assert person.client.post(FIRST, data=form).status_code == 303
    assert saved(person.town) == {"wellbeing": {}}


@pytest.mark.parametrize(
    "name", ["work_1", "wellbeing_6", "life_satisfaction", "organisation_id", "score", "x" * 5000]
)
def test_a_question_that_is_not_on_the_page(person: Visitor, name: str) -> None:
    answer = person.client.post(FIRST, data={**person.form, "wellbeing_1": "3", name: "3"})
    assert answer.status_code == 400
    check_page(answer)
    assert saved(person.town) == {}


@pytest.mark.parametrize(
    "address",
    [
        "/survey/integration/work", "/survey/wellbeing/work", "/survey/none/none",
        "/survey/wellbeing/WELLBEING", "/survey/..%2f..%2fetc/passwd", "/survey/wellbeing%00/wellbeing",
        "/survey/wellbeing/' OR 1=1 --",
        "/survey/{{7*7}}/wellbeing", "/survey/wellbeing/" + "x" * 3000,
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_that_is_not_asked(any_person: Visitor, address: str, method: str) -> None:
    data = {**any_person.form, "wellbeing_1": "3"} if method == "POST" else None
    answer = any_person.client.open(address, method=method, data=data)
    assert answer.status_code == 404
    check_page(answer)
    assert "49" not in words_of(check_page(answer))
    assert saved(any_person.town) == {}


@pytest.mark.parametrize("token", [None, "", "x", "IjEyMyI.x.y"])
@pytest.mark.parametrize("address", [FIRST, LAST, "/survey/about", "/survey/language", "/survey/stop"])
def test_without_an_anti_forgery_token(person: Visitor, address: str, token: str | None) -> None:
    form = {"wellbeing_1": "3", "text": "words", "take_part": "no", "language": "uk"}
    answer = person.client.post(address, data=form | ({} if token is None else {"csrf_token": token}))
    assert answer.status_code == 403
    assert "too long" in words_of(check_page(answer))
    assert (saved(person.town), said(person.town), visits(person.town)) == ({}, [], [("agreed", "en")])
    assert person.client.get(FIRST).status_code == 200


def test_another_persons_token_does_not_do(person: Visitor) -> None:
    with person.town.app.app_context():
        other = Visitor(person.town, person.town.join()[2]).begin()
    answer = person.client.post(FIRST, data={**other.form, "wellbeing_1": "3"})
    assert answer.status_code == 403
    assert saved(person.town) == {}


def test_a_text_that_is_too_long_can_be_made_shorter(person: Visitor) -> None:
    person.answer_all()
    words = "woord " * 700
    answer = person.send(text=words, may_quote="y", then="next")
    assert answer.status_code == 422
    assert said(person.town) == []
    (box,) = person.document.iter("textarea")
    assert " ".join((box.text or "").split()) == " ".join(words.split())
    assert "too long" in words_of(person.document)
    person.send(text=words[:4000], then="next")
    assert said(person.town) == [(words[:4000].strip(), False)]


def test_ten_megabytes_are_refused_before_reading(person: Visitor) -> None:
    answer = person.client.post(LAST, data={**person.form, "text": "x" * 10_000_000})
    assert answer.status_code == 413
    check_page(answer)
    assert count(person.town, OpenAnswer) == 0


@pytest.mark.parametrize("then", ["evil", "next\x00", "x" * 1000])
def test_an_unknown_button(person: Visitor, then: str) -> None:
    person.answer_all()
    assert person.client.post(LAST, data={**person.form, "text": "words", "then": then}).status_code == 422
    assert visits(person.town) == [("agreed", "en")]


WORDS = [
    "<script>alert(1)</script>", "{{7*7}} {0.__class__}", "=HYPERLINK(1)", "\u202eevil", "Ґ’ї щастя 🙂",
    "ትግርኛ", "مرحبا", "a" + "\u0301" * 2000, "line\r\nline",
]  # fmt: skip


@pytest.mark.parametrize("words", WORDS)
def test_words_are_kept_as_they_are(any_person: Visitor, words: str) -> None:
    any_person.answer_all().send(text=words, then="stop")
    ((kept, _),) = said(any_person.town)
    assert kept is not None
    assert kept.split() == unicodedata.normalize("NFC", words).split()


@pytest.mark.parametrize("words", ["\u200b", "\ufeff \u2060", "\x00", "\u200d\u200d\n"])
def test_what_nobody_can_see_is_nothing(any_person: Visitor, words: str) -> None:
    any_person.answer_all().send(text=words, then="stop")
    assert said(any_person.town) == []


def test_characters_that_are_no_text_are_dropped(any_person: Visitor) -> None:
    any_person.answer_all().send(text="a\x00b", then="stop")
    assert said(any_person.town) == [("ab", False)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=4))
def test_no_post_is_a_fault_of_ours(any_person: Visitor, form: dict[str, str]) -> None:
    token = {"csrf_token": token_in(any_person.client.get("/").text)}
    for address in ("/survey/language", "/survey/about", FIRST, LAST, "/"):
        answer = any_person.client.post(address, data={**form, **token})
        assert answer.status_code in (303, 400, 403, 422)
    assert all(
        set(answers) <= {f"wellbeing_{n}" for n in range(1, 6)} for answers in saved(any_person.town).values()
    )
    assert count(any_person.town, Page) <= 2


@pytest.mark.parametrize("language", ["", "nl\x00", "de", "../nl", "en" * 1000])
def test_a_language_that_is_not_open(town: Town, language: str) -> None:
    with town.app.app_context():
        person = Visitor(town, town.join()[2]).enter()
    assert person.send(language=language).status_code == 422
    assert person.send(language="ar").status_code == 200


def test_a_language_nobody_approved_is_not_offered(app: Flask) -> None:
    town = new_town(app, instruments=("wellbeing",), languages=())
    with town.app.app_context():
        person = Visitor(town, town.join()[2]).enter()
    offered = {button.get("value") for button in person.document.iter("button")} - {None}
    assert {"nl", "en"} <= offered and not {"uk", "ar"} & offered
    assert person.send(language="uk").status_code == 422
    for chosen in (None, "en"):  # nor by an address, before or after choosing another
        if chosen:
            person.send(language=chosen)
        person.go("/survey/about?language=uk")
        assert person.place == ("/survey/about" if chosen else "/survey/language")
    person.send(take_part="yes")
    assert [language for _state, language in visits(town)] == ["en"]
