"""Sending what nobody should send, and what must hold of every answer."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import urlencode

import html5lib
from werkzeug.test import TestResponse

from survey.reviewing.views import LANGUAGE
from tests.walk.addresses import Way, audience_of, may
from tests.walk.forms import Form
from tests.walk.towns import Viewer
from tests.walk.walk import Walk

#: Seconds after which something hangs, on a machine that does other things as well.
PATIENCE = 20
#: Not shown again, and why.
NOT_KEPT = {
    ("/", "code"): "the next person at the tablet must not see a code",
    (f"/reviewing/{LANGUAGE}/propose", "file"): "a browser fills in no file",
    ("/manage/recordings/<language>/<text_hash>", "file"): "a browser fills in no file",
    ("/casework/load/", "file"): "a browser fills in no file",
    ("/staff/invitation/", "token"): "what opens an account is not shown on a screen",
}
#: In an address.
HALF = re.compile("%ED%[AB][0-9A-F]%[89AB][0-9A-F]")


def sendable(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def check(walk: Walk, send: Callable[[], TestResponse]) -> TestResponse:
    began = time.monotonic()
    version = walk.database.version()
    answer = send()
    if walk.database.version() != version:
        walk.database.restore()
    assert answer.status_code < 500, answer.get_data()[:500]
    assert b"Traceback" not in answer.get_data()
    assert time.monotonic() - began < PATIENCE
    return answer


def send_form(viewer: Viewer, form: Form, fields: list[tuple[str, str]]) -> TestResponse:
    body = urlencode([(sendable(name), sendable(value)) for name, value in fields])
    client = viewer.app.test_client()
    client.set_cookie("telvertel", viewer.cookie)
    if form.method == "GET":
        return client.get(f"{form.address}?{body}", buffered=True)
    body += "&" + urlencode({"csrf_token": viewer.token})
    kind = "application/x-www-form-urlencoded"
    return client.post(form.address, data=body, content_type=kind, buffered=True)


def shown_in(page: str) -> dict[str, str]:
    """What stands in the fields of a page."""
    document = html5lib.parse(page, namespaceHTMLElements=False)
    fields = {field.get("name"): field.text or "" for field in document.iter("textarea")}
    return fields | {field.get("name"): field.get("value") or "" for field in document.iter("input")}


def as_words(text: str) -> list[str]:
    """What a person would miss: without what cannot be seen, and however spaces stand.

    Half a character of UTF-16 is no text, so it comes back from an address as it was written there.
    """
    typed = unicodedata.normalize("NFC", unescape(HALF.sub("", text)))
    return "".join(c for c in typed if c.isprintable() or c.isspace()).split()


def senders(walk: Walk, way: Way) -> list[Viewer]:
    """One of each role of the first municipality who may send this."""
    who = audience_of(walk.app, way)
    own = [viewer for viewer in walk.viewers if viewer.town is None or viewer.town is walk.towns[0]]
    return [viewer for viewer in own if may(viewer, who) and not viewer.also]


def fields_on_forms(walk: Walk) -> Iterator[tuple[Way, Form, Viewer, str]]:
    """Every field of every form once, with somebody who may fill it in."""
    for way, forms in sorted(walk.map.forms.items()):
        seen: set[str] = set()
        for form in forms:
            for name in dict(form.fields).keys() - seen:
                seen.add(name)
                yield from ((way, form, viewer, name) for viewer in senders(walk, way)[:1])
