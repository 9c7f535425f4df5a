"""A first look at a rewritten quote marks what could tell who said it, and leaves the decision to who reads."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from survey.manage.first_look import look
from tests.fixtures.application import Town
from tests.survey.casework.conftest import inside
from tests.survey.casework.filling import send, text
from tests.survey.manage.conftest import said
from tests.survey.manage.test_stories import CHECKS, FILLED, decide, only_story


@given(st.text(), st.sampled_from(["nl", "en"]))
def test_the_pieces_are_the_text(words: str, language: str) -> None:
    assert "".join(piece.text for piece in look(words, language)) == words


@pytest.mark.parametrize(
    ("language", "words", "marked"),
    [
        ("nl", "Ik durf nu in de winkel te vragen wat ik zoek. Dat is spannend.", {}),
        (
            "nl",
            "Sinds maart werk ik bij Jumbo, met mijn zus.",
            {"maart": "day", "Jumbo": "name", "zus": "relative"},
        ),
        ("nl", "De Syrische les en de eritrese winkel.", {"Syrische": "origin", "eritrese": "origin"}),
        ("nl", "Ik spreek Nederlands. Nu ben ik 34.", {"34": "number"}),
        (
            "en",
            "I'm from Kabul. My daughter is Afghan.",
            {"Kabul": "name", "daughter": "relative", "Afghan": "origin"},
        ),
        ("en", "I can read a letter now. May I?", {}),
    ],
)
def test_what_is_marked(language: str, words: str, marked: dict[str, str]) -> None:
    assert {piece.text: piece.why for piece in look(words, language) if piece.why} == marked


def test_marked_words_are_shown_once_and_then_the_editor_decides(
    town: Town, coordinator: FlaskClient
) -> None:
    answer = said(town, "WORDS")
    filled = {**FILLED, "text": "Ik werk bij Jumbo."}
    first = decide(coordinator, answer, "approve", **filled, checks=list(CHECKS))
    assert first.status_code == 422
    assert "<mark>Jumbo</mark>" in first.text and "Look at the marked words" in text(first)
    again = send(coordinator, first, f"/manage/quotes/{answer}", ("decision", "approve"))
    assert again.status_code == 303
    with inside(town):
        assert only_story(town).text == "Ik werk bij Jumbo."
