"""Pages that a browser puts away for when there is no network: all of a sitting, and nobody's."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.fixtures.application import Town, new_town, token_in
from tests.fixtures.pages import masked, parsed
from tests.fixtures.visitor import Visitor


@pytest.fixture
def town(app: Flask) -> Town:
    return new_town(app)


def visitor(town: Town, language: str = "uk") -> Visitor:
    with town.app.app_context():
        return Visitor(town, town.join()[2], language).begin()


def ahead(person: Visitor) -> dict[str, Any]:
    answer = person.client.get("/survey/ahead")
    assert answer.status_code == 200 and answer.json
    return dict(answer.json)


def test_every_page_to_come_is_there_as_it_will_be_shown(town: Town) -> None:
    person = visitor(town)
    kept = ahead(person)["pages"]
    while True:
        shown = masked(person.page.text)
        own = person.document.find(".//form[@id='questions']").get("data-sitting")
        assert kept[person.place].replace("?saved=1", "") == shown.replace(own, "").replace("?saved=1", "")
        if person.place == "/survey/last":
            break
        person.send(then="next")
        person.go(person.place)
    for what in ("thanks", "stopped", "over"):
        assert kept[f"/goodbye/{what}"] == person.client.get(f"/goodbye/{what}").text
    assert {"/", "/survey/no-network"} <= kept.keys()


def test_nothing_on_them_is_anybodys(town: Town) -> None:
    """Two people get the same, whatever they answered."""
    one, other = visitor(town), visitor(town)
    other.send(then="next", work_1="5")
    assert ahead(one) == ahead(other)
    secrets = [person.form["csrf_token"] for person in (one, other)]
    for path, page in ahead(one)["pages"].items():
        assert not any(secret in page for secret in secrets), path
        parsed(page)
    with pytest.raises(AssertionError, match="no anti-forgery token"):
        token_in(ahead(one)["pages"]["/"])


def test_what_a_browser_has_it_need_not_fetch_again(town: Town) -> None:
    person = visitor(town)
    key = ahead(person)["key"]
    assert person.client.get(f"/survey/ahead?have={key}").status_code == 204
    assert person.client.get("/survey/ahead?have=older").status_code == 200
    assert ahead(visitor(town, "ar"))["key"] != key


def test_only_who_is_in_a_sitting_gets_them(town: Town) -> None:
    assert town.app.test_client().get("/survey/ahead").location == "/"
    person = visitor(town)
    person.send(then="stop")
    assert person.client.get("/survey/ahead").status_code == 303
