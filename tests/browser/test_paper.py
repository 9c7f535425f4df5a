"""A coordinator types a paper without looking at the screen: number after number, nothing else."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.fixtures.application import Town
from tests.fixtures.browser import OpenPage, axe
from tests.fixtures.visitor import saved

# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")


def test_a_paper_by_keyboard_alone(open_page: OpenPage, town: Town, address: str, code: str) -> None:
    client = town.sign_in("coordinator")
    cookie = client.get_cookie("telvertel")
    assert cookie is not None
    opened = open_page(viewport=(1440, 900))
    opened.page.context.add_cookies([{"name": "telvertel", "value": cookie.value, "url": address}])
    page = opened.page
    page.goto(f"{address}/manage/paper")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/manage/paper/answers")
    axe(page)
    page.locator("#take_part-0").focus()
    page.keyboard.press("Space")
    page.locator("#work_1").focus()
    page.keyboard.type("3a5")
    expect(page.locator("#housing_1")).to_be_focused()
    page.keyboard.type("9")
    expect(page.locator("#housing_1")).to_be_focused()
    expect(page.locator("#housing_1")).to_have_attribute("aria-invalid", "true")
    page.locator("#wellbeing_5").focus()
    page.keyboard.type("21")
    expect(page.locator("#life_satisfaction")).to_be_focused()
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()
    assert page.url.endswith("/answers"), "Enter in an answer sends nothing"
    axe(page)
    page.locator("main form [type=submit]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    opened.expect_problem("422")
    axe(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#housing_1")).to_be_focused()
    page.keyboard.press("Delete")
    page.locator("main form [type=submit]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/manage/paper#housing_1")  # a browser takes the link it followed along
    kept = {item: answer for page_answers in saved(town).values() for item, answer in page_answers.items()}
    assert kept == {"work_1": 3, "work_2": "na", "work_3": 5, "wellbeing_5": 2, "life_satisfaction": 10}
