"""What hands do on a tablet: tap twice, change the language halfway, stop and come back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from survey.clock import now
from tests.fixtures.browser import OpenPage, axe
from tests.fixtures.hands import PHONE, begin, question


@pytest.mark.parametrize("viewport", [PHONE, (820, 1180)], ids=["phone", "tablet"])
def test_two_quick_taps_are_one(
    open_page: OpenPage, address: str, code: str, viewport: tuple[int, int]
) -> None:
    page = open_page(viewport=viewport, has_touch=True).page
    begin(page, address, code)
    box = page.locator("[data-next]").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.touchscreen.tap(*middle)
    page.touchscreen.tap(*middle)
    expect(page.locator("[data-settled]")).to_have_count(1)
    assert question(page) == "question-work_2"
    assert page.locator("input:checked").count() == 0
    page.locator("[data-next]").tap()
    expect(page.locator("#question-work_3")).to_be_visible()


def test_a_key_pressed_twice_is_two_presses(open_page: OpenPage, address: str, code: str) -> None:
    """Who goes by keyboard or switch hits what has the focus, not a place on the glass."""
    page = open_page().page
    begin(page, address, code)
    for _ in range(2):
        page.locator("[data-next]").focus()
        page.keyboard.press("Enter")
    assert question(page) == "question-work_3"


def test_another_language_halfway_loses_nothing(open_page: OpenPage, address: str, code: str) -> None:
    page = open_page(viewport=PHONE).page
    begin(page, address, code)
    page.locator("#work_1-4").check()
    page.locator("[data-language]").click()
    page.wait_for_url("**/survey/language")
    page.locator('button[name="language"][value="ar"]').click()
    page.wait_for_url("**/survey/integration/work*")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("#work_1-4")).to_be_checked()


def test_whoever_comes_back_reads_that_nothing_was_lost(open_page: OpenPage, address: str, code: str) -> None:
    page = open_page(viewport=PHONE).page
    begin(page, address, code)
    assert page.locator("main .notice:visible").count() == 0
    page.locator("#work_1-4").check()
    page.locator('button[value="stop"]').click()
    page.wait_for_url("**/goodbye/stopped*")
    begin(page, address, code)
    expect(page.locator("main .notice:visible")).to_have_count(1)
    assert page.locator("input:checked").count() == 0
    axe(page)


def test_a_finger_that_comes_late_skips_nothing(open_page: OpenPage, address: str, code: str) -> None:
    """Someone touches an answer and then "next", which by then belongs to the next question."""
    page = open_page(viewport=PHONE, has_touch=True).page
    page.clock.install()
    begin(page, address, code)
    page.clock.pause_at(now() + timedelta(minutes=5))
    first = question(page)
    page.locator("[data-question]:visible .answer label").first.tap()
    page.clock.run_for(700 + 400)
    second = question(page)
    assert second != first
    page.locator("[data-next]").tap()
    assert question(page) == second
    page.clock.run_for(1500)
    page.locator("[data-next]").tap()
    assert question(page) not in (first, second)
