"""What is kept of a person, on a telephone and a desk: reached with a tap, read, and taken back with another."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from survey import participation
from survey.database import db
from tests.fixtures.application import Town, new_town
from tests.fixtures.browser import OpenPage, axe
from tests.fixtures.visitor import saved, visits


@pytest.fixture
def town(app: Flask) -> Town:
    return new_town(app, instruments=("wellbeing",))


def check(page: Page) -> None:
    axe(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is wider than the screen"


@pytest.mark.parametrize(("language", "width"), [("nl", 1440), ("ar", 360)])
def test_a_person_reads_and_takes_back(
    open_page: OpenPage, town: Town, address: str, language: str, width: int
) -> None:
    with town.app.app_context():
        person, _, code = town.join(language=language, household="partner_children", birth_year=1990)
        participation.set_identity(person, "Name", "name@example.nl")
        db.session.commit()
    page = open_page(viewport=(width, 800)).page
    page.goto(f"{address}/start#{code}")
    page.locator(f'button[name="language"][value="{language}"]').click()
    check(page)
    page.locator('button[value="yes"]').click()
    expect(page.locator("[data-settled]")).to_have_count(1)
    page.locator("[data-question]:visible .answer label").first.click()
    page.locator('button[value="data"]').click()
    page.wait_for_url("**/survey/your-data")
    assert list(saved(town)) == ["wellbeing"], "what was on the screen is kept"
    check(page)
    page.locator('a[href="/survey/your-data/document"]').click()
    page.wait_for_url("**/document")
    expect(page.locator("[data-print]")).to_be_visible()
    check(page)
    page.emulate_media(media="print")
    expect(page.locator("[data-print]")).to_be_hidden()
    page.emulate_media(media="screen")
    page.locator("[data-back]").click()
    page.wait_for_url("**/survey/your-data")
    page.locator('form[action="/survey/your-data/answers"] button').click()
    page.wait_for_url("**/goodbye/withdrawn*")
    check(page)
    assert saved(town) == {} and visits(town) == [("refused", language)]


@pytest.mark.parametrize("width", [360, 1440])
def test_staff_pages_about_rights(open_page: OpenPage, town: Town, address: str, width: int) -> None:
    with town.app.app_context():
        person, *_ = town.join(language="ar")
        ways = {
            "casemanager": [f"/casework/participants/{person.id}/rights"],
            "coordinator": ["/manage/answers-of?number=NOBODY", "/manage/retention"],
            "administrator": ["/manage/erasures", "/manage/retention", "/manage/retention/rules"],
        }
    for role, addresses in ways.items():
        cookie = town.sign_in(role).get_cookie("telvertel")
        assert cookie is not None
        visit = open_page(viewport=(width, 800))
        visit.context.add_cookies([{"name": "telvertel", "value": cookie.value, "url": address}])
        for each in addresses:
            visit.page.goto(address + each)
            check(visit.page)
        if role == "coordinator":
            visit.expect_problem("404")
