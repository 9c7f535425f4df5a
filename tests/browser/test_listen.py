"""Every text can be heard, by a voice of the device itself; nothing speaks by itself, and a second press stops it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from survey.database import db
from survey.fieldwork import override_language
from tests.fixtures.application import Town
from tests.fixtures.browser import OpenPage, axe
from tests.fixtures.hands import PHONE, begin

#: A device with these voices ([language, whether it speaks by itself]); what it said is in `spoken`.
DEVICE = """
window.spoken = [];
const voices = VOICES.map(([lang, localService]) => ({ lang, localService, name: lang }));
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => voices,
  speak(words) {
    window.spoken.push({ text: words.text, lang: words.lang, own: words.voice && words.voice.localService });
    this.words = words;
    if (!window.slow) setTimeout(() => words.onend());
  },
  cancel() { if (this.words) this.words.onerror(); this.words = null; window.cancelled = true; },
} });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
LISTEN = "[data-listen-button]:visible"
#: Words on the screen that no hook covers. Signs, numbers, codes and what only screen readers get are no words.
UNHEARD = r"""() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const place = node.parentElement;
    if (!/\p{L}/u.test(node.data) || place.closest("script, .nl-skip-link, .for-screen-readers, .key")) continue;
    if (place.closest("[data-listen], [data-listen-all] :is(h1, h2, h3, p, dt, dd, li, blockquote)")) continue;
    found.push(node.data.trim());
  }
  return found;
}"""


def device(*voices: tuple[str, bool]) -> str:
    listed = ", ".join(f'["{language}", {str(own).lower()}]' for language, own in voices)
    return DEVICE.replace("VOICES", f"[{listed}]")


@pytest.fixture
def heard(open_page: OpenPage) -> Page:
    page = open_page(viewport=PHONE, has_touch=True).page
    page.add_init_script(device(("nl-NL", True), ("ar-EG", True), ("ti", True)))
    return page


def spoken(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("spoken")
    return found


def texts(page: Page) -> list[str]:
    return [said["text"] for said in spoken(page)]


@pytest.mark.parametrize("language", ["nl", "ar", "ti"])
def test_every_text_of_every_screen_has_a_hook(heard: Page, address: str, town: Town, language: str) -> None:
    with town.app.app_context():
        override_language(town.inside(), "ti", None)
        db.session.commit()
        code = town.join()[2]
    missing: dict[str, list[str]] = {}

    def check() -> None:
        assert heard.locator("[data-listen-page]").is_visible()
        missing[heard.url] = heard.evaluate(UNHEARD)

    for door in ("/", "/privacy", "/goodbye/thanks"):
        heard.goto(f"{address}{door}?language={language}")
        check()
    begin(heard, address, code, language)
    for screen in ("language", "integration/health?again=1&saved=1", "wellbeing/life_satisfaction", "last"):
        heard.goto(f"{address}/survey/{screen}")
        check()
    for screen in ("your-data", "your-data/document"):
        heard.goto(f"{address}/survey/{screen}")
        check()
    assert {place: words for place, words in missing.items() if words} == {}


def test_the_agreement_can_be_heard(heard: Page, address: str, code: str) -> None:
    heard.goto(f"{address}/start?language=nl#{code}")
    heard.wait_for_url("**/survey/language")
    heard.locator('button[value="nl"]').click()
    heard.wait_for_url("**/survey/about")
    assert heard.evaluate(UNHEARD) == []
    heard.locator(LISTEN).nth(2).tap()
    heard.wait_for_function("() => spoken.length === 2")
    assert texts(heard)[0] == "Waarom vragen we dit?" and texts(heard)[1].startswith("Gemeente aalten")
    axe(heard)


def test_a_question_and_each_answer_can_be_heard_by_themselves(heard: Page, address: str, code: str) -> None:
    begin(heard, address, code)
    question = heard.locator("#question-work_1")
    assert spoken(heard) == []
    assert question.locator(LISTEN).count() == 1 + question.locator(".answer").count()
    question.locator("legend").locator(LISTEN).tap()
    heard.wait_for_function("() => spoken.length === 2")
    assert texts(heard) == ["Werk", "Hoe goed weet u hoe u hier werk kunt vinden?"]
    last = question.locator(".answer").last
    last.locator(LISTEN).tap()
    heard.wait_for_function("() => spoken.length === 3")
    assert texts(heard)[2] == last.locator("label").inner_text().strip()
    assert last.locator(LISTEN).get_attribute("aria-label") == f"Luister: {texts(heard)[2]}"
    assert heard.locator("input:checked").count() == 0
    heard.wait_for_timeout(900)
    expect(question).to_be_visible()


def test_a_listening_button_is_no_part_of_the_question(heard: Page, address: str, code: str) -> None:
    begin(heard, address, code)
    name = "Hoe goed weet u hoe u hier werk kunt vinden?"
    expect(heard.get_by_role("radiogroup", name=name, exact=True)).to_be_visible()
    axe(heard)


def test_a_second_press_stops_and_so_does_going_on(heard: Page, address: str, code: str) -> None:
    begin(heard, address, code)
    heard.evaluate("window.slow = true")
    button = heard.locator("#question-work_1 legend").locator(LISTEN)
    button.tap()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.tap()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert heard.evaluate("cancelled") and len(spoken(heard)) == 1
    button.tap()
    heard.evaluate("window.cancelled = false")
    heard.locator("[data-next]").tap()
    expect(heard.locator("#question-work_2")).to_be_visible()
    assert heard.evaluate("cancelled") and heard.locator('[aria-pressed="true"]').count() == 0


def test_the_whole_screen_is_read_in_order_and_shown_meanwhile(heard: Page, address: str, code: str) -> None:
    begin(heard, address, code)
    heard.locator("[data-listen-page]").tap()
    heard.wait_for_function("() => document.querySelector('[data-listen-page]').ariaPressed === 'false'")
    said = texts(heard)
    assert said[:4] == [
        "Tik op een antwoord. Dan komt de volgende vraag vanzelf.", "Werk", "Vraag 1 van 3",
        "Hoe goed weet u hoe u hier werk kunt vinden?",
    ]  # fmt: skip
    assert {"Overslaan", "Stoppen", "Uw gegevens", "Dat weet ik niet"} <= set(said) and "Verder" not in said


def test_a_voice_that_sends_the_text_away_is_never_used(open_page: OpenPage, address: str, code: str) -> None:
    """Also where the page's language has no voice of its own but another language on it does."""
    page = open_page(viewport=PHONE).page
    page.add_init_script(device(("nl-NL", False), ("nl", False), ("ar-SA", True)))
    page.goto(f"{address}/start?language=nl#{code}")
    page.wait_for_url("**/survey/language")
    expect(page.locator(LISTEN)).to_have_count(1)
    page.locator(LISTEN).click()
    page.wait_for_function("() => spoken.length")
    assert spoken(page) == [{"text": "العربية", "lang": "ar-SA", "own": True}]
    begin(page, address, code)
    assert page.locator(f"{LISTEN}, [data-listen-page]:visible").count() == 0
    assert spoken(page) == []


@pytest.mark.parametrize(
    ("voice", "does"), [("ku", True), ("ku-IQ", False), ("ckb", False), ("en-US", False)], ids=str
)
def test_kurdish_of_another_region_is_another_language(
    open_page: OpenPage, address: str, voice: str, does: bool
) -> None:
    page = open_page(viewport=PHONE).page
    page.add_init_script(device((voice, True)))
    page.goto(f"{address}/goodbye/thanks?language=kmr")
    expect(page.locator("h1")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.locator("[data-listen-page]").is_visible() is does


def test_a_device_without_voices_or_scripts_shows_no_buttons(open_page: OpenPage, address: str) -> None:
    for options in ({}, {"java_script_enabled": False}):
        page = open_page(viewport=PHONE, **options).page
        page.add_init_script(device())
        page.goto(f"{address}/goodbye/thanks?language=nl")
        assert page.locator(f"{LISTEN}, [data-listen-page]:visible").count() == 0
