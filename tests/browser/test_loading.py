"""A casemanager loads a caseload: what is wrong is told, what it would do is shown, and then it is done."""

from __future__ import annotations

import csv
import io

from playwright.sync_api import Page, expect

from tests.browser.test_steps import check
from tests.fixtures.application import Town
from tests.fixtures.browser import OpenPage
from tests.survey.exchange.files import table
from tests.survey.exchange.test_caseload import Row, note, person, step

HIDDEN_BESIDE = """() => {
  const frame = document.querySelector('.table-frame');
  return frame.scrollWidth - frame.clientWidth;
}"""
TOO_SMALL = """() => [...document.querySelectorAll('main :is(a, button, summary, td label)')]
  .filter(one => one.checkVisibility() && !one.closest('p:not(.kicker)'))
  .map(one => [one.textContent.trim(), Math.round(one.getBoundingClientRect().height)])
  .filter(([, height]) => height < 44)"""


def choose(page: Page, *rows: Row) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(table(rows))
    file = {"name": "caseload.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}
    page.locator('[name="file"]').set_input_files([file])  # type: ignore[list-item]  # a payload
    page.get_by_role("button", name="Bekijken wat het zou doen").click()


def test_a_file_is_put_right_looked_at_and_loaded(open_page: OpenPage, town: Town, address: str) -> None:
    cookie = town.sign_in("casemanager").get_cookie("telvertel")
    assert cookie is not None
    visit = open_page(viewport=(360, 780), has_touch=True, is_mobile=True)
    visit.context.add_cookies([{"name": "telvertel", "value": cookie.value, "url": address}])
    page = visit.page
    page.goto(f"{address}/casework/")
    page.get_by_role("link", name="Deelnemers uit een bestand laden").click()
    page.get_by_text("Alle kolommen en codes").first.click()
    check(page)
    choose(page, person(), step("9"))
    expect(page.get_by_role("heading", name="Er is niets geladen")).to_be_visible()
    expect(page.get_by_role("cell", name="“9”")).to_be_visible()
    visit.expect_problem("422")
    check(page)
    choose(page, person(group="displaced"), step("3"), note("Vertelde over werk."))
    expect(page.get_by_text("Vertelde over werk.")).to_have_count(0)
    check(page)
    page.get_by_role("button", name="Dit allemaal laden").click()
    expect(page.get_by_text("Het bestand is geladen.")).to_be_visible()
    expect(page.get_by_role("link", name="P1", exact=True)).to_be_visible()
    for width in (360, 820):
        page.set_viewport_size({"width": width, "height": 780})
        check(page)
        assert page.evaluate(HIDDEN_BESIDE) == 0, "the table goes on beside the screen"
        assert page.evaluate(TOO_SMALL) == [], "too small for a finger"
    page.goto(f"{address}/casework/")
    expect(page.locator(".more-filters select").first).to_be_hidden()
