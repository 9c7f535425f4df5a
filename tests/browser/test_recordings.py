"""A recording is played in the place of a voice, and without words one can hear everything and answer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from survey.aloud import asker_of, texts
from survey.clock import now, today
from survey.database import db
from survey.models import Organisation, Recording
from survey.recordings import text_hash
from tests.browser.test_listen import LISTEN, device
from tests.fixtures.application import Town
from tests.fixtures.browser import OpenPage, axe
from tests.fixtures.hands import PHONE
from tests.fixtures.sounds import wav

#: A page that says which recordings were played, as they would be; `broken` ones cannot be.
PLAYER = """
window.played = [];
window.Audio = class {
  constructor(address) { this.address = address; }
  async play() {
    window.played.push(this.address);
    if (window.broken) { this.onerror(); throw new DOMException("no", "NotSupportedError"); }
    setTimeout(() => this.onended());
  }
  pause() {}
};
"""


@pytest.fixture
def recorded(town: Town) -> dict[str, str]:
    """Everything in Dutch is recorded; by text, the hash of its sound."""
    with town.app.test_request_context():
        programme = town.inside()
        listed = texts(asker_of(programme.organisation), programme, "nl")
    found = {text: f"{number:064x}" for number, text in enumerate(listed)}
    with town.app.app_context():
        town.inside()
        db.session.scalars(select(Organisation)).one().sounds += 1
        for text, sound in found.items():
            db.session.add(
                Recording(
                    language="nl", text=text, text_hash=text_hash(text), media_type="audio/wav", sound=wav(0.05),
                    sound_hash=sound, seconds=1, speaker="Fatima", recorded_on=today(), added_at=now(),
                )
            )  # fmt: skip
        db.session.commit()
    return found


@pytest.fixture
def wordless(open_page: OpenPage, address: str, code: str, recorded: dict[str, str]) -> Page:
    """Someone who cannot read, on a device that speaks no Dutch, in front of the first question."""
    page = open_page(viewport=PHONE, has_touch=True).page
    page.add_init_script(device(("nl-NL", False)) + PLAYER)
    page.goto(f"{address}/start#{code}")
    page.wait_for_url("**/survey/language")
    assert page.locator('button[value="ar:aloud"]').is_hidden()
    page.locator('button[value="nl:aloud"]').tap()
    page.wait_for_url("**/survey/about")
    page.locator('button[value="yes"]').tap()
    page.wait_for_url("**/survey/integration/work*")
    expect(page.locator("[data-settled]")).to_have_count(1)
    return page


def test_every_answer_is_seen_at_once(wordless: Page) -> None:
    """Of faces, only the sad ones would stand above the fold: who cannot read would choose among those."""
    answers = wordless.locator("[data-question]:visible .answers .answer")
    boxes = [answer.bounding_box() for answer in answers.all()]
    onward = wordless.locator(".onward").bounding_box()
    assert len(boxes) == 5 and onward
    assert all(box and box["y"] >= 0 and box["y"] + box["height"] <= onward["y"] for box in boxes)


def test_a_recording_can_really_be_played(
    open_page: OpenPage, address: str, code: str, recorded: dict[str, str]
) -> None:
    page = open_page(viewport=PHONE).page
    page.add_init_script(device())
    page.goto(f"{address}/start#{code}")
    page.wait_for_url("**/survey/language")
    page.locator('button[value="nl"]').click()
    page.wait_for_url("**/survey/about")
    button = page.locator(LISTEN).first
    with page.expect_response("**/survey/sounds/*") as answer:
        button.click()
    assert answer.value.status in (200, 206)
    expect(button).to_have_attribute("aria-pressed", "false")


def test_the_question_is_the_biggest_thing_and_reads_its_answers(
    wordless: Page, recorded: dict[str, str]
) -> None:
    assert wordless.evaluate("played.length + spoken.length") == 0
    question = wordless.locator("#question-work_1")
    big = question.locator("legend").locator(LISTEN)
    own = big.bounding_box()
    assert own is not None
    assert all(
        box is None or box["width"] * box["height"] <= own["width"] * own["height"]
        for box in (one.bounding_box() for one in wordless.locator(f"{LISTEN}, main svg").all())
    )
    axe(wordless)
    words = ["Werk", "Hoe goed weet u hoe u hier werk kunt vinden?"]
    words += [one.strip() for one in question.locator(".answer label").all_inner_texts()]
    big.tap()
    wordless.wait_for_function(f"() => played.length === {len(words)}")
    assert wordless.evaluate("played") == [f"/survey/sounds/{recorded[text]}" for text in words]


def test_every_control_has_a_button_to_hear_it(wordless: Page) -> None:
    for control in ("Overslaan", "Stoppen", "Uw gegevens"):
        assert wordless.get_by_role("button", name=f"Luister: {control}").count() == 1
    for box in [one.bounding_box() for one in wordless.locator(LISTEN).all()]:
        assert box is not None and box["width"] >= 48 and box["height"] >= 48
    wordless.locator("#work_1-3").evaluate("answer => answer.click()")
    expect(wordless.get_by_role("button", name="Luister: Verder")).to_have_count(1)
    wordless.locator('label[for="work_1-4"]').tap()
    expect(wordless.locator("#question-work_2")).to_be_visible()


def test_without_the_recording_the_voice_of_the_device_speaks(
    open_page: OpenPage, address: str, code: str, recorded: dict[str, str]
) -> None:
    page = open_page(viewport=PHONE).page
    page.add_init_script(device(("nl-NL", True)) + PLAYER + "window.broken = true;")
    page.goto(f"{address}/start#{code}")
    page.wait_for_url("**/survey/language")
    page.locator('button[value="nl"]').click()
    page.wait_for_url("**/survey/about")
    page.locator(LISTEN).first.click()
    page.wait_for_function("() => spoken.length === 1")
    assert page.evaluate("[played.length, spoken[0].text]") == [1, "Doet u mee?"]
