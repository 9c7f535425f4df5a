"""One pilot in `samen`, from the first answer to the council's page, in a real browser on the real server.

Two people answer the before wave, in Ukrainian and in Arabic; ten weeks later (a moved clock) the after wave: once with
scripts, one question a screen, and otherwise without, which takes no waiting. The coordinator rewrites a quote, closes
the waves and publishes; the councillor sees number, interval and quote.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.browser import OpenPage, axe
from tests.fixtures.served import free_port, served

pytestmark = [pytest.mark.browser, pytest.mark.long]
WEEKS = 10
PAGES, PAGES_WITH_SCRIPTS = 16, 3
OPEN_ANSWERS = {"uk": "Тепер я знаю сусідів. Канарка-24 з вулиці Тестової.", "ar": "صار عندي أصدقاء هنا."}
NO_QUOTES = "Citaten staan er niet"
REWRITTEN = "Ik ken nu mensen in mijn straat en groet ze elke dag."


def test_one_pilot(tmp_path: Path, open_page: OpenPage) -> None:
    folder, port = tmp_path / "demo", free_port()
    with served(folder, port) as address:
        people = sign_ins(folder)
        for language in ("uk", "ar"):
            answer_without_scripts(open_page, address, people["codes"][language], language, choice=1)
    with served(folder, port, weeks_later=WEEKS) as address:
        answer_without_scripts(open_page, address, people["codes"]["uk"], "uk", choice=3)
        begin_with_scripts(open_page, address, people["codes"]["ar"], "ar", choice=3)
        answer_without_scripts(
            open_page, address, people["codes"]["ar"], "ar", choice=3, pages=PAGES - PAGES_WITH_SCRIPTS
        )
        coordinate(open_page, address, people["staff"]["coordinator"])
        read_results(open_page, address, people["staff"]["councillor"])


def sign_ins(folder: Path) -> dict[str, Any]:
    printed = json.loads((folder / "demonstration.json").read_text(encoding="utf-8"))
    return {
        "codes": {person["language"]: person["code"] for person in printed["participants"]},
        "staff": {person["role"]: person for person in printed["staff"]},
    }


def answer_without_scripts(
    open_page: OpenPage, address: str, code: str, language: str, choice: int, pages: int = PAGES
) -> None:
    """From the door to thanks, a page of questions at a time; every question gets the answer at this place."""
    page = open_page(java_script_enabled=False).page
    page.goto(f"{address}/?language={language}")
    page.locator("#code").fill(code)
    page.locator('main button[type="submit"]').first.click()
    page.locator(f'button[name="language"][value="{language}"]').click()
    if page.url.endswith("/survey/about"):
        page.locator('button[value="yes"]').click()
    seen = set()
    while "/survey/last" not in page.url:
        seen.add(page.url.partition("?")[0])
        for question in page.locator("[data-question]").all():
            question.locator('input[type="radio"]').nth(choice).check()
        page.locator("[data-next]").click()
    assert len(seen) == pages
    page.locator("#text").fill(OPEN_ANSWERS[language])
    page.locator("label[for=may_quote]").click()
    page.locator('button[value="next"]').click()
    page.wait_for_url("**/survey/done")
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")


def begin_with_scripts(open_page: OpenPage, address: str, code: str, language: str, choice: int) -> None:
    """From the link on the invitation through the first pages, a question a screen, then stop; every question gets the
    answer at this place (0 is lowest).
    """
    page = open_page(locale="nl-NL").page
    page.goto(f"{address}/start#{code}")
    page.wait_for_url("**/survey/language")
    assert code not in page.url
    axe(page)
    page.locator(f'button[name="language"][value="{language}"]').click()
    page.wait_for_url("**/survey/about")
    direction = "rtl" if language == "ar" else "ltr"
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("dir", direction)
    axe(page)
    page.locator('button[value="yes"]').click()
    page.wait_for_url("**/survey/integration/work*")
    answer_questions(page, choice)
    page.locator('button[value="stop"]').click()
    page.wait_for_url("**/goodbye/stopped*")
    axe(page)


def answer_questions(page: Page, choice: int) -> None:
    """One question a screen; axe looks at the first page."""
    for number in range(PAGES_WITH_SCRIPTS):
        here = page.url.partition("?")[0]
        if number:
            expect(page.locator("[data-saved]")).to_be_visible()
        else:
            axe(page)
        for _ in range(page.locator("[data-question]").count()):
            question = page.locator("[data-question]:visible")
            expect(question).to_have_count(1)
            expect(page.locator("[data-settled]")).to_have_count(1)
            question.locator('input[type="radio"]').nth(choice).check()
            page.locator("[data-next]").click()
        expect(page).not_to_have_url(re.compile(re.escape(here) + r"(\?|$)"))


def sign_in(page: Page, address: str, person: dict[str, str]) -> None:
    page.goto(f"{address}/staff/")
    axe(page)
    page.locator('input[name="email"]').fill(person["email"])
    page.locator('input[name="password"]').fill(person["password"])
    page.locator('main [type="submit"]').click()
    page.wait_for_url(re.compile(r"/(manage|dashboard|casework)/"))


def coordinate(open_page: OpenPage, address: str, person: dict[str, str]) -> None:
    page = open_page(locale="nl-NL").page
    sign_in(page, address, person)
    axe(page)
    approve_quote(page, address)
    for wave in ("before", "after"):
        page.goto(f"{address}/manage/programmes/samen/waves/{wave}/close")
        axe(page)
        page.locator('input[name="sure"]').check()
        page.locator('main form [type="submit"]').first.click()
        page.wait_for_url("**/manage/programmes/samen")
    axe(page)
    publish(page, address)


def approve_quote(page: Page, address: str) -> None:
    page.goto(f"{address}/manage/quotes")
    axe(page)
    page.locator("tr, li, article").filter(has_text="Канарка-24").get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text(OPEN_ANSWERS["uk"])
    axe(page)
    page.locator('textarea[name="text"]').fill(REWRITTEN)
    page.locator('select[name="domain"]').select_option("bridges")
    page.locator('input[name="stance"][value="typical"]').check()
    for box in page.locator('input[name="checks"]').all():
        box.check()
    page.locator('button[name="decision"][value="approve"]').click()
    expect(page.locator(".error-summary")).to_have_count(0)


def publish(page: Page, address: str) -> None:
    page.goto(f"{address}/publish/")
    axe(page)
    page.locator('a[href$="/publish/samen/"]').click()
    axe(page)
    page.locator('form[action$="/publish/samen/"] [type="submit"]').first.click()
    page.wait_for_url("**/publish/samen/1")
    # One quote alone would be somebody's: quotes are shown by the three.
    expect(page.locator("main")).to_contain_text(NO_QUOTES)
    axe(page)
    page.locator(
        'main form[action$="/publish/samen/1"] [type="submit"], main form:not([action]) [type="submit"]'
    ).last.click()
    page.wait_for_load_state()


def read_results(open_page: OpenPage, address: str, person: dict[str, str]) -> None:
    page = open_page(locale="nl-NL").page
    sign_in(page, address, person)
    page.goto(f"{address}/dashboard/samen/")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".picture").first).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(REWRITTEN)
    everything = page.content()
    assert "Канарка-24" not in everything and "S13" not in everything
    axe(page)
    page.goto(f"{address}/dashboard/samen/integration/bridges")
    main = page.locator("main")
    words = main.inner_text()
    assert re.search(r"\d,\d", words), words  # a number, written the Dutch way
    assert "15 mensen" in words, words  # fourteen people answered twice, rounded to five
    axe(page)
