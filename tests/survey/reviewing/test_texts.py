"""A reviewer goes through the texts: sees, decides, keeps the place; nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.database import db
from survey.models import StringReview
from survey.reviewing.queries import PAGE, SHOWN
from survey.wording.texts import all_texts
from tests.fixtures.application import Town
from tests.fixtures.pages import check_page
from tests.survey.reviewing.conftest import LANGUAGE, NAME, decide, row_of, text_of, token_of

LIST = f"/reviewing/{LANGUAGE}"
WELCOME = "Welcome"


def shown(client: FlaskClient, **asked: Any) -> list[str]:
    """Keys of the texts on a page."""
    return re.findall(r'id="text-([0-9a-f]{20})"', client.get(LIST, query_string=asked).text)


def reviews(town: Town) -> list[StringReview]:
    with town.app.app_context():
        town.inside()
        return list(db.session.scalars(select(StringReview)))


def test_every_text_is_on_one_page_and_each_page_is_whole(town: Town, reviewer: FlaskClient) -> None:
    keys = list(all_texts(LANGUAGE).by_key)
    pages = -(-len(keys) // PAGE)
    found = [key for page in range(1, pages + 1) for key in shown(reviewer, show="all", page=page)]
    assert found == keys
    check_page(reviewer.get(LIST))
    check_page(reviewer.get("/reviewing/"))


def test_a_decision_is_kept_with_who_when_and_which_words(town: Town, reviewer: FlaskClient) -> None:
    text = text_of(WELCOME)
    answer = decide(town, reviewer, text, "أهلًا", back_translation="Be welcome", remark="shorter")
    assert answer.status_code == 303
    (review,) = reviews(town)
    assert (review.verdict, review.texts, review.shipped) == ("changed", ["أهلًا"], list(text.shipped))
    assert (review.back_translation, review.remark, review.reviewer) == ("Be welcome", "shorter", "Reviewer")
    assert review.decided_at is not None and len(review.wording) == 20
    page = reviewer.get(LIST, query_string={"show": "decided"}).text
    assert "Reviewer" in page and "Be welcome" in page and review.wording[:8] in page


def test_the_place_is_kept(town: Town, reviewer: FlaskClient) -> None:
    """Back in the same list, at the text behind it, though that moved up."""
    before = shown(reviewer, show="todo", part="participant", page=2)
    text = all_texts(LANGUAGE).by_key[before[-1]]
    following = shown(reviewer, show="todo", part="participant", page=3)[0]
    place = {"show": "todo", "part": "participant", "page": 2, "following": following}
    answer = decide(town, reviewer, text, **place)
    assert answer.location.endswith(f"#text-{following}")
    there = reviewer.get(answer.location).text
    assert f'id="text-{following}"' in there and f'id="text-{text.key}"' not in there
    assert 'name="page" value="2"' in there


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "The translation is empty"), ("بلا اسم", "is missing"), ("%(organisation)s %(day)s", "does not stand in"),
     ("%(organisation)s ‮", "turn the direction"), ("%(organisation)s 100%", "percent sign"),
     ("%(organisation)s " + "ا" * 2000, "too long")],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_and_nothing_typed_is_lost(
    town: Town, reviewer: FlaskClient, typed: str, said: str
) -> None:
    answer = decide(town, reviewer, text_of(NAME), typed, back_translation="back again", remark="a remark")
    assert answer.status_code == 422 and reviews(town) == []
    document = check_page(answer)
    assert said in answer.text and "back again" in answer.text and "a remark" in answer.text
    areas = [area.text or "" for area in document.iter("textarea")]
    assert typed in [area.removeprefix("\n") for area in areas]


def test_a_refusal_says_why(town: Town, reviewer: FlaskClient) -> None:
    text = text_of(WELCOME)
    assert decide(town, reviewer, text, verdict="refuse").status_code == 422
    assert decide(town, reviewer, text, verdict="refuse", remark="too formal").status_code == 303
    assert [review.verdict for review in reviews(town)] == ["refused"]
    assert text.key in shown(reviewer, show="refused") and text.key in shown(
        reviewer, show="todo", at=text.key
    )


def test_two_reviewers_do_not_write_over_each_other(town: Town, reviewer: FlaskClient) -> None:
    text, other = text_of(WELCOME), town.sign_in("coordinator")
    seen = row_of(town, text).seen
    decide(town, other, text, "أهلًا")
    answer = decide(town, reviewer, text, "مرحبًا بك", seen=seen)
    assert answer.status_code == 422 and "مرحبًا بك" in answer.text
    assert [review.texts for review in reviews(town)] == [["أهلًا"]]
    assert decide(town, reviewer, text, "مرحبًا بك").status_code == 303


def test_several_at_once_are_approved_as_they_stood(town: Town, reviewer: FlaskClient) -> None:
    texts = [text_of(source) for source in (WELCOME, "Back", "Stop")]
    ticked = [f"{text.key}.{row_of(town, text).seen}" for text in texts]
    decide(town, reviewer, texts[0], "أهلًا")
    form = {"csrf_token": token_of(reviewer), "ticked": [*ticked, "nonsense", "no.such"]}
    answer = reviewer.post(f"{LIST}/approve", data=form)
    page = reviewer.get(answer.location).text
    assert "2 texts approved" in page and "changed meanwhile" in page
    found = {review.key: review.verdict for review in reviews(town)}
    assert found == {texts[0].key: "changed", texts[1].key: "approved", texts[2].key: "approved"}
    nothing = reviewer.post(f"{LIST}/approve", data={"csrf_token": token_of(reviewer)})
    assert "Tick the texts" in reviewer.get(nothing.location).text


def test_each_choice_shows_what_it_says(town: Town, reviewer: FlaskClient) -> None:
    good, bad = text_of(WELCOME), text_of("Stop")
    decide(town, reviewer, good)
    decide(town, reviewer, bad, verdict="refuse", remark="no")
    found = {show: set(shown(reviewer, show=show, at=bad.key)) for show in SHOWN}
    assert found["refused"] == {bad.key} and found["decided"] == {good.key, bad.key}
    assert good.key not in found["todo"] | found["draft"] and bad.key in found["todo"]
    assert found["stale"] == found["proposed"] == set() and bad.key in found["all"]
    assert set(shown(reviewer, show="nonsense", page=-3, part="x")) == set(shown(reviewer))


def test_the_overview_counts(town: Town, reviewer: FlaskClient) -> None:
    decide(town, reviewer, text_of(WELCOME), "أهلًا")
    number = len(all_texts(LANGUAGE).by_key)
    page = reviewer.get("/reviewing/").text
    assert f"1 of {number}" in page and f"All {number}" in page


def test_what_does_not_exist_is_not_there(town: Town, reviewer: FlaskClient) -> None:
    assert reviewer.get("/reviewing/en").status_code == 404
    assert reviewer.get("/reviewing/xx").status_code == 404
    assert reviewer.get(f"{LIST}/pictures/nothing").status_code == 404
    form = {"csrf_token": token_of(reviewer), "verdict": "approve", "text": "x", "seen": ""}
    assert reviewer.post(f"{LIST}/texts/nothing", data=form).status_code == 404
