"""Anything at all in every form and every address, by people in every role: never a fault of ours, nothing typed lost.

Short here; `make fuzz` searches far longer.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from tests.bad_input.nasty import texts
from tests.bad_input.sending import NOT_KEPT, as_words, check, send_form, sendable, senders, shown_in
from tests.walk import callbacks
from tests.walk.addresses import Way, all_ways
from tests.walk.forms import Form
from tests.walk.towns import Viewer
from tests.walk.walk import Walk

# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated"),
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
]
anything = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
#: Chooses one of a list whose length is known only when there is an application.
places = st.integers(0, 10**6)


def some_form(walk: Walk, place: int) -> tuple[Way, Form, Viewer]:
    found = [
        (way, form, viewer)
        for way, forms in sorted(walk.map.forms.items(), key=lambda pair: pair[0])
        for form in forms
        for viewer in senders(walk, way)
    ]
    return found[place % len(found)]


@anything
@given(places, st.dictionaries(places, texts, min_size=1, max_size=4))
def test_any_form(walk: Walk, place: int, typed: dict[int, str]) -> None:
    """One field or more gets anything; a form that comes back holds what was typed."""
    way, form, viewer = some_form(walk, place)
    names = sorted({name for name, _ in form.fields}) or ["nothing"]
    changed = {names[at % len(names)]: text for at, text in typed.items()}
    fields = [(name, changed.get(name, value)) for name, value in form.fields]
    answer = check(walk, lambda: send_form(viewer, form, fields))
    event(f"{way.method} {way.rule}: {answer.status_code}")
    if answer.status_code == 422 and answer.mimetype == "text/html":
        shown = shown_in(answer.text)
        for name in set(form.typed) & shown.keys():
            if (way.rule, name) not in NOT_KEPT:
                assert as_words(shown[name]) == as_words(dict(fields)[name]), name


@anything
@given(places, st.lists(st.tuples(places | texts, texts), max_size=6))
def test_any_fields(walk: Walk, place: int, sent: list[tuple[int | str, str]]) -> None:
    """Fields that the form does not have, twice the same, lists in place of one, none at all."""
    _, form, viewer = some_form(walk, place)
    names = [*sorted({name for name, _ in form.fields}), "id", "organisation_id", "is_admin"]
    fields = [(names[at % len(names)] if isinstance(at, int) else at, text) for at, text in sent]
    check(walk, lambda: send_form(viewer, form, fields))


WAYS = all_ways()
ASKED = ("language", "page", "next", "search", "programme", "saved")
HEADERS = (
    "Accept-Language", "Cookie", "Origin", "Referer", "X-HTTP-Method-Override", "X-Forwarded-Proto", "Range",
    "If-None-Match", "If-Modified-Since", "Accept", "Accept-Encoding", "Content-Type", "Authorization",
)  # fmt: skip
header_values = texts.filter(lambda text: text.isprintable() and text.isascii())


@anything
@given(
    st.sampled_from(WAYS), places, st.lists(texts, min_size=4, max_size=4),
    st.dictionaries(st.sampled_from(ASKED), texts, max_size=2),
    st.dictionaries(st.sampled_from(HEADERS), header_values, max_size=2),
)  # fmt: skip
def test_any_address(
    walk: Walk, way: Way, place: int, parts: list[str], asked: dict[str, str], headers: dict[str, str]
) -> None:
    """Every rule with anything where an argument stands, anything asked behind it, and any header."""
    given = iter(parts)
    path = "/".join(
        quote(sendable(next(given)), safe="") if "<" in part else part for part in way.rule.split("/")
    )
    viewer = walk.viewers[place % len(walk.viewers)]
    client = viewer.app.test_client()
    client.set_cookie("telvertel", viewer.cookie)
    check(
        walk,
        lambda: client.open(
            path, method=way.method, headers=Headers(headers), buffered=True,
            query_string=urlencode({name: sendable(value) for name, value in asked.items()}),
            data=None if way.method == "GET" else {"csrf_token": viewer.token},
        ),
    )  # fmt: skip


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@anything
@given(texts, st.dictionaries(places, json_values, max_size=2), st.none() | json_values)
def test_any_callback(walk: Walk, value: str, changed: dict[int, Any], instead: Any) -> None:
    """What Dash is asked: a right request with anything in its place, or anything at all."""
    (callback, *_) = callbacks.of(walk.app)
    body = next(callback.asked([value]))
    keys = sorted(body)
    body |= {keys[at % len(keys)]: other for at, other in changed.items()}
    viewer = next(viewer for viewer in walk.viewers if viewer.role == "councillor")
    check(walk, lambda: viewer.ask("POST", callback.address, json=body if instead is None else instead))
