"""Coming in: the keys of our own for the code, and the camera where the browser can read a square."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from survey.privacy.codes import ALPHABET, LENGTH
from tests.fixtures.browser import OpenPage, axe
from tests.fixtures.hands import PHONE

TOUCH = 48
#: A browser that reads squares: `seen` is what the camera sees, `streams` what it was given.
READS_SQUARES = """
window.seen = []; window.streams = [];
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return window.seen.map((rawValue) => ({ rawValue })); }
};
navigator.mediaDevices.getUserMedia = async (asked) => {
  if (window.refused) throw new DOMException("no", "NotAllowedError");
  window.asked = asked;
  const stream = document.createElement("canvas").captureStream();
  window.streams.push(stream);
  return stream;
};
"""
RUNNING = "() => streams.some((stream) => stream.getTracks().some((track) => track.readyState === 'live'))"


@pytest.fixture
def door(open_page: OpenPage, address: str) -> Page:
    page = open_page(viewport=PHONE, has_touch=True).page
    page.goto(f"{address}/?language=nl")
    return page


@pytest.fixture
def scanning(open_page: OpenPage, address: str) -> Page:
    page = open_page(viewport=PHONE).page
    page.add_init_script(READS_SQUARES)
    page.goto(f"{address}/?language=ar")
    return page


def key(page: Page, letter: str) -> None:
    page.locator(f'[data-key="{letter}"]').tap()


def test_the_keys_are_the_letters_of_a_code_and_lead_inside(door: Page, code: str) -> None:
    offered = door.locator("[data-key]").evaluate_all("keys => keys.map((key) => key.dataset.key)")
    assert offered == [*ALPHABET, ""]
    for letter in code.replace("-", ""):
        key(door, letter)
    expect(door.locator("#code")).to_have_value(code)
    expect(door.locator("[data-typed]")).to_have_text(" ".join(code.replace("-", " ")))
    door.locator("form[data-start] [type=submit]").tap()
    door.wait_for_url("**/survey/language")


def test_a_letter_too_many_is_not_taken_and_one_can_be_taken_back(door: Page) -> None:
    for _ in range(LENGTH + 2):
        key(door, "7")
    expect(door.locator("#code")).to_have_value("7777-7777-7777")
    for _ in range(5):
        key(door, "")
    expect(door.locator("#code")).to_have_value("7777-777")


def test_the_devices_own_keyboard_stays_away(door: Page) -> None:
    assert door.locator("#code").get_attribute("inputmode") == "none"
    key(door, "A")
    assert door.evaluate("document.activeElement.id") != "code"


@pytest.mark.parametrize(("width", "language"), [(320, "nl"), (820, "ar")])
def test_keys_are_large_and_stand_the_same_way_round(
    open_page: OpenPage, address: str, width: int, language: str
) -> None:
    page = open_page(viewport=(width, 740)).page
    page.goto(f"{address}/?language={language}")
    boxes = [box for box in (one.bounding_box() for one in page.locator("[data-key]").all()) if box]
    assert len(boxes) == len(ALPHABET) + 1
    assert all(box["width"] >= TOUCH and box["height"] >= TOUCH for box in boxes)
    assert boxes[0]["x"] < boxes[1]["x"] and boxes[0]["y"] == boxes[1]["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe(page)


def test_with_a_real_keyboard_the_keys_are_one_stop(door: Page) -> None:
    door.locator("#code").focus()
    door.keyboard.type("ab12c")
    expect(door.locator("#code")).to_have_value("AB12-C")
    door.keyboard.press("Tab")
    for pressed in ("ArrowRight", "ArrowDown", "Enter", "Home", "Space"):
        door.keyboard.press(pressed)
    expect(door.locator("#code")).to_have_value("AB12-C60")
    door.keyboard.press("x")
    door.keyboard.press("Backspace")
    expect(door.locator("#code")).to_have_value("AB12-C60")
    door.keyboard.press("Tab")
    assert door.evaluate("document.activeElement.type") == "submit"


def test_without_scripts_there_is_the_field_alone(open_page: OpenPage, address: str, code: str) -> None:
    page = open_page(java_script_enabled=False).page
    page.goto(address)
    assert not page.locator("[data-keypad]").is_visible() and not page.locator("[data-scan]").is_visible()
    page.locator("#code").fill(code)
    page.locator("form[data-start] [type=submit]").click()
    page.wait_for_url("**/survey/language")


def test_a_browser_that_reads_no_squares_offers_no_camera(open_page: OpenPage, address: str) -> None:
    page = open_page().page
    page.add_init_script("delete window.BarcodeDetector")
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert not page.locator("[data-scan]").is_visible()


@pytest.mark.parametrize("form", ["{address}/start#{code}", "{code}"])
def test_the_square_of_an_invitation_leads_inside(scanning: Page, address: str, code: str, form: str) -> None:
    scanning.locator("[data-scan-open]").click()
    scanning.wait_for_function(RUNNING)
    assert scanning.evaluate("asked.audio") is False
    axe(scanning)
    with scanning.expect_request("**/?language=ar") as sent:
        scanning.evaluate("text => { window.seen = [text]; }", form.format(**locals()))
    assert sent.value.method == "POST"
    scanning.wait_for_url("**/survey/language")


def test_the_camera_is_off_before_the_code_is_sent(scanning: Page, code: str) -> None:
    scanning.locator("[data-scan-open]").click()
    scanning.wait_for_function(RUNNING)
    scanning.evaluate(
        """code => {
      document.querySelector("form[data-start]").requestSubmit = function () { window.sent = this.code.value; };
      window.seen = [code];
    }""",
        code,
    )
    scanning.wait_for_function("() => window.sent")
    assert scanning.evaluate("sent") == code
    assert not scanning.evaluate(RUNNING)


FOREIGN = (
    "https://evil.example/start#7777-7777-7777", "{address}.evil.example/start#7777-7777-7777",
    "{address}/staff/sign-in#7777-7777-7777", "{address}/start?next=//evil.example#7777-7777-7777",
    "{address}/start", "javascript:alert(1)#7777-7777-7777", "WIFI:S:home;P:secret;;", "",
)  # fmt: skip


def is_page(address: str) -> bool:
    """Files of the program are put away for when there is no network."""
    return "/static/" not in address and not address.endswith("/service-worker.js")


def test_any_other_square_goes_nowhere(scanning: Page, address: str) -> None:
    asked: list[str] = []
    other = scanning.locator("[data-scan-other]")
    scanning.locator("[data-scan-open]").click()
    scanning.wait_for_function(RUNNING)
    scanning.on("request", lambda request: asked.append(request.url) if is_page(request.url) else None)
    for foreign in FOREIGN:
        scanning.evaluate("text => { window.seen = [text]; }", foreign.format(address=address))
        expect(other).to_be_visible()
        scanning.evaluate("() => { window.seen = []; }")
        other.evaluate("said => { said.hidden = true; }")
    assert asked == [] and scanning.locator("#code").input_value() == ""


@pytest.mark.parametrize("way", ["button", "escape", "hidden"])
def test_the_camera_stops_when_the_person_stops(scanning: Page, way: str) -> None:
    scanning.locator("[data-scan-open]").click()
    scanning.wait_for_function(RUNNING)
    if way == "button":
        scanning.locator("[data-scan-close]").click()
    elif way == "escape":
        scanning.keyboard.press("Escape")
    else:
        scanning.evaluate("""() => {
          Object.defineProperty(document, "hidden", { value: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""")
    expect(scanning.locator("[data-camera]")).not_to_be_visible()
    scanning.wait_for_function(f"() => !({RUNNING})()")


def test_a_camera_that_is_refused_is_said(scanning: Page) -> None:
    scanning.evaluate("window.refused = true")
    scanning.locator("[data-scan-open]").click()
    expect(scanning.locator("[data-scan-failed]")).to_be_visible()
    expect(scanning.locator("[data-camera]")).not_to_be_visible()


def test_a_place_on_the_page_is_no_code(open_page: OpenPage, address: str) -> None:
    """The link to the languages, and the one past the bar."""
    page = open_page().page
    page.goto(address)
    page.locator("[data-language]").click()
    page.wait_for_url("**#languages")
    page.locator("a[href='#content']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#content")
    page.goto(f"{address}/#languages")
    expect(page.locator(".field-error")).to_have_count(0)
    assert page.locator("#code").input_value() == ""
