"""A picture is the participant's own page with the text on it, which does nothing and shows nobody."""

from __future__ import annotations

from flask.testing import FlaskClient

from survey.wording.texts import all_texts
from tests.fixtures.application import Town
from tests.survey.reviewing.conftest import decide, text_of


def test_every_text_is_marked_on_its_picture(town: Town) -> None:
    """Most stand on the screen where they are read. A page for itself is for a few: errors, headings of results."""
    client = town.sign_in("reviewer")
    alone = 0
    for key, text in all_texts("ar").by_key.items():
        answer = client.get(f"/reviewing/ar/pictures/{key}")
        page = answer.text
        assert answer.status_code == 200 and 'lang="ar" dir="rtl"' in page
        assert 'class="looked-at"' in page or "data-looked-at" in page, text
        assert not {"\ue000", "\ue001"} & set(page) and "<script" not in page
        alone += page.count('nl-heading--level-1"><mark') and "<form" not in page
    assert alone < 70 < len(all_texts("ar").by_key) / 4


def test_the_changed_words_are_on_it(town: Town, reviewer: FlaskClient) -> None:
    text = text_of("Welcome")
    decide(town, reviewer, text, "<b>أهلًا")
    page = reviewer.get(f"/reviewing/ar/pictures/{text.key}").text
    assert "&lt;b&gt;أهلًا</mark>" in page


def test_only_a_page_of_ours_may_frame_it_and_it_can_do_nothing(town: Town) -> None:
    client = town.sign_in("coordinator")
    key = text_of("Welcome").key
    told = client.get(f"/reviewing/ar/pictures/{key}").headers
    policy = told["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy and "sandbox allow-same-origin" in policy
    assert "allow-scripts" not in policy and "allow-forms" not in policy
    assert told["X-Frame-Options"] == "SAMEORIGIN"
    listed = client.get("/reviewing/ar").headers
    assert "frame-src 'self'" in listed["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in listed["Content-Security-Policy"]
    assert listed["X-Frame-Options"] == "DENY"


def test_messages_stay_for_who_they_are_for(town: Town, reviewer: FlaskClient) -> None:
    """A picture that loads meanwhile does not take away what was said to the reviewer."""
    text = text_of("Welcome")
    answer = decide(town, reviewer, text, "أهلًا")
    reviewer.get(f"/reviewing/ar/pictures/{text.key}")
    assert "Changed and approved" in reviewer.get(answer.location).text
