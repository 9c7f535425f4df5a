"""Charts say what the figures say: a clear difference is never drawn as none, and as much is as long everywhere."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from dashboard.figures.marks import Dots, Panel, Row
from dashboard.figures.picture import picture
from survey.database import db
from survey.models import Release
from tests.dashboard.conftest import Pilot
from tests.fixtures.pages import parsed, words_of

PROGRAMME = "/dashboard/aalten-pilot/"
OF_DIFFERENCES = [
    "", "change", "change?by=gender", "change?by=age_band", "change?by=later", "integration/language",
]  # fmt: skip
RULE = "striped bar"
CLEAR = {"verdict": "rose", "difference": 0.3, "low": 0.1, "high": 0.5}
UNCLEAR = {"verdict": "not_shown", "difference": 0.3, "low": -0.2, "high": 0.8}


@pytest.fixture(scope="module")
def councillor(pilot: Pilot, released: dict[str, Any]) -> FlaskClient:
    return pilot.town.sign_in("councillor")


def read(councillor: FlaskClient, page: str) -> Element:
    return parsed(councillor.get(PROGRAMME + page, headers={"Accept-Language": "en"}).text)


def of_class(page: Element, tag: str, name: str) -> list[Element]:
    return [part for part in page.iter(tag) if name in (part.get("class") or "").split()]


@st.composite
def differences(draw: st.DrawFn) -> tuple[Panel, Dots, float]:
    """A clear difference on a scale, rounded as releases do, and the place of none."""
    low, high = draw(st.sampled_from([(1, 5), (0, 10), (-2, 2)]))
    way, (near, far) = draw(st.sampled_from([-1, 1])), sorted(draw(st.tuples(*[st.integers(0, 9)] * 2)))
    none = 0.0 if low < 0 else draw(st.integers(10, 40)) / 10
    ends = sorted((none + way * near / 10, none + way * far / 10))
    middle = none + way * (near + far) / 20
    dots = Dots(None if low < 0 else none, middle, (ends[0], ends[1]), "", way)
    return Panel(low, high, [], [Row("x", dots, "", "", True)], of_differences=low < 0), dots, none


@given(differences())
def test_a_clear_difference_never_touches_the_place_of_none(given_: tuple[Panel, Dots, float]) -> None:
    panel, dots, none = given_
    drawn = picture([panel])[0]["lines"][0]["dots"]
    start, end = panel.ends
    place = 100 * (none - start) / (end - start)
    ends = [float(along) for along in drawn["margin"]]
    assert ends == sorted(ends)
    assert all((along - place) * (dots.way or 0) > 0.5 for along in ends)  # percent of the line


@pytest.mark.parametrize("page", OF_DIFFERENCES)
def test_a_margin_is_striped_exactly_where_the_table_finds_no_clear_difference(
    councillor: FlaskClient, released: dict[str, Any], page: str
) -> None:
    unclear = of_class(read(councillor, page), "line", "margin--unclear")
    assert bool(unclear) == any(entry["verdict"] == "not_shown" for entry in shown(released, page))


def shown(release: dict[str, Any], page: str) -> list[dict[str, Any]]:
    if page == "":
        return list(release["targets"])
    if "later" in page:
        return list(release["follow_up"])
    entries = release["change"]
    return [one for one in entries if one["domain"] == "language"] if "language" in page else list(entries)


@pytest.mark.parametrize("page", OF_DIFFERENCES)
def test_what_a_bar_means_stands_with_every_chart_of_differences(councillor: FlaskClient, page: str) -> None:
    charts = of_class(read(councillor, page), "figure", "chart")
    assert charts and all(RULE in words_of(chart) for chart in charts)


def test_what_is_striped_is_in_the_key_beside_it(councillor: FlaskClient) -> None:
    pages = [read(councillor, page) for page in OF_DIFFERENCES]
    places = [
        place
        for page in pages
        for place in (*of_class(page, "figure", "chart"), *of_class(page, "div", "aim"))
    ]
    striped = [place for place in places if of_class(place, "line", "margin--unclear")]
    assert striped and all(of_class(place, "span", "key-unclear") for place in striped)


def test_as_many_people_are_as_long_a_bar_wherever_they_stand(councillor: FlaskClient) -> None:
    rows = of_class(read(councillor, "obstacles"), "div", "drawn-row")
    lengths: dict[str, set[float]] = {}
    for row in rows:
        for bar in of_class(row, "line", "amount"):
            length = float((bar.get("x2") or "")[:-1]) - float((bar.get("x1") or "")[:-1])
            lengths.setdefault(words_of(row).split()[-1], set()).add(round(length, 1))
    people = {int(said): found for said, found in lengths.items() if said.isdigit()}
    assert len(people) > 1 and all(len(found) == 1 for found in people.values())
    per_person = [length / number for number, found in people.items() for length in found]
    assert max(per_person) - min(per_person) < 0.05  # rounded to a tenth of a percent


def test_an_amount_is_a_bar_without_a_dot(councillor: FlaskClient) -> None:
    for page in ("who", "obstacles"):
        content = read(councillor, page)
        assert of_class(content, "line", "amount")
        assert not content.findall(".//main//circle")


@contextmanager
def instead(pilot: Pilot, released: dict[str, Any], changed: Callable[[int, int], bool]) -> Iterator[Element]:
    """The page by gender where areas and groups (by their numbers) clearly changed or not."""
    document = copy.deepcopy(released)
    (by_gender,) = (one for one in document["breakdowns"] if one["dimension"] == "gender")
    for area, entry in enumerate(by_gender["change"]):
        for group, cell in enumerate(entry["cells"]):
            cell |= {"before_mean": 2.0, "after_mean": 2.3, "pairs": 15}
            cell |= CLEAR if changed(area, group) else UNCLEAR
    write(pilot, document)
    yield read(pilot.town.sign_in("councillor"), "change?by=gender")
    write(pilot, released)


def write(pilot: Pilot, document: dict[str, Any]) -> None:
    with pilot.app.app_context():
        pilot.town.inside()
        db.session.execute(update(Release).values(document=json.dumps(document)))
        db.session.commit()


def test_areas_without_a_clear_difference_are_folded_and_no_area_is_lost(
    pilot: Pilot, released: dict[str, Any]
) -> None:
    total = len(released["breakdowns"][0]["change"])
    with instead(pilot, released, lambda area, group: bool(area % 3) and not group) as page:
        chart, table = of_class(page, "details", "folded")
        figure = of_class(page, "figure", "chart")[0]
        for part, everything, tag, name in (
            (chart, figure, "p", "drawn-heading"),
            (table, page, "tr", "group"),
        ):
            assert f"In {(total + 2) // 3} areas" in words_of(part)
            areas = [words_of(area) for area in of_class(everything, tag, name)]
            assert len(areas) == len(set(areas)) == total
            assert len(of_class(part, tag, name)) == (total + 2) // 3
        unclear = of_class(chart, "line", "margin--unclear")
        assert unclear == of_class(chart, "line", "margin") != []


def test_where_no_area_has_a_clear_difference_none_is_folded(pilot: Pilot, released: dict[str, Any]) -> None:
    with instead(pilot, released, lambda area, group: False) as page:
        assert not of_class(page, "details", "folded")
        assert len(of_class(page, "p", "drawn-heading")) == len(released["breakdowns"][0]["change"])


@pytest.mark.parametrize("page", ["change", "change?by=gender", "change?by=later", "obstacles"])
def test_the_scale_is_never_far_from_a_row(councillor: FlaskClient, page: str) -> None:
    """Every part of a chart, which paper keeps together, begins with its own scale."""
    parts = of_class(read(councillor, page), "div", "drawn-panel")
    assert parts
    for part in parts:
        rows = of_class(part, "div", "drawn-row")
        assert [row for row in rows if "drawn-axis" in (row.get("class") or "")] == rows[:1]
        assert 1 < len(rows) <= 10


def test_the_table_of_the_ladder_has_the_order_of_its_chart(
    councillor: FlaskClient, released: dict[str, Any]
) -> None:
    page = read(councillor, "ladder")
    drawn = [
        words_of(name)
        for row in of_class(page, "div", "drawn-row")
        for name in of_class(row, "span", "drawn-name")
    ]
    (table,) = of_class(page, "table", "table")
    told = [words_of(row.find("th")) for row in table.find("tbody") or []]
    numbers = [[int(number) for number in re.findall(r"\d", name)] for name in (*drawn[1:], *told)]
    steps = [[int(step) for step in one["step"].split("-")] for one in released["ladder"]["before"]]
    assert numbers == [*reversed(steps), *reversed(steps)]


def test_a_finding_stands_beside_its_margin_and_not_in_it(
    councillor: FlaskClient, released: dict[str, Any]
) -> None:
    for page, entries in (("change", released["change"]), ("change?by=later", released["follow_up"])):
        cells = [
            {cell.get("data-label"): words_of(cell) for cell in row.iter("td")}
            for row in read(councillor, page).iter("tr")
        ]
        told = [row for row in cells if row.get("Margin")]
        assert len(told) == sum(entry["low"] is not None for entry in entries)
        assert not any("clear" in row["Margin"] for row in told)
        found = [row["Finding"] for row in told]
        verdicts = [entry["verdict"] for entry in entries if entry["low"] is not None]
        assert len(set(zip(found, verdicts, strict=True))) == len(set(verdicts)) == len(set(found))


@pytest.mark.parametrize("others", [0, 1])
def test_an_activity_is_left_out_only_where_it_says_again_what_its_kind_says(
    pilot: Pilot, released: dict[str, Any], others: int
) -> None:
    alone = next(row for row in released["participation"] if row["activity"])
    another = {**alone, "activity": "Another", "people": 5}
    document = {**released, "participation": [*released["participation"], *[another] * others]}
    write(pilot, document)
    words = words_of(read(pilot.town.sign_in("councillor"), "work"))
    write(pilot, released)
    assert (alone["activity"] in words) == bool(others) == ("Another" in words)
