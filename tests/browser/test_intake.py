"""An intake at one screen: what applies shows, everything is saved as it is given, in two languages side by side."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask_security import hash_password
from playwright.sync_api import Page, expect
from sqlalchemy import select

from survey.database import db
from survey.models import IntakeSection, Membership, Staff
from tests.fixtures.application import PASSWORD, Town, new_town
from tests.fixtures.browser import OpenPage, axe

EMAIL = "casemanager@aalten.example"


@pytest.fixture
def town(app: Flask) -> Town:
    town = new_town(app, instruments=("integration-short",))
    with app.app_context():
        town.inside()
        person = Staff(email=EMAIL, name="Casemanager", password=hash_password(PASSWORD))
        db.session.add(Membership(staff=person, role="casemanager"))
        db.session.commit()
    return town


def begin(page: Page, address: str, town: Town) -> str:
    """Up to the intake of somebody who reads Arabic."""
    with town.app.app_context():
        _person, enrolment, _code = town.join(language="ar")
        intake = f"{address}/casework/enrolments/{enrolment.id}/intake"
    sign_in(page, address)
    page.goto(intake)
    page.locator("#interpreter-2").check()
    page.locator("main form button[type=submit]").click()
    return intake


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/staff/sign-in")
    page.locator("#email").fill(EMAIL)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/casework/")


def expect_state(page: Page, section: str, now: str) -> None:
    expect(page.locator(f'[data-intake="{section}"] [data-state]')).to_have_attribute("data-now", now)


def check(page: Page) -> None:
    axe(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is wider than the screen"


def test_what_an_answer_takes_away_is_said_and_comes_back(
    open_page: OpenPage, town: Town, address: str
) -> None:
    page = open_page(viewport=(820, 1180)).page
    begin(page, address, town)
    family = page.locator('[data-intake="family"]')
    said = family.locator("[data-goes]").filter(has_text="‘Hoeveel kinderen").first
    expect(said).to_be_hidden()
    family.get_by_text("met kinderen", exact=True).click()
    page.locator("#intake_children").fill("2")
    expect_state(page, "family", "saved")
    family.get_by_text("alleen", exact=True).click()
    expect(said).to_be_visible()
    expect(family.locator("[data-goes]:visible")).to_have_count(1)
    expect_state(page, "family", "saved")
    check(page)
    family.get_by_text("met kinderen", exact=True).click()
    expect(said).to_be_hidden()
    expect(page.locator("#intake_children")).to_have_value("2")
    expect_state(page, "family", "saved")


def test_everything_is_saved_as_it_is_given(open_page: OpenPage, town: Town, address: str) -> None:
    visit = open_page(viewport=(820, 1180))
    page = visit.page
    intake = begin(page, address, town)
    check(page)
    family = page.locator('[data-intake="family"]')
    expect(family.locator('[data-question="intake_children"]')).to_be_hidden()
    family.get_by_text("met kinderen", exact=True).click()
    expect(family.locator('[data-question="intake_children"]')).to_be_visible()
    page.locator("#intake_children").fill("zes")
    page.locator("#intake_languages").fill("العربية")
    expect(family.locator("[data-state]")).to_have_attribute("data-now", "wrong")
    expect(family.locator('[data-question="intake_children"] .field-error')).to_be_visible()
    page.locator("#intake_children").fill("2")
    page.locator("#intake_languages").focus()
    expect(family.locator("[data-state]")).to_have_attribute("data-now", "saved")
    expect(page.locator('[data-intake="language"] [data-state]')).to_have_attribute("data-now", "saved")
    visit.expect_problem("422")
    page.goto(intake)
    expect(page.locator("#intake_children")).to_have_value("2")
    expect(page.locator("#intake_languages")).to_have_value("العربية")
    with town.app.app_context():
        town.inside()
        kept = {one.domain: one for one in db.session.scalars(select(IntakeSection))}
        assert kept["family"].answers == {"intake_household": 4, "intake_children": 2}
        assert json.loads(kept["language"].words or "") == {"intake_languages": "العربية"}
    assert re.search(r"/intake$", page.url)


def test_who_leaves_a_section_with_a_wrong_answer_is_asked(
    open_page: OpenPage, town: Town, address: str
) -> None:
    """It keeps all of its section from being saved, and is tied to what is wrong with it until it is right."""
    visit = open_page(viewport=(820, 1180))
    page = visit.page
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    begin(page, address, town)
    state, moves = page.locator('[data-intake="housing"] [data-state]'), page.locator("#intake_moves")
    moves.fill("veel")
    moves.blur()
    expect(state).to_have_attribute("data-now", "wrong")
    expect(moves).to_have_attribute("aria-invalid", "true")
    expect(moves).to_have_accessible_description(re.compile(r"\w"))
    visit.expect_problem("422")
    page.get_by_role("navigation").get_by_role("link").first.click(no_wait_after=True)
    expect(moves).to_have_value("veel")
    assert asked == ["beforeunload"]
    moves.fill("2")
    moves.blur()
    expect(state).to_have_attribute("data-now", "saved")
    expect(moves).not_to_have_attribute("aria-invalid", "true")
    with page.expect_navigation():
        page.get_by_role("navigation").get_by_role("link").first.click()
    assert asked == ["beforeunload"]


def test_who_types_on_elsewhere_chooses_when_they_want_to(
    open_page: OpenPage, town: Town, address: str
) -> None:
    """A colleague changed one part: the page stays, other parts are saved, and the choice waits."""
    visit = open_page(viewport=(820, 1180))
    page = visit.page
    intake = begin(page, address, town)
    theirs = page.context.new_page()
    theirs.goto(intake)
    theirs.locator("#intake_strengths").fill("naaien")
    theirs.locator("#intake_languages").focus()
    expect(theirs.locator('[data-intake="wishes"] [data-state]')).to_have_attribute("data-now", "saved")
    page.locator("#intake_strengths").fill("koken")
    page.locator("#intake_languages").fill("العربية")
    wishes = page.locator('[data-intake="wishes"]')
    expect(wishes.locator("[data-state]")).to_have_attribute("data-now", "clash")
    page.locator("#intake_strengths").fill("koken en bakken")
    page.locator("#intake_strengths").blur()
    expect(page.locator('[data-intake="language"] [data-state]')).to_have_attribute("data-now", "saved")
    visit.expect_problem("409")
    axe(page)
    page.locator(".intake-end button").click()
    expect(wishes.locator('[data-when="clash"]')).to_be_focused()
    assert page.url == intake, "what waits for a choice is not left behind by finishing"
    wishes.locator('[data-when="clash"]').click()
    expect(page.locator(".differs")).to_contain_text("koken en bakken")
    expect(page.locator(".differs")).to_contain_text("naaien")
    expect(page.locator("h1")).to_be_focused()
    visit.expect_problem("409")


def test_two_parts_that_a_colleague_changed_are_chosen_one_after_the_other(
    open_page: OpenPage, town: Town, address: str
) -> None:
    """What was typed in the one goes along while one chooses in the other; nothing is asked by the browser."""
    visit = open_page(viewport=(820, 1180))
    page = visit.page
    page.on("dialog", lambda dialog: pytest.fail(f"the browser asks: {dialog.type}"))
    intake = begin(page, address, town)
    theirs = page.context.new_page()
    theirs.goto(intake)
    theirs.locator("#intake_strengths").fill("naaien")
    theirs.locator("#intake_languages").fill("Tigrinya")
    for section in ("wishes", "language"):
        expect_state(theirs, section, "saved")
    page.locator("#intake_strengths").fill("koken")
    page.locator("#intake_languages").fill("العربية")
    page.locator("#intake_moves").fill("veel")
    for section, now in {"wishes": "clash", "language": "clash", "housing": "wrong"}.items():
        expect_state(page, section, now)
    visit.expect_problem("409|422")
    page.locator("#intake_moves").fill("2")
    page.context.set_offline(True)
    page.locator('[data-intake="wishes"] [data-when="clash"]').click()
    for section in ("wishes", "language"):
        expect_state(page, section, "waiting")
    assert page.url == intake, "a page that cannot be reached would take what was typed with it"
    page.context.set_offline(False)
    for section in ("wishes", "language"):
        expect_state(page, section, "clash")
    visit.expect_problem("409|INTERNET_DISCONNECTED")
    page.locator('[data-intake="wishes"] [data-when="clash"]').click()
    expect(page.locator(".differs")).to_contain_text("Tigrinya")
    expect(page.get_by_role("main")).to_contain_text("Ook deze onderdelen zijn nog niet bewaard.")
    axe(page)
    page.get_by_role("button", name="Laten zoals het er nu staat").click()
    expect(page.locator(".differs")).to_contain_text("naaien")
    page.get_by_role("button", name="Bewaren wat ik schreef").click()
    expect(page.locator("#intake_strengths")).to_have_value("koken")
    expect(page.locator("#intake_languages")).to_have_value("Tigrinya")
    expect(page.locator("#intake_moves")).to_have_value("2")
    visit.expect_problem("409")


def test_who_was_signed_out_elsewhere_types_on_and_keeps_every_part(
    open_page: OpenPage, town: Town, address: str
) -> None:
    """The page stays until one goes on; what was typed in all parts goes along, and is saved after signing in."""
    visit = open_page(viewport=(820, 1180))
    page = visit.page
    page.on("dialog", lambda dialog: pytest.fail(f"the browser asks: {dialog.type}"))
    intake = begin(page, address, town)
    elsewhere = page.context.new_page()
    elsewhere.goto(f"{address}/casework/")
    elsewhere.get_by_role("button", name="Uitloggen").click()
    page.locator("#intake_strengths").fill("koken")
    page.locator("#intake_languages").fill("العربية")
    page.locator("#intake_moves").fill("veel")
    for section in ("wishes", "language", "housing"):
        expect_state(page, section, "out")
    page.locator("#intake_strengths").fill("koken en bakken")
    assert page.url == intake
    axe(page)
    page.locator('[data-intake="wishes"] [data-when="out"]').click()
    expect(page.locator("h1")).to_contain_text("u bent uitgelogd")
    sign_in(elsewhere, address)
    page.get_by_role("button", name="Opnieuw versturen").click()
    expect(page.locator("#intake_strengths")).to_have_value("koken en bakken")
    for section in ("wishes", "language"):
        expect_state(page, section, "saved")
    expect_state(page, "housing", "wrong")
    expect(page.locator("#intake_moves")).to_have_value("veel")
    visit.expect_problem("401|422")
    page.locator("#intake_moves").fill("2")
    page.locator("#intake_moves").blur()
    expect_state(page, "housing", "saved")
    page.reload()
    expect(page.locator("#intake_languages")).to_have_value("العربية")
    expect(page.locator("#intake_moves")).to_have_value("2")


def test_finishing_saves_what_was_typed_last_and_half_a_date_is_said(
    open_page: OpenPage, town: Town, address: str
) -> None:
    visit = open_page(viewport=(820, 1180))
    page = visit.page
    page.on("dialog", lambda dialog: pytest.fail(f"the browser asks: {dialog.type}"))
    intake = begin(page, address, town)
    day, finish = page.locator("#intake_stay_until"), page.locator(".intake-end button")
    day.focus()
    page.keyboard.type("05")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    finish.click()
    expect_state(page, "arrival", "wrong")
    expect(day).to_be_focused()
    expect(day).to_have_attribute("aria-invalid", "true")
    assert page.url == intake
    visit.expect_problem("422")
    day.fill("2027-05-06")
    page.locator("#intake_strengths").fill("koken")
    finish.click()
    page.wait_for_url("**/participants/**")
    page.goto(intake)
    expect(page.locator("#intake_strengths")).to_have_value("koken")
    expect(day).to_have_value("2027-05-06")


def test_an_answer_that_a_colleague_made_to_depend_on_another_stays_in_sight(
    open_page: OpenPage, town: Town, address: str
) -> None:
    """They answer that nothing is to be told, while one writes it down: both are shown, and mine is kept whole."""
    visit = open_page(viewport=(360, 740))
    page = visit.page
    intake = begin(page, address, town)
    page.locator("#intake_health_share-1").check(force=True)
    expect_state(page, "health", "saved")
    theirs = page.context.new_page()
    theirs.goto(intake)
    theirs.locator("#intake_health_share-0").check(force=True)
    expect_state(theirs, "health", "saved")
    page.locator("#intake_health_words").fill("een operatie in mei")
    expect_state(page, "health", "clash")
    page.locator('[data-intake="health"] [data-when="clash"]').click()
    expect(page.locator(".differs")).to_have_count(2)
    expect(page.locator(".versions")).to_contain_text("een operatie in mei")
    check(page)
    page.get_by_role("button", name="Bewaren wat ik schreef").click()
    expect(page.locator("#intake_health_words")).to_have_value("een operatie in mei")
    expect(page.locator("#intake_health_share-1")).to_be_checked()
    visit.expect_problem("409")


def test_without_scripts_every_button_saves_all_that_was_typed(
    open_page: OpenPage, town: Town, address: str
) -> None:
    visit = open_page(viewport=(820, 1180), java_script_enabled=False)
    page = visit.page
    intake = begin(page, address, town)
    page.locator("#intake_strengths").fill("koken")
    page.locator("#intake_occupation").fill("kok")
    page.locator('[data-intake="work"] button[type=submit]').click()
    expect(page.locator("#intake_strengths")).to_have_value("koken")
    expect(page.locator("#intake_occupation")).to_have_value("kok")
    page.locator("#intake_moves").fill("veel")
    page.locator("#intake_languages").fill("Tigrinya")
    page.locator(".intake-end button").click()
    visit.expect_problem("422")
    expect(page.locator('[data-question="intake_moves"] .field-error')).to_be_visible()
    expect(page.locator("#intake_languages")).to_have_value("Tigrinya")
    page.locator("#intake_moves").fill("2")
    page.locator(".intake-end button").click()
    page.wait_for_url("**/participants/**")
    page.goto(intake)
    expect(page.locator("#intake_languages")).to_have_value("Tigrinya")
    expect(page.locator("#intake_moves")).to_have_value("2")
