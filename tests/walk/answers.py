"""Answers: what is told in them, what is random in them, and whether somebody was let in who may not be."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from flask.sessions import SecureCookieSessionInterface
from html5lib.html5parser import ParseError
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

from survey.audience import PARTICIPANT
from tests.fixtures.pages import check_headers, check_page
from tests.walk.addresses import may
from tests.walk.towns import Viewer

#: What is random in an answer: tokens and nonces, a sealed search, codes and pseudonyms that are made, the picture of
#: such a code, ids that are new.
RANDOM = re.compile(
    r"""(?<=value=")[\w.-]{60,}(?=") | (?<=/\#)[0-9a-f]{32}\.[\w-]{43}
    | (?<=search=)~[\w-]+ | (?<=nonce[-=]['"])[\w-]+ | (?<=nonce-)[\w-]+ | \b\w{4}-\w{4}-\w{4}\b
    | \b[2-9BCDFGHJKMNPQRSTVWXZ]{6}\b | <svg[^>]*segno.*?</svg> | [0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}""",
    re.VERBOSE | re.DOTALL,
)
#: Names the other municipality of who works for two, whatever was asked.
SWITCH = re.compile(r'<form class="bar-organisations".*?</form>', re.DOTALL)
#: Addresses of files that are the same for everybody who may have them; sounds say questions, never answers.
SAME_FOR_ALL = (
    "/static/", "/survey/sounds/", "/fs-static/", "/dashboard/_dash-component-suites/", "/dashboard/_assets/",
    "/dashboard/_dash-layout", "/dashboard/_dash-dependencies",
)  # fmt: skip
#: Stands where a name stood.
NAME = "\N{BLACK CIRCLE}"


def judge_guard(viewer: Viewer, who: frozenset[str], method: str, answer: TestResponse) -> str | None:
    """Whether somebody was let in who may not, or the other way round."""
    got = (answer.status_code, answer.headers.get("Location", ""))
    if may(viewer, who):
        turned_away = got[0] in (401, 403) or got[0] >= 500
        sent_off = (
            method == "GET"
            and viewer.role not in ("anonymous", "participant")
            and got[1].startswith("/staff/sign-in?")
        )
        return f"may come here and was turned away: {got}" if turned_away or sent_off else None
    if who is PARTICIPANT:
        right = got == (303, "/goodbye/over" if method == "POST" else "/")
    elif viewer.role not in ("anonymous", "participant"):
        right = got[0] == 403
    elif method == "GET":
        right = got[0] == 303 and got[1].startswith("/staff/sign-in?next=")
    else:
        right = got[0] == 401
    return None if right else f"may not come here and was not turned away as such: {got}"


def judge_page(answer: TestResponse) -> str | None:
    """Whether a page of ours is whole and brings no script or style; not where Dash draws, held by hashes."""
    if answer.mimetype != "text/html" or "Location" in answer.headers:
        return None
    try:
        if "sha256-" in answer.headers["Content-Security-Policy"]:
            check_headers(answer)
        else:
            check_page(answer)
    except (AssertionError, ParseError) as problem:
        return f"the page is not as it should be: {problem!r}"
    return None


def judge_kept(way: str, answer: TestResponse) -> str | None:
    """Whether a browser or a proxy may keep what is told to somebody; scripts, styles and fonts of ours it may."""
    kept = answer.headers["Cache-Control"]
    if kept == "no-store" or way.startswith(SAME_FOR_ALL):
        return None
    return f"may be kept: {kept}"


def whole(answer: TestResponse) -> str:
    """All that is told, headers too; also what is packed in a file."""
    body = answer.get_data()
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    return f"{answer.headers}{body.decode('utf-8', 'replace')}"


def seen(viewer: Viewer, answer: TestResponse, names: Iterable[str]) -> tuple[Any, ...]:
    """An answer without what differs by nature: the names that were asked, and what is random."""
    headers = [pair for pair in answer.headers if pair[0] not in ("Set-Cookie", "Content-Length")]
    # A sheet of paper holds codes that were made for it, as letters and as squares.
    told = "" if answer.mimetype == "application/pdf" else SWITCH.sub("", answer.text)
    parts = [str(headers), remembered(viewer, answer), told]
    for name in names:
        parts = [part.replace(quote(name), NAME).replace(name, NAME) for part in parts]
    return answer.status_code, *(RANDOM.sub("", part) for part in parts)


def remembered(viewer: Viewer, answer: TestResponse) -> str:
    """What the session holds from here on, messages to be shown included; nothing where it holds what it held."""
    interface = viewer.app.session_interface
    assert isinstance(interface, SecureCookieSessionInterface)
    serializer = interface.get_signing_serializer(viewer.app)
    assert serializer is not None
    before = _session(serializer, viewer.cookie)
    for cookie in answer.headers.getlist("Set-Cookie"):
        kept = _session(serializer, parse_cookie(cookie).get("telvertel"))
        if kept and kept != before:
            return kept
    return ""


def _session(serializer: Any, cookie: str | None) -> str:
    """Without what is random in it, and without the moment at which something was done last."""
    kept = serializer.loads(cookie) if cookie else {}
    if "staff" in kept:
        kept["staff"] = kept["staff"]["token"]
    return (
        str(sorted((name, str(part)) for name, part in kept.items() if name != "csrf_token")) if kept else ""
    )


def difference(one: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    """The first place where two answers differ."""
    if one[0] != other[0]:
        return f"{one[0]} and {other[0]}"
    for left, right in zip(one[1:], other[1:], strict=True):
        at = next(
            (at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b),
            min(len(left), len(right)),
        )
        if left != right:
            return f"{left[max(0, at - 60) : at + 60]!r} and {right[max(0, at - 60) : at + 60]!r}"
    return "nothing"
