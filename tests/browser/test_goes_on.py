"""After a touch the next question comes by itself; whoever chooses without touching decides when."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.browser import OpenPage
from tests.fixtures.hands import PHONE, begin, question

#: Longer than the moment in which a choice is seen, in milliseconds.
LONG = 1500


@pytest.fixture
def asked(open_page: OpenPage, address: str, code: str) -> Page:
    page = open_page(viewport=PHONE, has_touch=True).page
    begin(page, address, code)
    return page


def choose(page: Page, answer: str) -> None:
    page.locator(f'label[for="{answer}"]').tap()


def test_a_touch_shows_the_choice_and_goes_on(asked: Page) -> None:
    choose(asked, "work_1-4")
    expect(asked.locator("#work_1-4")).to_be_checked()
    assert question(asked) == "question-work_1"
    expect(asked.locator("#question-work_2")).to_be_visible()
    asked.locator("[data-back]").tap()
    expect(asked.locator("#question-work_1")).to_be_visible()
    expect(asked.locator("#work_1-4")).to_be_checked()


def test_the_last_one_of_a_page_is_sent(asked: Page) -> None:
    for item in ("work_1", "work_2", "work_3"):
        expect(asked.locator("[data-settled]")).to_have_count(1)
        choose(asked, f"{item}-2")
        asked.wait_for_timeout(900)
    asked.wait_for_url("**/survey/integration/housing*")
    expect(asked.locator("[data-saved]")).to_be_visible()


def test_another_choice_in_time_is_the_one_that_counts(asked: Page) -> None:
    choose(asked, "work_1-4")
    choose(asked, "work_1-2")
    expect(asked.locator("#question-work_2")).to_be_visible()
    asked.locator("[data-back]").tap()
    expect(asked.locator("#work_1-2")).to_be_checked()


def test_a_touch_elsewhere_stays(asked: Page) -> None:
    choose(asked, "work_1-4")
    asked.locator("#question-work_1 h2").tap()
    asked.wait_for_timeout(LONG)
    assert question(asked) == "question-work_1"


def test_by_keyboard_nothing_goes_on_by_itself(asked: Page) -> None:
    asked.locator("#work_1-1").focus()
    for key in ("Space", "ArrowDown", "ArrowDown"):
        asked.keyboard.press(key)
    expect(asked.locator("#work_1-3")).to_be_checked()
    asked.wait_for_timeout(LONG)
    assert question(asked) == "question-work_1"


def test_chosen_without_a_touch_nothing_goes_on(asked: Page) -> None:
    """As a switch or a screen reader does: the answer is pressed, but no finger or mouse was on it."""
    asked.locator("#work_1-3").evaluate("answer => answer.click()")
    asked.wait_for_timeout(LONG)
    expect(asked.locator("#work_1-3")).to_be_checked()
    assert question(asked) == "question-work_1"
