"""A coordinator adds recordings; participants of that organisation hear them, while the text is the same."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey import recordings
from survey.clock import today
from survey.database import db
from survey.models import Organisation, Recording, Response
from survey.recordings import text_hash
from tests.fixtures import sounds
from tests.fixtures.application import MakeTown, Town, token_in
from tests.fixtures.audit import events
from tests.fixtures.visitor import Visitor
from tests.survey.casework.conftest import speaking

QUESTION = "Hoe goed weet u hoe u hier werk kunt vinden?"
SOUND = re.compile(r'data-sound="(/survey/sounds/[0-9a-f]{64})"[^>]*>([^<]+)<')


@pytest.fixture
def coordinator(any_town: Town) -> FlaskClient:
    return speaking("en", any_town.sign_in("coordinator"))


def address(text: str = QUESTION, language: str = "nl") -> str:
    return f"/manage/recordings/{language}/{text_hash(text)}"


def form(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    token = token_in(client.get("/staff/account").text)
    filled = {
        "csrf_token": token, "file": (BytesIO(sounds.wav()), "a.wav"), "speaker": "Fatima", "agreed": "y",
        "recorded_on": today().isoformat(),
    }  # fmt: skip
    return {name: value for name, value in {**filled, **changes}.items() if value is not None}


def record(
    client: FlaskClient, text: str = QUESTION, content: bytes = b"", language: str = "nl"
) -> TestResponse:
    changes = {"file": (BytesIO(content), "a.wav")} if content else {}
    answer = client.post(address(text, language), data=form(client, **changes))
    assert answer.status_code == 303, answer.text
    return answer


def sitting(town: Town, language: str = "nl", manner: str = "") -> Visitor:
    """Someone on the first page of questions."""
    with town.app.app_context():
        code = town.join()[2]
    visitor = Visitor(town, code, language).enter()
    visitor.send(language=language + manner)
    if visitor.address == "/survey/about":
        visitor.send(take_part="yes")
    return visitor


def heard(visitor: Visitor) -> dict[str, str]:
    """By text, the address of its recording on this page."""
    return {text: sound for sound, text in SOUND.findall(visitor.page.text)}


def test_what_a_coordinator_adds_a_participant_hears(any_town: Town, coordinator: FlaskClient) -> None:
    visitor = sitting(any_town)
    assert heard(visitor) == {}
    record(coordinator)
    page = coordinator.get("/manage/recordings/nl")
    assert "Fatima" in page.text and QUESTION in page.text
    visitor.go(visitor.address)
    (told,) = heard(visitor).items()
    assert told[0] == QUESTION
    played = visitor.client.get(told[1])
    assert (played.status_code, played.mimetype, played.data) == (200, "audio/wav", sounds.wav())
    assert played.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    part = visitor.client.get(told[1], headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"RIFF")
    assert coordinator.get(f"{address()}/sound").data == sounds.wav()


def test_a_new_recording_takes_the_place_of_the_old_one(any_town: Town, coordinator: FlaskClient) -> None:
    record(coordinator)
    visitor = sitting(any_town)
    before = heard(visitor)[QUESTION]
    record(coordinator, content=sounds.wav(tone=1))
    visitor.go(visitor.address)
    after = heard(visitor)[QUESTION]
    assert before != after and visitor.client.get(before).status_code == 404
    coordinator.post(f"{address()}/remove", data=form(coordinator))
    visitor.go(visitor.address)
    assert heard(visitor) == {} and visitor.client.get(after).status_code == 404
    noted = [line["action"] for line in events(any_town.app) if line["action"].startswith("recording.")]
    assert noted == ["recording.added", "recording.added", "recording.removed"]


def test_a_recording_of_another_wording_is_not_played(any_town: Town, coordinator: FlaskClient) -> None:
    record(coordinator)
    with any_town.app.app_context():
        any_town.inside()
        kept = db.session.scalars(select(Recording)).one()
        kept.text = "Hoe goed wist u toen hoe u werk kon vinden?"
        kept.text_hash = text_hash(kept.text)
        db.session.scalars(select(Organisation)).one().sounds += 1
        old = kept.text
        db.session.commit()
    assert heard(sitting(any_town)) == {}
    page = coordinator.get("/manage/recordings/nl").text
    assert "Older wording" in page and old in page
    assert "Older wording: 1" in coordinator.get("/manage/recordings/").text
    coordinator.post(f"{address(old)}/remove", data=form(coordinator))
    assert "Older wording" not in coordinator.get("/manage/recordings/nl").text


def test_another_organisation_hears_and_sees_none_of_it(
    any_town: Town, coordinator: FlaskClient, make_town: MakeTown
) -> None:
    record(coordinator)
    sound = heard(sitting(any_town))[QUESTION]
    other = make_town(any_town.app, "bergen")
    stranger = sitting(other)
    assert heard(stranger) == {}
    assert stranger.client.get(sound).status_code == 404
    colleague = speaking("en", other.sign_in("coordinator"))
    assert "Fatima" not in colleague.get("/manage/recordings/nl").text
    assert colleague.get(f"{address()}/sound").status_code == 404
    assert colleague.post(f"{address()}/remove", data=form(colleague)).status_code == 404
    assert any_town.app.test_client().get(sound).status_code == 303
    assert any_town.sign_in("casemanager").get("/manage/recordings/").status_code == 403


BAD = {
    "nothing": {"file": None},
    "empty": {"file": (BytesIO(b""), "a.mp3")},
    "a picture": {"file": (BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(300)), "a.mp3")},
    "too long": {"file": (BytesIO(sounds.ogg(61)), "a.mp3")},
    "truncated": {"file": (BytesIO(sounds.ogg()[:-2]), "a.ogg")},
    "nobody speaks": {"speaker": "  "},
    "tomorrow": {"recorded_on": (today() + timedelta(days=1)).isoformat()},
    "no date": {"recorded_on": "yesterday"},
    "not agreed": {"agreed": None},
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(town: Town, what: str) -> None:
    client = speaking("en", town.sign_in("coordinator"))
    changes = dict(BAD[what])
    if isinstance(changes.get("file"), tuple):
        changes["file"] = (BytesIO(changes["file"][0].getvalue()), changes["file"][1])
    answer = client.post(address(), data=form(client, **changes))
    assert answer.status_code == 422 and "field-error" in answer.text
    assert what == "nobody speaks" or 'value="Fatima"' in answer.text
    assert changes.get("recorded_on", today().isoformat()) in answer.text
    with town.app.app_context():
        town.inside()
        assert db.session.scalars(select(Recording)).all() == []


def test_a_file_that_is_too_large_is_refused_on_the_page_itself(town: Town) -> None:
    client = speaking("en", town.sign_in("coordinator"))
    fields = form(client, file=None)
    part = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    told = "".join(part.format(name, "") + f"{value}\r\n" for name, value in fields.items())
    body = (told + part.format("file", '; filename="a.wav"')).encode() + bytes(1_500_000) + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    answer = client.post(address(), input_stream=BytesIO(body), content_length=len(body), content_type=kind)
    assert answer.status_code == 422 and "larger than 1 MB" in answer.text and 'value="Fatima"' in answer.text
    elsewhere = client.post("/manage/programmes/new", data={"name": "x" * 1_100_000})
    assert elsewhere.status_code == 413


def test_a_text_that_nobody_reads_has_no_page(town: Town) -> None:
    client = speaking("en", town.sign_in("coordinator"))
    for unknown in (address("Not on any page"), address(language="xx"), "/manage/recordings/nl/0"):
        assert client.get(unknown).status_code == 404


def test_the_list_of_sounds_is_read_once_for_each_change(
    any_town: Town, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    read = recordings.db.rows
    monkeypatch.setattr(recordings.db, "rows", lambda *given: (asked.append("sounds"), read(*given))[1])
    record(coordinator)
    visitor = sitting(any_town)
    asked.clear()
    for _turn in range(3):
        visitor.send(then="next")
        visitor.go(visitor.address)
    assert asked == []
    record(coordinator, content=sounds.wav(tone=2))
    visitor.go(visitor.address)
    visitor.go(visitor.address)
    assert asked == ["sounds"]


def offered(visitor: Visitor, language: str = "nl") -> str | None:
    """How to go without words is offered: at once, by script, or not at all."""
    button = re.search(rf'<button[^>]*value="{language}:aloud"[^>]*>', visitor.page.text)
    return ("by voice" if "data-by-voice hidden" in button[0] else "at once") if button else None


def test_without_words_is_offered_once_every_screen_is_recorded(town: Town) -> None:
    client = speaking("en", town.sign_in("coordinator"))
    texts = client.get("/manage/recordings/nl").text
    listed = re.findall(r'href="(/manage/recordings/nl/[0-9a-f]{64})"', texts)
    assert len(listed) > 80
    filled = form(client)
    with town.app.app_context():
        code = town.join()[2]
    for place in listed:
        answer = client.post(place, data={**filled, "file": (BytesIO(sounds.wav()), "a.wav")})
        assert answer.status_code == 303
    visitor = Visitor(town, code).enter()
    assert (offered(visitor), offered(visitor, "ar")) == ("at once", "by voice")
    visitor.send(language="nl:aloud")
    unheard: list[str] = []
    visitor.send(take_part="yes")
    while not visitor.address.startswith("/survey/last"):
        unheard += re.findall(r"<span data-listen>([^<]+)<", visitor.page.text.partition("<main")[2])
        visitor.send(then="next")
    assert unheard == []
    client.post(f"{listed[7]}/remove", data=filled)
    assert offered(Visitor(town, code).enter()) == "by voice"


def test_the_way_of_answering_is_kept_with_the_answers(any_town: Town) -> None:
    visitor = sitting(any_town, manner=":aloud")
    assert "participant--aloud" in visitor.page.text
    visitor.send(work_1="3", then="language")

    def modes() -> set[str]:
        with any_town.app.app_context():
            any_town.inside()
            return set(db.session.scalars(select(Response.mode)))

    assert modes() == {"audio"}
    visitor.send(language="nl")
    assert "participant--aloud" not in visitor.page.text and modes() == {"self"}
    visitor.go("/survey/language")
    visitor.send(language="nl:aloud")
    assert "participant--aloud" in visitor.page.text and modes() == {"audio"}


def test_a_programme_can_do_without_until_somebody_answered(any_town: Town, coordinator: FlaskClient) -> None:
    switch = f"/manage/programmes/{any_town.code}/word-free"
    with any_town.app.app_context():
        code = any_town.join()[2]
    coordinator.post(switch, data={**form(coordinator, file=None), "offered": "no"})
    visitor = Visitor(any_town, code).enter()
    assert offered(visitor) is None
    visitor.send(language="nl:aloud")
    assert visitor.page.status_code == 422
    visitor.send(language="nl")
    visitor.send(take_part="yes")
    coordinator.post(switch, data={**form(coordinator, file=None), "offered": "yes"})
    page = coordinator.get(f"/manage/programmes/{any_town.code}").text
    assert "Somebody has answered already" in page
    assert offered(Visitor(any_town, code).enter()) is None
