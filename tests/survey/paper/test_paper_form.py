"""The questionnaire on paper, opened by another program: all questions, every language, and the person's own code."""

from __future__ import annotations

import re
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import select

from instruments import library
from instruments.asking import LOOKING_BACK
from instruments.translation import LANGUAGES, words
from survey.database import db
from survey.fieldwork import close_wave
from survey.models import AccessCode, Enrolment
from survey.paper.form import SIZES, paper_form
from survey.participation import new_access_code
from survey.privacy import codes
from survey.wording.kept import Spoken
from tests.fixtures.application import Town, new_town, token_in

INSTRUMENTS = ("integration", "wellbeing")


@pytest.fixture
def town(app: Flask) -> Town:
    return new_town(app, instruments=INSTRUMENTS)


def printed(
    town: Town, language: str, size: str, number: int = 0
) -> tuple[pypdfium2.PdfDocument, codes.Code]:
    with town.app.test_request_context(method="POST"):
        enrolment = town.join()[1]
        code = new_access_code(enrolment)
        wave = enrolment.programme.waves[number]
        made = paper_form(enrolment, wave, code, Spoken(language), size)
    return pypdfium2.PdfDocument(made), code


def text_of(document: Any) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def unbroken(text: str) -> str:
    """Without spaces and hyphens, for a long word may be broken at the end of a line."""
    return re.sub("[\\s\u00ad\ufffe\u2010-]", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_in_every_size(town: Town, language: str) -> None:
    """In PDF/UA a document with a letter that no font has is not made at all."""
    for size in SIZES:
        document, code = printed(town, language, size)
        scanned = zxingcpp.read_barcodes(document[0].render(scale=2).to_numpy())
        assert [one.text for one in scanned] == [f"http://localhost/start#{code.selector}{code.secret}"]
        assert document.get_metadata_dict()["Title"]


@pytest.mark.parametrize("language", ["nl", "uk", "ti", "so", "kmr"])
def test_every_question_and_every_answer_is_on_it(town: Town, language: str) -> None:
    text = unbroken(text_of(printed(town, language, "normal")[0]))
    for key in INSTRUMENTS:
        instrument = library.load(key)
        said = words(instrument, language)
        for item in instrument.items:
            assert unbroken(said.question(item.id)) in text
            for _code, label in said.options(item.id):
                assert unbroken(label) in text


@pytest.mark.parametrize("language", ["nl", "ti"])
def test_a_later_wave_looks_back_on_paper_too(app: Flask, language: str) -> None:
    town = new_town(app, instruments=("wellbeing",), looking_back=("then_now", "anchor"))
    first, later = (unbroken(text_of(printed(town, language, "normal", wave)[0])) for wave in (0, 1))
    for key in LOOKING_BACK:
        said = words(library.load(key), language)
        for item in library.load(key).items:
            assert unbroken(said.question(item.id)) not in first
            assert (unbroken(said.question(item.id)) in later) == item.id.startswith("wellbeing")
    assert all(unbroken(label) in later for _code, label in said.options("wellbeing_anchor"))


def test_larger_letters_take_more_paper(town: Town) -> None:
    pages = [len(printed(town, "nl", size)[0]) for size in SIZES]
    assert pages == sorted(pages)
    assert pages[0] < pages[-1]


@pytest.mark.parametrize(
    "name", ["#set text(red)", "*bold* _x_ $x$ <a> @b", "\\u{41} `raw` //", "مدينة <b>&"]
)
def test_a_name_stays_a_name(town: Town, name: str) -> None:
    with town.app.app_context():
        town.inside().organisation.name = name
        db.session.commit()
    assert (
        "".join(name.split())[:6] in "".join(text_of(printed(town, "nl", "normal")[0]).split()) or "م" in name
    )


def made_by(town: Town, role: str = "casemanager", **values: str) -> tuple[Any, Any]:
    client = town.sign_in(role)
    with town.app.app_context():
        enrolment = town.join(language="uk")[1]
        address = f"/casework/enrolments/{enrolment.id}/paper"
    page = client.get(address)
    token = token_in(page.text) if page.status_code == 200 else ""
    return enrolment.id, client.post(
        address, data={"csrf_token": token, "language": "nl", "size": "large", **values}
    )


def test_a_casemanager_prints_it_with_a_new_code(town: Town) -> None:
    enrolment_id, answer = made_by(town)
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    document = pypdfium2.PdfDocument(answer.data)
    scanned = zxingcpp.read_barcodes(document[0].render(scale=2).to_numpy())[0].text
    typed = codes.fold(scanned.rsplit("#")[1])
    assert typed
    with town.app.app_context():
        town.inside()
        stored = db.session.get_one(Enrolment, enrolment_id).codes
        assert [code.selector for code in stored if code.revoked_at is None] == [typed.selector]
        assert len(stored) == 2


def test_a_wish_that_cannot_be_printed_makes_no_code(town: Town) -> None:
    for wish in ({"language": "tlh"}, {"size": "huge"}):
        _, answer = made_by(town, **wish)
        assert answer.status_code == 422
    with town.app.app_context():
        town.inside()
        assert len(db.session.scalars(select(AccessCode)).all()) == 2


def test_without_an_open_wave_there_is_nothing_to_print(town: Town) -> None:
    with town.app.app_context():
        for wave in town.inside().waves:
            close_wave(wave)
        db.session.commit()
    _, answer = made_by(town)
    assert answer.status_code == 422 and answer.mimetype == "text/html"


def test_only_languages_that_are_open_are_offered(town: Town) -> None:
    assert made_by(town, language="ar")[1].mimetype == "application/pdf"
    assert made_by(town, language="ti")[1].status_code == 422
