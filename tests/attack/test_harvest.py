"""What a councillor can get out of the running program is what stands in the release, and nothing beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.attack.harvest import Harvest, harvest, numbers, read
from tests.attack.people import Kind
from tests.attack.referee import Session, Town, councillor, found, served, settle

TOLD = "p-shown"
#: Where an address leads when it is not for a councillor, or not there.
REFUSED = (301, 302, 303, 400, 403, 404, 405)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """One programme with a release, and one without."""
    town = found(tmp_path_factory.mktemp("harvest") / "data")
    settle(town, {TOLD: Kind(55, 1), "p-waits": Kind(38, 11)}, waiting=["p-waits"])
    return town


@pytest.fixture(scope="module")
def session(town: Town) -> Iterator[Session]:
    with served(town.folder) as address:
        yield councillor(town, address)


@pytest.fixture(scope="module")
def got(session: Session) -> Harvest:
    return harvest(session, TOLD)


def test_the_document_to_take_along_is_the_release(town: Town, got: Harvest) -> None:
    assert json.loads(got.answers[f"/dashboard/{TOLD}/release.json"].text) == town.documents[TOLD][0]


def test_pages_and_callbacks_hold_no_number_that_the_release_does_not(town: Town, got: Harvest) -> None:
    known = explained(town.documents[TOLD][0])
    assert len(got.figures) >= 20
    for page, figure in got.figures.items():
        for form in figure["response"]["figures"]["data"].values():
            for trace in form["data"]:
                told = {key: trace[key] for key in ("x", "text", "hovertext", "customdata") if key in trace}
                beyond = {one for one in numbers(told) if one % 1} - known
                assert not beyond, (page, beyond)
    beyond = {one for one in numbers(got.words()) if one % 1} - known
    assert not beyond, beyond


def explained(document: dict[str, Any]) -> set[float]:
    """Numbers with a decimal in the release, and where a margin ends when it is drawn from a mean."""
    cells = [cell for one in document["breakdowns"] for entry in one["change"] for cell in entry["cells"]]
    drawn = {
        entry["before_mean"] + entry[end]
        for entry in (*document["change"], *cells) if entry["pairs"] is not None
        for end in ("low", "high")
    }  # fmt: skip
    return set(numbers(document)) | set(numbers(list(drawn)))


def test_what_is_not_offered_tells_nothing(got: Harvest) -> None:
    """It is refused, or answered like the same without the words that nobody reads."""
    offered = {
        read(answer.text) for asked, answer in got.answers.items() if asked.startswith(("callback", "/"))
    }
    for asked, answer in got.answers.items():
        if asked.startswith(("unoffered", "GET")):
            assert answer.status in REFUSED or read(answer.text) in offered, asked


def test_what_is_not_published_is_like_what_is_not_there(session: Session) -> None:
    there, nowhere = (harvest(session, code).plain(code) for code in ("p-waits", "p-absent"))
    assert there == nowhere
