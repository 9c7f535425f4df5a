"""Without a network nothing that was shown as kept is lost, whatever happens to page, browser, session or server."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Route, expect
from sqlalchemy import select

from survey.database import db
from survey.models import Enrolment
from survey.privacy import erasure
from survey.privacy.envelopes import open_envelope, public_key
from survey.privacy.keys import KeyRing
from tests.fixtures.application import Town, new_town
from tests.fixtures.browser import OpenPage, Visit, axe
from tests.fixtures.chromium import with_profile
from tests.fixtures.hands import PHONE
from tests.fixtures.tablet import (
    KEPT,
    answer_page,
    choose,
    expect_sign,
    go_on,
    sit_down,
    until,
    wait_until_sent,
    waiting,
)
from tests.fixtures.visitor import said, saved, visits

WORDS = "Канарка у клітці ሰላም"
ENVELOPES = "**/survey/envelopes"


@pytest.fixture
def town(app: Flask) -> Town:
    return new_town(app, instruments=("wellbeing",))


@pytest.fixture
def tablet(open_page: OpenPage, address: str, code: str) -> Iterator[Visit]:
    """Someone at the first question; what the console says of a lost network is no fault."""
    visit = open_page(viewport=PHONE)
    sit_down(visit.page, address, code)
    yield visit
    visit.context.set_offline(False)
    visit.problems = [problem for problem in visit.problems if "Failed to load resource" not in problem]


def test_what_a_browser_seals_we_open(open_page: OpenPage, address: str, town: Town) -> None:
    page = open_page().page
    page.goto(address)
    until(page, "typeof sealing === 'object'")
    ring: KeyRing = town.app.extensions["telvertel_keys"]
    for words in ("", WORDS, "x" * 3000):
        letter = {"ticket": "t", "order": 1, "page": ["last"], "then": "next", "fields": [["text", words]]}
        made = page.evaluate(
            "async ([key, letter]) => { const one = await sealing.seal(key, letter);"
            " return { ...one, envelope: Array.from(one.envelope) }; }",
            [public_key(ring), letter],
        )
        envelope = bytes(made["envelope"])
        opened = open_envelope(ring, envelope)
        assert json.loads(opened.content) == letter
        assert len(opened.content) % 512 == 0, "its length tells how much was written"
        assert (opened.kept, opened.gone) == (made["kept"], made["gone"])
        assert base64.b64encode(envelope[5:21]).decode() == made["id"]


@pytest.mark.parametrize("moment", ["before a question", "within a page", "at the last page"])
def test_the_network_may_go_at_any_moment(tablet: Visit, town: Town, moment: str) -> None:
    page = tablet.page
    if moment == "before a question":
        tablet.context.set_offline(True)
    choose(page, 5)
    go_on(page)
    expect(page.locator("#question-wellbeing_2")).to_be_visible()
    if moment == "within a page":
        tablet.context.set_offline(True)
    go_on(page)
    for number in range(3, 6):
        expect(page.locator(f"#question-wellbeing_{number}")).to_be_visible()
        choose(page, 2)
        go_on(page)
    page.wait_for_url("**/life_satisfaction*")
    answer_page(page, 8)
    page.wait_for_url("**/survey/last*")
    tablet.context.set_offline(True)
    page.locator("#text").fill(WORDS)
    page.locator('button[value="next"]').click()
    page.wait_for_url("**/goodbye/thanks*")
    expect(page.locator("[data-if-kept]")).to_be_visible()
    expect(page.locator("[data-unless-kept]")).to_be_hidden()
    tablet.context.set_offline(False)
    expect(page.locator("[data-unless-kept]")).to_be_visible()
    assert visits(town) == [("finished", "nl")]
    assert said(town) == [(WORDS, False)]
    answers = {"wellbeing_1": 5, "wellbeing_3": 2, "wellbeing_4": 2, "wellbeing_5": 2}
    assert saved(town) == {"wellbeing": answers, "life_satisfaction": {"life_satisfaction": 7}}


def test_reloading_loses_nothing_that_was_touched(tablet: Visit, town: Town) -> None:
    page = tablet.page
    tablet.context.set_offline(True)
    choose(page, 3)
    expect_sign(page, "kept")
    axe(page)
    page.reload()
    expect(page.locator("[data-settled]")).to_have_count(1)
    expect_sign(page, "kept")
    tablet.context.set_offline(False)
    expect_sign(page, "saved")
    assert saved(town) == {"wellbeing": {"wellbeing_1": 3}}
    page.reload()
    expect(page.locator("#wellbeing_1-3")).to_be_checked()


def test_closing_and_opening_the_browser_loses_nothing(
    chromium: Browser, address: str, code: str, town: Town, tmp_path: Path
) -> None:
    """And whoever opens it finds nobody's questionnaire, nor a word of what was answered on the disk."""
    profile = tmp_path / "profile"
    with with_profile(chromium, profile) as context:
        page = context.pages[0]
        sit_down(page, address, code)
        answer_page(page, 5)
        context.set_offline(True)
        answer_page(page, 9)
        page.locator("#text").fill(WORDS)
        page.locator('button[value="stop"]').click()
        page.wait_for_url("**/goodbye/stopped*")
        assert len(waiting(page)) == 2
    words = [WORDS.encode(), WORDS.encode("utf-16-le"), b'["life_satisfaction"', b'"fields"']
    for file in profile.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert [word for word in words if word in content] == [], file
    with with_profile(chromium, profile, offline=True) as context:
        page = context.new_page()
        page.goto(f"{address}/survey/wellbeing/wellbeing")
        expect(page.locator("#code")).to_be_visible()
        context.set_offline(False)
        wait_until_sent(page)
    assert saved(town)["life_satisfaction"] == {"life_satisfaction": 8}
    assert said(town) == [(WORDS, False)]


def test_an_expired_session_loses_nothing(tablet: Visit, town: Town) -> None:
    page = tablet.page
    tablet.context.clear_cookies()
    choose(page, 4)
    page.locator('button[value="stop"]').click()
    page.wait_for_url("**/goodbye/stopped*")
    expect(page.locator("[data-unless-kept]")).to_be_visible()
    assert saved(town) == {"wellbeing": {"wellbeing_1": 4}}


def fulfilled(status: int, body: str = "{}") -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body=body, content_type="application/json")


#: Nothing that we would say to a good envelope.
ANSWERS: dict[str, Callable[[Route], None]] = {
    "nothing at all": lambda route: route.abort(),
    "the server is in trouble": fulfilled(500),
    "come back later": fulfilled(503),
    "a page of the Wi-Fi": fulfilled(200, "<html>Sign in</html>"),
    "a receipt for something else": fulfilled(200, '{"receipt": "AAAAAAAAAAAAAAAAAAAAAA=="}'),
    "elsewhere": lambda route: route.fulfill(status=302, headers={"Location": "/"}),
}
REFUSALS = {
    "sign in first": fulfilled(401),
    "no": fulfilled(422, '{"refused": "unknown"}'),
}


def test_whatever_answers_it_is_kept_until_there_is_a_receipt(tablet: Visit, town: Town) -> None:
    page = tablet.page
    for what, answer in ANSWERS.items():
        tablet.context.route(ENVELOPES, answer)
        choose(page, 1)
        page.locator("[data-language]").click()
        page.wait_for_url("**/survey/language")
        page.go_back()
        expect(page.locator("[data-settled]")).to_have_count(1)
        expect_sign(page, "kept")
        assert waiting(page) and saved(town) == {}, what
        tablet.context.unroute(ENVELOPES)
    choose(page, 5)
    go_on(page)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#question-wellbeing_2")).to_be_visible()
    page.locator('button[value="stop"]').click()
    page.wait_for_url("**/goodbye/stopped*")
    wait_until_sent(page)
    assert saved(town) == {"wellbeing": {"wellbeing_1": 5}}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_is_refused_stays_and_is_not_asked_again_and_again(tablet: Visit, town: Town, what: str) -> None:
    page = tablet.page
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        REFUSALS[what](route)

    tablet.context.route(ENVELOPES, refuse)
    choose(page, 4)
    page.locator("[data-language]").click()
    page.wait_for_url("**/survey/language")
    page.go_back()
    expect_sign(page, "refused")
    page.evaluate("Promise.all([1, 2, 3, 4, 5].map(() => outbox.drain()))")
    assert len(asked) == 1
    tablet.context.unroute(ENVELOPES)
    page.clock.install()
    page.clock.fast_forward("25:00:00")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    wait_until_sent(page)
    expect_sign(page, "saved")
    assert saved(town) == {"wellbeing": {"wellbeing_1": 4}}


def test_what_was_taken_back_elsewhere_goes_from_the_device_and_nowhere_else(
    tablet: Visit, town: Town, app: Flask
) -> None:
    page = tablet.page
    tablet.context.set_offline(True)
    choose(page, 4)
    expect_sign(page, "kept")
    with app.app_context():
        town.inside()
        erasure.take_back_answers(db.session.scalars(select(Enrolment)).one(), "nl")
        db.session.commit()
    tablet.context.set_offline(False)
    page.evaluate("outbox.drain()")
    wait_until_sent(page)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-sign]:visible")).to_have_count(0)
    assert saved(town) == {}


def test_five_at_once_send_it_once(tablet: Visit, town: Town) -> None:
    page = tablet.page
    tablet.context.set_offline(True)
    choose(page, 4)
    expect_sign(page, "kept")
    sent: list[Any] = []
    tablet.context.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    other = tablet.context.new_page()
    tablet.context.set_offline(False)
    other.goto(page.url)
    page.evaluate("Promise.all([1, 2, 3, 4, 5].map(() => outbox.drain()))")
    wait_until_sent(page)
    assert saved(town) == {"wellbeing": {"wellbeing_1": 4}}
    bodies = [request.post_data_buffer for request in sent if request.url.endswith("/survey/envelopes")]
    reached = [
        request for request in sent if request.url.endswith("/survey/envelopes") and request.response()
    ]
    assert len(set(bodies)) == 1
    assert len(reached) == 1


def test_pages_that_are_put_away_are_nobodys(tablet: Visit) -> None:
    page = tablet.page
    answer_page(page, 5)
    choose(page, 8)
    page.reload()
    kept = page.evaluate(KEPT)
    assert {"/", "/survey/wellbeing/wellbeing", "/survey/last", "/goodbye/thanks"} <= kept.keys()
    ticket = page.evaluate("sessionStorage.getItem('sitting')").split()[0]
    for path, text in kept.items():
        assert ticket not in text and "checked" not in text, path
        assert 'name="csrf_token" value=""' in text or "csrf_token" not in text, path


def test_nobody_finds_the_questionnaire_after_it_was_left_without_a_network(
    tablet: Visit, address: str, town: Town
) -> None:
    page = tablet.page
    tablet.context.set_offline(True)
    choose(page, 4)
    page.locator('button[value="stop"]').click()
    page.wait_for_url("**/goodbye/stopped*")
    page.go_back()
    expect(page.locator("#code")).to_be_visible()
    tablet.context.set_offline(False)
    for path in ("/survey/wellbeing/wellbeing", "/survey/last"):
        page.goto(f"{address}{path}")
        expect(page.locator("#code")).to_be_visible()
    assert page.locator("input:checked").count() == 0
    wait_until_sent(page)
    assert saved(town) == {"wellbeing": {"wellbeing_1": 4}}


def test_from_a_door_that_was_kept_one_comes_in_once_there_is_a_network(
    tablet: Visit, address: str, code: str
) -> None:
    page = tablet.page
    tablet.context.set_offline(True)
    page.goto(f"{address}/")
    page.locator("#code").fill(code)
    page.locator('button[type="submit"]').first.click()
    expect(page.locator("[data-not-saved]")).to_be_visible()
    tablet.context.set_offline(False)
    page.locator('button[type="submit"]').first.click()
    page.wait_for_url("**/survey/language")


def test_a_browser_that_threw_away_what_it_kept_does_not_say_saved(tablet: Visit) -> None:
    page = tablet.page
    tablet.context.set_offline(True)
    choose(page, 4)
    expect_sign(page, "kept")
    page.evaluate(
        "async () => (await indexedDB.databases()).forEach(({ name }) => indexedDB.deleteDatabase(name))"
    )
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    expect(page.locator("[data-not-saved]")).to_be_visible()
    expect(page.locator("[data-sign]:visible")).to_have_count(0)


def test_a_browser_that_cannot_keep_posts_as_without_scripts(tablet: Visit, town: Town) -> None:
    page = tablet.page
    page.evaluate("() => { outbox.keep = () => Promise.reject(new Error('no room')); }")
    answer_page(page, 5)
    assert len(saved(town)["wellbeing"]) == 5


def test_wiping_leaves_only_what_is_sealed(tablet: Visit, address: str, town: Town) -> None:
    page = tablet.page
    tablet.context.set_offline(True)
    choose(page, 4)
    expect_sign(page, "kept")
    page.evaluate("offline.wipe()")
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    assert page.evaluate(KEPT).keys() == {"/"}, "the door stays"
    assert len(waiting(page)) == 1
    tablet.context.set_offline(False)
    page.goto(f"{address}/survey/last")
    expect(page.locator("#code")).to_be_visible()
    wait_until_sent(page)
    assert saved(town) == {"wellbeing": {"wellbeing_1": 4}}
