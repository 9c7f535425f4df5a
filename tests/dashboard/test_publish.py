"""A coordinator builds, looks, publishes; nobody else does."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from dashboard import queries
from survey import fieldwork
from survey.database import db
from tests.dashboard.conftest import QUOTE
from tests.dashboard.people import fill, tell, tell_too, visits_of
from tests.fixtures.application import MakeTown, Town, token_in
from tests.fixtures.pages import check_page, words_of

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def finished(town: Town) -> Town:
    """Twelve people answered, some are quoted, and both waves are closed."""
    with town.app.app_context():
        programme = town.inside()
        fill(programme, 12, drop_out=0)
        one, another, *others = {visit.enrolment_id: visit for visit in visits_of(programme)}.values()
        tell(one, "CANARY", "language", QUOTE)
        tell(another, "CANARY", "language", QUOTE)
        tell_too(others[:4])
        for wave in programme.waves:
            fieldwork.close_wave(wave)
        db.session.commit()
    return town


def press(client: FlaskClient, address: str, page: str = "/publish/") -> str:
    """Post to an address with the token of a page; where that leads."""
    answer = client.post(address, data={"csrf_token": token_in(client.get(page).text)}, headers=ENGLISH)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_from_closed_waves_to_what_readers_see(finished: Town) -> None:
    coordinator, councillor = finished.sign_in("coordinator"), finished.sign_in("councillor")
    preview = press(coordinator, f"/publish/{finished.code}/")
    assert preview == f"/publish/{finished.code}/1"
    page = coordinator.get(preview, headers=ENGLISH)
    words = words_of(check_page(page))
    assert QUOTE in words and "There was no comparison group" in words and "What is not shown" in words
    assert "CANARY" not in page.text
    assert councillor.get(f"/dashboard/{finished.code}/").status_code == 404
    assert press(coordinator, preview, preview) == preview
    assert "is now what readers see" in coordinator.get(preview, headers=ENGLISH).text
    assert QUOTE in councillor.get(f"/dashboard/{finished.code}/").text


def test_before_anything_is_stored_a_page_says_what_would_be_shown_and_what_not(finished: Town) -> None:
    coordinator = finished.sign_in("coordinator")
    address = f"/publish/{finished.code}/"
    assert address in coordinator.get("/publish/").text
    words = words_of(check_page(coordinator.get(address, headers=ENGLISH)))
    assert "12 people answered before and after and are in no earlier release" in words
    assert "with 20 new people at once, groups can stand side by side" in words
    assert "What would not be shown, and why" in words and "There are no figures by" in words
    with finished.app.app_context():
        assert queries.release(finished.inside()) is None
    dutch = words_of(check_page(coordinator.get(address, headers={"Accept-Language": "nl"})))
    assert "12 mensen antwoordden twee keer" in dutch
    fields = {"csrf_token": token_in(coordinator.get(address).text), "breakdowns": ["gender"]}
    assert coordinator.post(f"{address}breakdowns", data=fields | {"breakdowns": ["name"]}).status_code == 422
    assert coordinator.post(f"{address}breakdowns", data=fields).status_code == 303
    press(coordinator, address)
    page = coordinator.get(address, headers=ENGLISH)
    assert "By gender." in page.text and 'name="breakdowns"' not in page.text
    coordinator.post(f"{address}breakdowns", data=fields | {"breakdowns": ["route"]})
    with finished.app.app_context():
        assert finished.inside().breakdowns == ["gender"]


def test_a_withdrawn_release_is_seen_by_no_reader_and_the_one_before_it_does_not_come_back(
    finished: Town,
) -> None:
    coordinator, councillor = finished.sign_in("coordinator"), finished.sign_in("councillor")
    for _number in (1, 2):
        preview = press(coordinator, f"/publish/{finished.code}/")
        press(coordinator, preview, preview)
        assert councillor.get(f"/dashboard/{finished.code}/").status_code == 200
    press(coordinator, f"/publish/{finished.code}/1/withdrawal", preview)
    assert councillor.get(f"/dashboard/{finished.code}/").status_code == 200, "readers did not see release 1"
    assert press(coordinator, f"{preview}/withdrawal", preview) == preview
    assert "Readers do not see this release any more" in coordinator.get(preview, headers=ENGLISH).text
    assert councillor.get(f"/dashboard/{finished.code}/").status_code == 404
    assert f"/dashboard/{finished.code}/" not in councillor.get("/dashboard/").text
    third = press(coordinator, f"/publish/{finished.code}/")
    press(coordinator, third, third)
    assert councillor.get(f"/dashboard/{finished.code}/").status_code == 200


def test_an_open_wave_is_refused_and_says_why(town: Town) -> None:
    coordinator = town.sign_in("coordinator")
    overview = coordinator.get("/publish/", headers=ENGLISH)
    check_page(overview)
    assert f"/publish/{town.code}/" not in overview.text
    assert coordinator.get(f"/publish/{town.code}/").status_code == 303
    address = press(coordinator, f"/publish/{town.code}/", "/staff/account")
    assert "is not closed" in coordinator.get(address, headers=ENGLISH).text


def test_an_older_release_is_not_published_after_a_newer_one(finished: Town) -> None:
    coordinator = finished.sign_in("coordinator")
    first, second = (press(coordinator, f"/publish/{finished.code}/") for _ in range(2))
    page = coordinator.get(first, headers=ENGLISH)
    assert "there is a newer release" in page.text
    press(coordinator, first, second)
    assert "Publish that one" in coordinator.get(first, headers=ENGLISH).text
    assert "Not published" in coordinator.get("/publish/", headers=ENGLISH).text


def test_looking_changes_nothing(finished: Town) -> None:
    coordinator = finished.sign_in("coordinator")
    preview = press(coordinator, f"/publish/{finished.code}/")
    for _ in range(2):
        coordinator.get(preview)
    assert finished.sign_in("councillor").get(f"/dashboard/{finished.code}/").status_code == 404


@pytest.mark.parametrize("role", ["casemanager", "councillor", "administrator"])
def test_only_coordinators(finished: Town, role: str) -> None:
    client = finished.sign_in(role)
    token = token_in(client.get("/staff/account").text)
    assert client.get("/publish/").status_code == 403
    assert client.post(f"/publish/{finished.code}/", data={"csrf_token": token}).status_code == 403


def test_a_coordinator_elsewhere_finds_nothing(finished: Town, make_town: MakeTown) -> None:
    press(finished.sign_in("coordinator"), f"/publish/{finished.code}/")
    stranger = make_town(finished.app, "borne").sign_in("coordinator")
    token = token_in(stranger.get("/staff/account").text)
    for code in (finished.code, "nothing-here"):
        assert stranger.get(f"/publish/{code}/1").status_code == 404
        for address in (f"/publish/{code}/", f"/publish/{code}/1"):
            assert stranger.post(address, data={"csrf_token": token}).status_code == 404
    assert finished.code not in stranger.get("/publish/").text


def test_a_post_without_a_token_is_refused(finished: Town) -> None:
    assert finished.sign_in("coordinator").post(f"/publish/{finished.code}/").status_code == 403


def test_a_release_number_that_is_none(finished: Town) -> None:
    coordinator = finished.sign_in("coordinator")
    for number in ("1", "99999999999999999999", "-1", "x"):
        assert coordinator.get(f"/publish/{finished.code}/{number}").status_code == 404
