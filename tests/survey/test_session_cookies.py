"""What a signed cookie holds is read once and remembered; that must never show."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from flask import Flask, flash, get_flashed_messages, session

from survey.clock import now


def cookie(app: Flask, **content: object) -> str:
    """A session of ours, as a browser keeps it."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # of signed ones
    return str(serializer.dumps(content))


def headers(app: Flask, value: str) -> dict[str, str]:
    return {"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={value}"}


def test_each_request_has_its_own(app: Flask) -> None:
    """The same cookie twice: what one request does to its session, the other does not see."""
    kept = headers(app, cookie(app, visit={"code": "c", "spoken": ["nl", "", ""]}, _flashes=[]))
    with app.test_request_context(headers=kept):
        flash("said to one")
        session["visit"]["spoken"].append("changed")
        session["visit"]["token"] = "t"
        session["other"] = 1
        assert get_flashed_messages() == ["said to one"]
    with app.test_request_context(headers=kept):
        assert get_flashed_messages() == []
        assert dict(session) == {"visit": {"code": "c", "spoken": ["nl", "", ""]}}


def test_reading_changes_nothing(app: Flask) -> None:
    with app.test_request_context(headers=headers(app, cookie(app, visit={"code": "c"}))):
        assert session["visit"] == {"code": "c"} and not session.modified and not session.new


def test_what_we_did_not_sign_is_nobodys(app: Flask) -> None:
    kept = cookie(app, visit={"code": "c"})
    for changed in (kept[:-2] + "xx", "x" + kept, kept[:9], "") * 2:
        with app.test_request_context(headers=headers(app, changed)):
            assert dict(session) == {}
    with app.test_request_context(headers=headers(app, kept)):
        assert session["visit"] == {"code": "c"}


def test_it_ends_though_it_is_remembered(app: Flask) -> None:
    kept = headers(app, cookie(app, visit={"code": "c"}))
    for passed, holds in ((0, True), (11, True), (13, False), (1, True)):
        with (
            time_machine.travel(now() + timedelta(hours=passed), tick=False),
            app.test_request_context(headers=kept),
        ):
            assert ("visit" in session) == holds, passed
