"""Whoever leaves a form in which something was typed is asked first: nothing typed is lost by a wrong touch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Dialog, Page, expect
from sqlalchemy.exc import OperationalError

from survey.casework import participants
from tests.fixtures.application import Town
from tests.fixtures.browser import OpenPage, Visit, axe

Do = Callable[[Page], None]


@pytest.fixture
def visit(open_page: OpenPage, town: Town, address: str) -> Visit:
    """The facts of somebody."""
    with town.app.app_context():
        person = town.join(language="uk")[0].id
    cookie = town.sign_in("casemanager").get_cookie("telvertel")
    assert cookie is not None
    visit = open_page(viewport=(820, 1180))
    visit.context.add_cookies([{"name": "telvertel", "value": cookie.value, "url": address}])
    visit.page.goto(f"{address}/casework/participants/{person}/facts")
    return visit


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit.page


@pytest.fixture
def asked(page: Page) -> list[str]:
    """What the browser asked. The person stays."""
    found: list[str] = []

    def stay(dialog: Dialog) -> None:
        found.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return found


def menu(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link").first.click(no_wait_after=True)


def language(page: Page) -> None:
    page.get_by_role("button", name="English").click(no_wait_after=True)


def start(page: Page) -> None:
    page.get_by_role("link", name="Naar de startpagina").click(no_wait_after=True)


def cancel(page: Page) -> None:
    page.get_by_role("link", name="Annuleren").click(no_wait_after=True)


@pytest.mark.parametrize("leave", [menu, language, cancel])
def test_what_was_typed_stays_if_one_stays(page: Page, asked: list[str], leave: Do) -> None:
    before = page.url
    page.locator("#name").fill("Oksana")
    leave(page)
    expect(page.locator("#name")).to_have_value("Oksana")
    page.wait_for_function("document.readyState === 'complete'")
    assert (asked, page.url) == (["beforeunload"], before)


@pytest.mark.parametrize("leave", [menu, language])
def test_who_typed_nothing_or_takes_it_back_is_not_asked(page: Page, asked: list[str], leave: Do) -> None:
    page.locator("#name").fill("Oksana")
    page.locator("#name").fill("")
    with page.expect_navigation():
        leave(page)
    assert asked == []


def test_who_saves_is_not_asked(page: Page, asked: list[str]) -> None:
    page.locator("#name").fill("Oksana")
    with page.expect_navigation():
        page.get_by_role("button", name="Bewaren").click()
    assert asked == [] and not page.url.endswith("/facts")


def test_without_a_connection_a_form_stays_where_it_is(visit: Visit, page: Page, asked: list[str]) -> None:
    before = page.url
    page.locator("#name").fill("Oksana")
    visit.context.set_offline(True)
    page.get_by_role("button", name="Bewaren").click()
    said = page.get_by_role("alert").filter(has_text="geen verbinding")
    expect(said).to_be_focused()
    page.get_by_role("button", name="Bewaren").click()
    expect(said).to_have_count(1)
    expect(page.locator("#name")).to_have_value("Oksana")
    assert page.url == before
    axe(page)
    visit.context.set_offline(False)
    expect(said).to_have_count(0)
    with page.expect_navigation():
        page.get_by_role("button", name="Bewaren").click()
    assert asked == [] and not page.url.endswith("/facts")


def test_what_was_refused_is_not_lost_either(visit: Visit, page: Page, asked: list[str]) -> None:
    page.locator("#arrival_year").fill("1800")
    with page.expect_navigation():
        page.get_by_role("button", name="Bewaren").click()
    menu(page)
    expect(page.locator("#arrival_year")).to_have_value("1800")
    assert asked == ["beforeunload"]
    visit.expect_problem("422")


def test_half_a_date_is_not_dropped(visit: Visit, page: Page) -> None:
    page.goto(page.url.replace("/facts", "/activities/new"))
    page.locator("#kind").select_option(index=1)
    page.locator("#ended_on").press_sequentially("12")
    with page.expect_navigation():
        page.get_by_role("button", name="Bewaren").click()
    expect(page.locator(".error-summary a[href='#ended_on']")).to_be_visible()
    visit.expect_problem("422")


def test_without_scripts_half_a_date_is_left_to_the_browser(
    visit: Visit, open_page: OpenPage, address: str
) -> None:
    plain = open_page(java_script_enabled=False)
    plain.context.add_cookies([visit.context.cookies()[0]])  # type: ignore[list-item]  # as it was given
    page = plain.page
    page.goto(visit.page.url.replace("/facts", "/activities/new"))
    page.locator("#kind").select_option(index=1)
    page.locator("#started_on").fill("2026-03-02")
    page.locator("#ended_on").fill("2026-05-04")
    page.get_by_role("button", name="Bewaren").click()
    link = page.locator("main a[href*='/activities/']:not([href$=new])").first
    written = f"{address}{link.get_attribute('href')}"
    page.goto(written)
    page.locator("#ended_on").press("Delete")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.locator("#ended_on:invalid")).to_be_focused()
    page.goto(written)
    expect(page.locator("#ended_on")).to_have_value("2026-05-04")
    page.locator("#ended_on").press("Delete")
    page.locator(".second-thought summary").click()
    page.locator(".second-thought button").click()
    page.wait_for_url(lambda url: url != written)


@pytest.mark.parametrize("leave", [menu, language, start])
@pytest.mark.parametrize("status", ["404", "403"])
def test_the_last_copy_of_what_was_typed_is_not_left_without_asking(
    visit: Visit, page: Page, asked: list[str], status: str, leave: Do
) -> None:
    """Its person is gone, or may not be seen any more."""
    action = f"/casework/participants/{uuid4()}/facts" if status == "404" else "/manage/programmes/new"
    page.locator("main form").first.evaluate("(form, action) => { form.action = action; }", action)
    page.locator("#name").fill("Oksana")
    with page.expect_navigation():
        page.get_by_role("button", name="Bewaren").click()
    assert page.title() == page.locator("h1").inner_text()
    kept = page.locator("main textarea")
    expect(kept).to_have_value("Oksana")
    leave(page)
    expect(kept).to_have_value("Oksana")
    assert asked == ["beforeunload"]
    visit.expect_problem(status)


def test_what_could_not_be_saved_now_is_not_left_without_asking(
    visit: Visit, page: Page, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is busy: the page holds all that was filled in, to be sent again. It has no menu."""

    def busy(*_arguments: Any, **_options: Any) -> Any:
        raise OperationalError(None, None, OSError("busy"))

    page.locator("#name").fill("Oksana")
    with monkeypatch.context() as now, page.expect_navigation():
        now.setattr(participants, "participant", busy)
        page.get_by_role("button", name="Bewaren").click()
    again = page.get_by_role("button", name="Probeer het nog een keer")
    page.locator("h1").click()  # a browser asks of nobody who did nothing on a page
    language(page)
    expect(again).to_be_visible()
    assert asked == ["beforeunload"]
    with page.expect_navigation():
        again.click()
    assert asked == ["beforeunload"]
    visit.expect_problem("503")
