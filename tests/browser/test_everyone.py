"""The whole questionnaire for whoever has no mouse, no eyes, no steady hand, or a small screen with large letters.

In Dutch, in Arabic (right to left) and in Tigrinya (a script of its own). What is on each page is asked of Chromium's
accessibility tree, which is what a screen reader gets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from instruments import library
from instruments.translation import words
from tests.fixtures.application import Town, new_town
from tests.fixtures.browser import OpenPage, Visit, axe
from tests.fixtures.visitor import saved

LANGUAGES = ("nl", "ar", "ti")
#: CSS pixels, both ways.
SMALLEST_TARGET = 48
#: So many presses of Tab are more than any page of ours takes.
ROUND = 40
TARGETS = """() => [...document.querySelectorAll('a, button, label:not(.field-label)[for], summary, input, textarea')]
  .filter(one => one.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter(one => !(one.matches('input') && one.labels.length))
  .map(one => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.height < 47.5 || box.width < 47.5))
  .map(([what, box]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${what}`)"""
MOVING = """() => document.getAnimations().length + [...document.querySelectorAll('*')].filter(one => {
  const style = getComputedStyle(one);
  return parseFloat(style.transitionDuration) > 0 || parseFloat(style.animationDuration) > 0;
}).length"""


@pytest.fixture
def town(app: Flask) -> Town:
    return new_town(app, instruments=("wellbeing",), languages=("ar", "ti"))


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, and see that one can see where one is all the way."""
    for _ in range(ROUND):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
        seen = page.evaluate("""() => {
          const one = document.activeElement, style = getComputedStyle(one);
          const shown = one.matches('input') && one.labels.length ? one.labels[0] : one;
          const rings = [one, shown, ...shown.querySelectorAll('*')].map(each => getComputedStyle(each));
          const outlined = ring => ring.outlineStyle !== 'none' && ring.outlineWidth !== '0px';
          return one === document.body || rings.some(ring => outlined(ring) || ring.boxShadow !== 'none');
        }""")
        assert seen, (
            f"no sign of where the focus is: {page.evaluate('document.activeElement.outerHTML')[:200]}"
        )
    raise AssertionError(f"Tab does not lead to {wanted}")


def steps(page: Page, address: str, code: str, language: str) -> Iterator[str]:
    """From the door to thanks by keyboard; yields at each screen."""
    page.goto(f"{address}/?language={language}")
    yield "door"
    tab_to(page, page.locator("#code"))
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/survey/language")
    yield "language"
    tab_to(page, page.locator(f'button[name="language"][value="{language}"]'))
    page.keyboard.press("Enter")
    page.wait_for_url("**/survey/about")
    yield "about"
    tab_to(page, page.locator('button[value="yes"]'))
    page.keyboard.press("Enter")
    for item in library.load("wellbeing").items:
        expect(page.locator(f"#question-{item.id}")).to_be_visible()
        expect(page.locator("[data-settled]")).to_have_count(1)
        yield item.id
        tab_to(page, page.locator(f"#question-{item.id} input[type=radio]").first)
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        tab_to(page, page.locator("[data-next]:visible"))
        page.keyboard.press("Enter")
    page.wait_for_url("**/survey/last*")
    yield "last"
    tab_to(page, page.locator('button[value="next"]'))
    page.keyboard.press("Enter")
    page.wait_for_url("**/survey/done")
    yield "done"
    tab_to(page, page.locator('a[href="/survey/your-answers"]'))
    page.keyboard.press("Enter")
    page.wait_for_url("**/survey/your-answers")
    yield "answers"
    tab_to(page, page.locator("#talk-wellbeing"))
    page.keyboard.press("Space")
    tab_to(page, page.locator("#subjects button"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/survey/pictures")
    for number in range(1, 5):
        expect(page.locator(f"#question-picture_{number}")).to_be_visible()
        expect(page.locator("[data-settled]")).to_have_count(1)
        yield f"picture {number}"
        tab_to(page, page.locator(f"#question-picture_{number} input").first)
        for _ in range(number):
            page.keyboard.press("ArrowDown")
        tab_to(page, page.locator("[data-next]:visible"))
        page.keyboard.press("Enter")
    page.wait_for_url("**/survey/pictures/chosen")
    yield "chosen"
    tab_to(page, page.locator("main button"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/goodbye/thanks*")
    yield "thanks"


@pytest.mark.parametrize("language", LANGUAGES)
def test_by_keyboard_alone(open_page: OpenPage, town: Town, address: str, code: str, language: str) -> None:
    """On the smallest telephone; the same keys mean the same answers in every direction of reading."""
    visit = open_page(viewport=(320, 640), reduced_motion="reduce")
    page = visit.page
    for screen in steps(page, address, code, language):
        check(visit, screen, language)
    answers = {item: answer for domain in saved(town).values() for item, answer in domain.items()}
    instrument = library.load("wellbeing")
    assert answers == {item.id: instrument.scale_of(item.id).codes[1] for item in instrument.items}


#: What has the focus lies on the screen, and nothing lies over it.
COVERED = """() => {
  const one = document.activeElement;
  const shown = one.matches('input') && one.labels.length ? one.labels[0] : one;
  const box = shown.getBoundingClientRect();
  const x = Math.min(Math.max((box.left + box.right) / 2, 1), innerWidth - 2);
  const y = Math.min(Math.max((box.top + box.bottom) / 2, 1), innerHeight - 2);
  const top = document.elementFromPoint(x, y);
  const own = top && (shown.contains(top) || top.contains(shown) || one.contains(top) || top === one);
  return own && box.bottom > 0 && box.top < innerHeight ? '' : one.outerHTML.slice(0, 200);
}"""


@pytest.mark.parametrize("language", ["ar"])
def test_enlarged_four_times(open_page: OpenPage, town: Town, address: str, code: str, language: str) -> None:
    """A screen of 1280 x 1024 at 400 % is this small; nothing scrolls sideways, and the focus is never hidden."""
    page = open_page(viewport=(320, 256), reduced_motion="reduce").page
    for screen in steps(page, address, code, language):
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{screen} is wider than the screen"
        for _ in range(6):
            page.keyboard.press("Tab")
            assert page.evaluate(COVERED) == "", f"{screen}: the focus is hidden"


def check(visit: Visit, screen: str, language: str) -> None:
    page = visit.page
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        axe(page)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert page.evaluate(MOVING) == 0, f"{screen} moves"
    small = page.evaluate(TARGETS)
    assert not small, f"{screen}: too small to touch:\n" + "\n".join(small)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{screen} is wider than the screen"
    tree = page.locator("body").aria_snapshot()
    if screen in {item.id for item in library.load("wellbeing").items}:
        hear_question(tree, screen, language)
    assert re.search(r"^ *- main", tree, re.MULTILINE), f"{screen} has no main part"
    assert len(re.findall(r"heading \".*\" \[level=1\]", tree)) == 1, f"{screen}: {tree}"


def hear_question(tree: str, item: str, language: str) -> None:
    """The question names the group; each answer has its own words; nothing of other questions is told."""
    instrument = library.load("wellbeing")
    said = words(instrument, language)
    groups = re.findall(r"radiogroup \"(.*)\"", tree)
    assert len(groups) == 1 and groups[0].startswith(said.question(item)), tree
    radios = re.findall(r"radio \"(.*?)\"", tree)
    options = said.options(item)
    assert len(radios) >= len(options) + 2
    for (code, label), told in zip(options, radios, strict=False):
        assert (label or str(code)) in told, f"{told} is not {label or code}"
