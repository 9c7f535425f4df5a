"""A reviewer at a desk and on a telephone: the picture follows, a decision is one keystroke, the place is kept."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_security import hash_password
from playwright.sync_api import Page, expect
from sqlalchemy import select

from survey.database import db
from survey.models import Membership, Staff, StringReview
from tests.fixtures.application import PASSWORD, Town, new_town
from tests.fixtures.browser import OpenPage, axe

EMAIL = "reviewer@aalten.example"
LIST = "/reviewing/ar?show=all&part=wellbeing"


@pytest.fixture
def town(app: Flask) -> Town:
    town = new_town(app, instruments=("wellbeing",))
    with app.app_context():
        town.inside()
        person = Staff(email=EMAIL, name="Reviewer", password=hash_password(PASSWORD))
        db.session.add(Membership(staff=person, role="reviewer"))
        db.session.commit()
    return town


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/staff/sign-in")
    page.locator("#email").fill(EMAIL)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/reviewing/")


def check(page: Page) -> None:
    axe(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is wider than the screen"


def verdicts(town: Town) -> list[str | None]:
    with town.app.app_context():
        town.inside()
        return list(db.session.scalars(select(StringReview.verdict)))


def test_by_keyboard_with_the_picture_beside_it(open_page: OpenPage, town: Town, address: str) -> None:
    page = open_page(viewport=(1440, 900)).page
    sign_in(page, address)
    check(page)
    page.goto(address + LIST)
    check(page)
    first, second = page.locator("[data-text]").nth(0), page.locator("[data-text]").nth(1)
    following = second.get_attribute("id")
    first.locator("textarea").fill("نص جديد")
    expect(page.frame_locator(".phone iframe").locator(".looked-at")).to_be_visible()
    first.locator("textarea").press("Control+Enter")
    page.wait_for_url(f"**#{following}")
    assert verdicts(town) == ["changed"]
    expect(page.locator(f"[id='{following}'] textarea[name=text]")).to_be_focused()
    marked = page.frame_locator(".phone iframe").locator(".looked-at")
    expect(marked).to_have_text(page.locator(f"#{following} textarea").input_value())
    expect(page.frame_locator(".phone iframe").locator("html")).to_have_attribute("dir", "rtl")


def test_on_a_telephone_without_scripts(open_page: OpenPage, town: Town, address: str) -> None:
    page = open_page(viewport=(360, 800), java_script_enabled=False).page
    sign_in(page, address)
    page.goto(address + LIST)
    row = page.locator("[data-text]").nth(2)
    row.locator(".picture-alone").click()
    expect(page.locator(".looked-at")).to_be_in_viewport()
    page.go_back()
    row.locator('input[name="remark"]').fill("niet goed")
    row.locator('button[value="refuse"]').click()
    expect(page.locator(".notice").first).to_be_visible()
    assert verdicts(town) == ["refused"]
