"""A tablet that goes from hand to hand: of who had it before, nothing is left, on the screen and on the disk."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from survey.casework.operations import revoke_code
from survey.database import db
from survey.models import Enrolment, StaffSession
from survey.participation import set_identity
from tests.fixtures.application import Town, new_town
from tests.fixtures.browser import OpenPage, Visit, axe
from tests.fixtures.chromium import with_profile
from tests.fixtures.profile import found_in
from tests.fixtures.tablet import (
    KEPT,
    answer_page,
    choose,
    expect_sign,
    until,
    wait_until_sent,
    waiting,
)
from tests.fixtures.visitor import said, saved, visits

NAME = "Kanariya Vogelzang"
WORDS = "Канарка у клітці ሰላም"
STILL_THERE = "dialog[data-idle][open]"


@pytest.fixture
def town(app: Flask) -> Town:
    return new_town(app, instruments=("wellbeing",))


@pytest.fixture
def person(town: Town) -> str:
    """The page of somebody with a name, as a casemanager sees it."""
    with town.app.app_context():
        participant, _enrolment, _code = town.join(language="nl")
        set_identity(participant, NAME, "")
        db.session.commit()
        return f"/casework/participants/{participant.id}"


def sign_in(context: BrowserContext, town: Town, address: str) -> None:
    cookie = town.sign_in("casemanager").get_cookie("telvertel")
    assert cookie
    context.add_cookies([{"name": "telvertel", "value": cookie.value, "url": address}])


def hand_over(page: Page, town: Town, address: str, person: str, language: str = "nl") -> None:
    """From the casemanager's page of this person up to the first question, with all pages put away."""
    sign_in(page.context, town, address)
    page.goto(address + person)
    page.locator('form[action$="/tablet"] button').click()
    page.wait_for_url("**/survey/language")
    page.locator(f'button[name="language"][value="{language}"]').click()
    if page.url.endswith("/about"):
        page.locator('button[value="yes"]').click()
    expect(page.locator("[data-settled]")).to_have_count(1)
    until(page, "navigator.serviceWorker.controller !== null && sessionStorage.getItem('ahead') !== null")


@pytest.fixture
def tablet(open_page: OpenPage, town: Town, address: str, person: str) -> Iterator[Visit]:
    """Somebody to whom it was handed, at the first question; its clock is moved by the test."""
    visit = open_page()
    visit.page.clock.install()
    hand_over(visit.page, town, address, person)
    yield visit
    visit.context.set_offline(False)
    visit.problems = [problem for problem in visit.problems if "Failed to load resource" not in problem]


def expect_nobody(page: Page, town: Town, address: str) -> None:
    """Going back, reloading and asking for an address all lead to the door, and the browser keeps nothing but that."""
    for _ in range(2):
        page.go_back()
        expect(page.locator("#code")).to_be_visible()
    for path in ("/survey/wellbeing/wellbeing", "/survey/last", "/survey/language", "/survey/your-data"):
        page.goto(address + path)
        expect(page.locator("#code")).to_be_visible()
    until(page, "sessionStorage.length + localStorage.length === 0")
    assert page.evaluate(KEPT).keys() == {"/"}
    opened = town.app.session_interface.get_signing_serializer(town.app)  # type: ignore[attr-defined]
    for cookie in page.context.cookies():
        assert opened.loads(cookie["value"]).keys() == {"csrf_token"}


def test_who_hands_over_is_signed_out_and_the_person_answers_alone(
    tablet: Visit, town: Town, address: str, person: str
) -> None:
    page = tablet.page
    with town.app.app_context():
        assert db.session.scalars(select(StaffSession)).all() == []
    answer_page(page, 5)
    answer_page(page, 9)
    page.locator("#text").fill(WORDS)
    page.locator('button[value="next"]').click()
    page.wait_for_url(re.compile("/goodbye/thanks|/survey/done"))
    assert visits(town) == [("finished", "nl")]
    assert said(town) == [(WORDS, False)]


@pytest.mark.parametrize("end", ["stop", "nobody"])
def test_afterwards_the_tablet_is_nobodys(tablet: Visit, town: Town, address: str, end: str) -> None:
    page = tablet.page
    choose(page, 4)
    if end == "stop":
        page.locator('button[value="stop"]').click()
    else:
        page.clock.run_for("03:00")
        expect(page.locator(STILL_THERE)).to_be_visible()
        page.clock.run_for("01:05")
    page.wait_for_url("**/goodbye/stopped*")
    assert saved(town) == {"wellbeing": {"wellbeing_1": 4}}
    expect_nobody(page, town, address)


def test_it_asks_before_it_ends_and_as_often_as_one_likes(tablet: Visit, town: Town) -> None:
    page = tablet.page
    choose(page, 4)
    for how in ("button", "key", "button"):
        page.clock.run_for("03:02")
        dialog = page.locator(STILL_THERE)
        expect(dialog).to_be_visible()
        expect(dialog.locator("[autofocus]")).to_be_focused()
        axe(page)
        page.clock.run_for("00:50")
        if how == "key":
            page.keyboard.press("Escape")
        else:
            dialog.locator("[autofocus]").click()
        expect(dialog).to_have_count(0)
    page.clock.run_for("02:30")
    page.keyboard.press("Tab")
    page.clock.run_for("02:30")
    expect(page.locator(STILL_THERE)).to_have_count(0)
    expect(page.locator("#wellbeing_1-4")).to_be_checked()


def test_what_was_being_written_is_kept_when_nobody_comes_back(
    tablet: Visit, town: Town, address: str
) -> None:
    """Without a network, and though the tablet slept meanwhile."""
    page = tablet.page
    answer_page(page, 5)
    answer_page(page, 9)
    tablet.context.set_offline(True)
    page.locator("#text").fill(WORDS)
    page.clock.fast_forward("40:00")
    page.clock.run_for("00:03")
    page.wait_for_url("**/goodbye/stopped*")
    expect(page.locator("[data-if-kept]")).to_be_visible()
    page.clock.run_for("02:01")
    expect(page.locator("#code")).to_be_visible()
    page.goto(f"{address}/survey/last")
    expect(page.locator("#code")).to_be_visible()
    assert page.locator("#text").count() == 0
    tablet.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    wait_until_sent(page)
    assert said(town) == [(WORDS, False)]
    page.reload()
    expect_nobody(page, town, address)


def test_ended_in_one_tab_it_is_over_in_the_other_and_nothing_is_lost(
    tablet: Visit, town: Town, address: str
) -> None:
    page = tablet.page
    answer_page(page, 5)
    answer_page(page, 9)
    page.locator("#text").fill(WORDS)
    other = tablet.context.new_page()
    other.goto(address)
    page.clock.run_for("00:02")
    expect(page.locator("#code")).to_be_visible()
    wait_until_sent(page)
    assert said(town) == [(WORDS, False)]


def test_a_device_of_ones_own_does_not_ask(open_page: OpenPage, address: str, code: str) -> None:
    page = open_page().page
    page.clock.install()
    page.goto(f"{address}/start#{code}")
    page.wait_for_url("**/survey/language")
    page.clock.run_for("20:00")
    assert page.url.endswith("/survey/language")
    assert page.locator(STILL_THERE).count() == 0


def test_a_second_person_gets_the_tablet_and_sees_nothing_of_the_first(
    tablet: Visit, town: Town, address: str, person: str
) -> None:
    page = tablet.page
    tablet.context.set_offline(True)
    choose(page, 2)
    expect_sign(page, "kept")
    page.locator('button[value="stop"]').click()
    page.wait_for_url("**/goodbye/stopped*")
    tablet.context.set_offline(False)
    hand_over(page, town, address, person)
    assert page.locator("input:checked").count() == 0
    wait_until_sent(page)
    assert saved(town) == {"wellbeing": {"wellbeing_1": 2}}


def test_what_can_no_longer_be_sent_is_told_to_the_casemanager_who_may_let_it_in(
    tablet: Visit, town: Town, address: str
) -> None:
    page = tablet.page
    tablet.context.set_offline(True)
    choose(page, 2)
    expect_sign(page, "kept")
    page.locator('button[value="stop"]').click()
    page.wait_for_url("**/goodbye/stopped*")
    with town.app.app_context():
        town.inside()
        revoke_code(db.session.scalars(select(Enrolment)).one())
        db.session.commit()
    tablet.context.set_offline(False)
    sign_in(page.context, town, address)
    page.goto(f"{address}/casework/")
    told = page.locator("[data-stranded]")
    expect(told).to_contain_text(NAME)
    axe(page)
    told.locator("[data-stranded-again]").click()
    expect(told).to_contain_text(NAME)
    assert len(waiting(page)) == 1 and saved(town) == {}
    told.locator("li button").click()
    expect(told).to_be_hidden()
    assert waiting(page) == [] and saved(town) == {"wellbeing": {"wellbeing_1": 2}}
    tablet.expect_problem("409")


#: Where a page could leave something: each of these the search must find.
CARELESS = """async (word) => {
  localStorage.setItem("left", word + "-in-local");
  sessionStorage.setItem("left", word + "-in-session");
  await (await caches.open("left")).put("/left", new Response(word + "-in-cache"));
  await outbox.keep({ left: word + "-in-database" });
  history.pushState({ left: word + "-in-state" }, "", "#" + word + "-in-history");
}"""


def visited_in(profile: Path) -> set[str]:
    """The paths in a browser's history; none where a browser without a window keeps none."""
    history = sqlite3.connect(profile / "Default" / "History")
    try:
        return {urlsplit(url).path for (url,) in history.execute("SELECT url FROM urls")}
    except sqlite3.OperationalError:
        return set()


def test_the_search_finds_what_a_page_leaves_open(chromium: Browser, address: str, tmp_path: Path) -> None:
    with with_profile(chromium, tmp_path / "profile") as context:
        page = context.new_page()
        page.goto(address)
        until(page, "typeof outbox === 'object'")
        page.evaluate(CARELESS, "ሰላም")
        page.wait_for_timeout(500)
    places = [
        "local",
        "session",
        "cache",
        "database",
        *(["history"] if visited_in(tmp_path / "profile") else []),
    ]
    for again in (False, True):
        if again:  # what a browser writes anew when it starts
            with with_profile(chromium, tmp_path / "profile"):
                pass
        for place in places if not again else places[:4:2]:
            assert found_in(tmp_path / "profile", [f"ሰላም-in-{place}"]), (place, again)


def test_on_the_disk_there_is_no_word_of_who_had_it(
    chromium: Browser, address: str, code: str, person: str, town: Town, tmp_path: Path
) -> None:
    """A sitting that was stopped, one that was finished without a network, and one with a code that was typed."""
    profile = tmp_path / "profile"
    with with_profile(chromium, profile, ignore_default_args=["--disable-back-forward-cache"]) as context:
        page = context.new_page()
        hand_over(page, town, address, person, "ar")
        choose(page, 4)
        page.locator('button[value="stop"]').click()
        page.wait_for_url("**/goodbye/stopped*")
        for _ in range(2):
            page.go_back()
            expect(page.locator("#code")).to_be_visible()
        page.go_back()
        expect(page).to_have_url(re.compile("/staff/sign-in"))
        expect(page.locator("main")).not_to_contain_text(NAME)
        hand_over(page, town, address, person)
        answer_page(page, 5)
        context.set_offline(True)
        answer_page(page, 9)
        page.locator("#text").fill(WORDS)
        page.locator('button[value="next"]').click()
        page.wait_for_url("**/goodbye/thanks*")
        assert len(waiting(page)) == 2
        page.reload()
        expect(page.locator("#code")).to_be_visible()
        context.set_offline(False)
        page.goto(address)
        page.locator("#code").fill(code)
        page.locator('form[data-start] button[type="submit"]').click()
        page.wait_for_url("**/survey/language")
        page.wait_for_timeout(500)
    visited = visited_in(profile)
    assert not visited or {person, "/survey/language"} <= visited, "a history is of what was done"
    secrets = [WORDS, NAME, code, code.replace("-", ""), '["life_satisfaction"', '"fields"']
    assert found_in(profile, secrets) == []
    assert found_in(profile / "Default" / "Cache", ["/survey/", "/casework/"]) == []
