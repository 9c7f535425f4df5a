"""A casemanager at a telephone: what changed is written down by keyboard, an activity begins in two touches."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from survey.database import db
from survey.models import Activity, Observation
from survey.participation import set_identity
from tests.fixtures.application import Town
from tests.fixtures.browser import OpenPage, Visit, axe


def check(page: Page) -> None:
    axe(page)
    check_width(page)


def check_width(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is wider than the screen"


def sign_in(visit: Visit, town: Town, address: str) -> None:
    cookie = town.sign_in("casemanager").get_cookie("telvertel")
    assert cookie is not None
    visit.context.add_cookies([{"name": "telvertel", "value": cookie.value, "url": address}])


def test_what_changed_and_what_began(open_page: OpenPage, town: Town, address: str) -> None:
    with town.app.app_context():
        person = town.join(language="uk")[0].id
    visit = open_page(viewport=(360, 780))
    sign_in(visit, town, address)
    page = visit.page
    page.goto(f"{address}/casework/participants/{person}")
    page.locator("details.add > summary").first.click()
    page.get_by_role("button", name="Taalmaatje").click()
    expect(page.get_by_role("button", name="Vandaag stoppen")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Vandaag stoppen").click()
    expect(page.get_by_role("button", name="Vandaag stoppen")).to_be_hidden()
    page.goto(f"{address}/casework/participants/{person}/observations")
    check(page)
    page.locator('[name="ladder"]:checked').focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/participants/{person}")
    expect(page.get_by_text("3. Georganiseerde activiteiten")).to_be_visible()
    with town.app.app_context():
        town.inside()
        assert [(one.what, one.value) for one in db.session.scalars(select(Observation))] == [("ladder", "3")]
        (activity,) = db.session.scalars(select(Activity))
        assert activity.ended_on == activity.started_on
    page.goto(f"{address}/casework/participants/{person}/observations/history")
    page.get_by_role("link", name="Verbeteren").click()
    page.locator('form [name="version"]').first.evaluate("field => field.value = '0'")
    page.get_by_label("2. Contacten buitenshuis").check()
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_role("cell", name="2. Contacten buitenshuis")).to_be_visible()
    check(page)
    visit.expect_problem("409")


@pytest.mark.parametrize("page", ["", "/facts", "/rights", "/observations", "/household", "/deadlines/plan"])
def test_a_name_without_spaces_is_no_wider_than_a_telephone(
    open_page: OpenPage, town: Town, address: str, page: str
) -> None:
    with town.app.app_context():
        person = town.join(group="newcomer")[0]
        set_identity(person, "Oleksandra-Anastasia" * 4, f"{'verylong' * 9}@voorbeeld.example")
        db.session.commit()
        at = f"{address}/casework/participants/{person.id}{page}"
    visit = open_page(viewport=(360, 780))
    sign_in(visit, town, address)
    answer = visit.page.goto(at)
    assert answer is not None and answer.ok
    check_width(visit.page)
