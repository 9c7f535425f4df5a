"""Every page about a programme: a sentence first, the figures of the release and no others, and what it offers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import tostring

import pytest
from flask.testing import FlaskClient

from dashboard.pages.addresses import CHOICE
from dashboard.pages.contents import PAGES
from survey.database import db
from survey.models import Organisation
from tests.dashboard.conftest import Pilot
from tests.dashboard.test_dashboard import ask
from tests.dashboard.whole import CELLS
from tests.fixtures.pages import parsed, words_of

PROGRAMME = "/dashboard/aalten-pilot/"
CHOICES = [*CELLS, "later"]
ADDRESSES = [
    *(PROGRAMME + page for page in PAGES),
    *(f"{PROGRAMME}change?{CHOICE}={choice}" for choice in CHOICES),
    f"{PROGRAMME}integration/language",
]
AMOUNTS = (f"{PROGRAMME}who", f"{PROGRAMME}obstacles")


@pytest.fixture(scope="module")
def councillor(pilot: Pilot, released: dict[str, Any]) -> FlaskClient:
    return pilot.town.sign_in("councillor")


def numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from numbers(each)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_has_its_finding_and_only_figures_of_the_release(
    councillor: FlaskClient, released: dict[str, Any], address: str, language: str
) -> None:
    answer = councillor.get(address, headers={"Accept-Language": language})
    page = parsed(answer.text)
    assert (page.findtext(".//h1") or "").strip()
    words = words_of(page)
    assert not re.search(r"\bNone\b|%\(|\bnan\b", words)
    written = {number.replace(",", ".") for number in re.findall(r"(?<![\d.,])\d+[.,]\d+(?![\d.,])", words)}
    assert written <= {f"{abs(number):.1f}" for number in numbers(released)}
    shares = {int(share) for share in re.findall(r"(\d+)\s?%", words)}
    assert shares <= {round(100 * abs(number)) for number in numbers(released)} | {0, 25, 50, 75, 95, 100}


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_live_chart_has_the_figures_of_the_picture(
    councillor: FlaskClient, released: dict[str, Any], address: str
) -> None:
    """What the server draws and what plotly draws are made from the same marks: as many dots in the same order."""
    page = parsed(councillor.get(address).text)
    pathname, _, search = address.partition("?")
    state = [{"id": "address", "property": "search", "value": f"?{search}" if search else ""}]
    inputs = [{"id": "address", "property": "pathname", "value": pathname}]
    answer = ask(councillor, inputs=inputs, state=state)
    assert answer.status_code == 200
    figure = answer.json["response"]["figures"]["data"]["wide"]  # type: ignore[index]  # an object
    live = [round(x, 1) for trace in figure["data"][4::5] for x in trace["x"]]
    drawn = [
        marks
        for picture in page.iter("div")
        if "picture" in (picture.get("class") or "").split()
        for marks in picture.iter("svg")
        if marks.get("class") == "marks"
    ]
    last = {list(marks)[-1].get("class") for marks in drawn}
    assert last <= {"later" if "later" in address else "amount" if address in AMOUNTS else "after"}
    assert len(drawn) == len(live)
    known = {round(number, 1) for number in numbers(released)}
    assert set(live) <= known


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_the_same_for_every_reader_and_again(
    pilot: Pilot, councillor: FlaskClient, address: str
) -> None:
    """It is made once, so nothing of whoever read it first may stand in it."""

    def main(reader: FlaskClient) -> bytes:
        return tostring(next(parsed(reader.get(address).text).iter("main")))

    first = main(councillor)
    assert first == main(councillor) == main(pilot.town.sign_in("coordinator"))


def test_a_page_says_whose_it_is_and_whom_to_ask(pilot: Pilot, councillor: FlaskClient) -> None:
    """At once when that changes, though the page itself is kept."""
    english = {"Accept-Language": "en"}
    with pilot.app.app_context():
        pilot.town.inside()
        name = db.session.get_one(Organisation, pilot.town.organisation_id).name
    try:
        for contact in ("Desk <1>", "", "Desk <2>"):
            _answer_to(pilot, contact)
            for address in ADDRESSES:
                words = words_of(parsed(councillor.get(address, headers=english).text))
                assert f"figures of {name}, published on " in words
                assert re.findall(r"Questions about them: (Desk <.>)", words) == (
                    [contact] if contact else []
                )
    finally:
        _answer_to(pilot, "")


def _answer_to(pilot: Pilot, contact: str) -> None:
    with pilot.app.app_context():
        pilot.town.inside()
        db.session.get_one(Organisation, pilot.town.organisation_id).help_contact = contact
        db.session.commit()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_can_be_read_aloud(councillor: FlaskClient, released: dict[str, Any], address: str) -> None:
    """The first link leads past the menus to what was found, no level of headings is left out, and what the programme
    wrote itself is said to be Dutch."""
    page = parsed(councillor.get(address, headers={"Accept-Language": "en"}).text)
    first = next(page.iter("a")).get("href").removeprefix("#")
    (content,) = (element for element in page.iter() if element.get("id") == first)
    assert content.tag == "h1"
    levels = [int(element.tag[1]) for element in page.iter() if re.fullmatch("h[1-6]", str(element.tag))]
    assert levels[0] == 1 and all(later - before <= 1 for before, later in pairwise(levels))
    for element in page.find(".//main").iter():
        if (element.text or "").strip() in own_words(released):
            assert element.get("lang") == "nl", element.text


def own_words(release: dict[str, Any]) -> set[str]:
    texts = (
        target[key] for target in release["targets"] for key in ("result", "explanation", "source", "owner")
    )
    activities = (row["activity"] for row in release["participation"])
    return {release["programme"]["name"], *filter(None, texts), *filter(None, activities)}


def test_what_is_aimed_at_is_exact_and_what_was_found_is_not(councillor: FlaskClient) -> None:
    """Also where both are the same number."""
    words = words_of(parsed(councillor.get(PROGRAMME, headers={"Accept-Language": "en"}).text))
    assert "about 50%" in words and "at least 50%" in words and "at least about" not in words


def test_at_a_glance_every_score_of_an_intended_result_is_drawn(
    councillor: FlaskClient, released: dict[str, Any]
) -> None:
    page = parsed(councillor.get(PROGRAMME).text)
    (picture,) = (element for element in page.iter("div") if element.get("role") == "img")
    assert picture.get("aria-label")
    about = {target["about"] for target in released["targets"] if target["measure"] == "domain_change"}
    told = [one for one in released["change"] if one["domain"] in about and one["before_mean"] is not None]
    assert len([marks for marks in picture.iter("svg") if marks.get("class") == "marks"]) == len(told) > 1


def test_every_page_is_in_the_menu_of_every_page(councillor: FlaskClient) -> None:
    for address in ADDRESSES:
        page = parsed(councillor.get(address).text)
        menu = next(nav for nav in page.iter("nav") if "contents" in (nav.get("class") or ""))
        assert [link.get("href") for link in menu.iter("a")] == [PROGRAMME + key for key in PAGES]
        assert sum(link.get("aria-current") == "page" for link in menu.iter("a")) == 1


@pytest.mark.parametrize("page", PAGES)
def test_a_page_takes_the_choices_it_offers_and_no_other(councillor: FlaskClient, page: str) -> None:
    offered = CHOICES if page == "change" else []
    for choice in [*CHOICES, "casemanager", "", "gender&by=age_band"]:
        expected = 200 if choice.partition("&")[0] in offered else 404
        address = f"{PROGRAMME}{page}"
        assert councillor.get(f"{address}?{CHOICE}={choice}").status_code == expected
        state = [{"id": "address", "property": "search", "value": f"?{CHOICE}={choice}"}]
        inputs = [{"id": "address", "property": "pathname", "value": address}]
        assert ask(councillor, inputs=inputs, state=state).status_code == expected


def test_the_document_itself_can_be_taken_along(
    pilot: Pilot, councillor: FlaskClient, released: dict[str, Any]
) -> None:
    answer = councillor.get(f"{PROGRAMME}release.json")
    assert answer.json == released
    assert "attachment" in answer.headers["Content-Disposition"]
    assert pilot.other.sign_in("councillor").get(f"{PROGRAMME}release.json").status_code == 404
