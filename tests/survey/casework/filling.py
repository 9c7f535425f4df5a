"""Fill in a form of a page and send it, as a browser would: only fields that are there, and the token."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.fixtures.pages import parsed


def document(page: TestResponse) -> Element:
    tree: Element = parsed(page.get_data(as_text=True))
    return tree


def text(page: TestResponse) -> str:
    """What a person reads on the page, without the frame."""
    found = document(page).find(".//main")
    assert found is not None
    return " ".join("".join(found.itertext()).split())


def differing(page: TestResponse) -> dict[str, tuple[str, str]]:
    """Where something else is kept than was typed: of each question that differs what is kept, and what was typed."""
    assert page.status_code == 409
    told = ("somebody else changed this meanwhile", "this is there already, with other answers")
    assert any(f": {reason}" in text(page) for reason in told)
    tree = document(page)
    rows = [row for row in tree.iter("tr") if row.get("class") == "differs"]
    ways = [_read(way) for kind in ("a", "button") for way in tree.iter(kind)]
    assert bool(rows) == ("Leave it as it is now" in ways)
    return {_read(row[0]).removesuffix(" Differs"): (_read(row[1]), _read(row[2])) for row in rows}


def _read(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def submit(
    client: FlaskClient, url: str, action: str = "", button: tuple[str, str] | None = None, **filled: Any
) -> TestResponse:
    """Open `url`, fill in the form posting to `action` (the page itself if empty) and send it."""
    page = client.get(url)
    assert page.status_code == 200, page.status_code
    return send(client, page, urljoin(url, action), button, **filled)


def send(
    client: FlaskClient, page: TestResponse, target: str, button: tuple[str, str] | None = None, **filled: Any
) -> TestResponse:
    sent = fields(_form(page, target))
    for name, value in filled.items():
        assert name in sent or _offers(page, name), f"the form has no field {name}"
        sent.setlist(name, value if isinstance(value, list) else [value])
    if button:
        sent.add(*button)
    return client.post(target, data=sent)


def _form(page: TestResponse, target: str) -> Element:
    """The form that goes there, or has a button of its own that does."""
    here = page.request.path
    for form in document(page).iter("form"):
        own = [form.get("action") or here, *(button.get("formaction") for button in form.iter("button"))]
        actions = [urljoin(here, action).partition("?")[0] for action in own if action]
        if form.get("method") == "post" and target.partition("?")[0] in actions:
            return form
    raise AssertionError(f"there is no form to {target} on {here}")


def _offers(page: TestResponse, name: str) -> bool:
    return any(
        field.get("name") == name for field in document(page).iter() if field.tag in ("input", "select")
    )


def fields(form: Element) -> MultiDict[str, str]:
    """What its browser would send of it, as it stands."""
    sent: MultiDict[str, str] = MultiDict()
    for field in form.iter():
        name = field.get("name")
        if not name:
            continue
        if field.tag == "textarea":
            sent.add(name, field.text or "")
        elif field.tag == "select":
            options = list(field.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None] or options[:1]
            sent.add(name, chosen[0].get("value") or "" if chosen else "")
        elif field.tag == "input" and _is_sent(field):
            sent.add(name, field.get("value") or "")
    return sent


def _is_sent(field: Element) -> bool:
    return field.get("type") not in ("checkbox", "radio") or field.get("checked") is not None


def assert_strict(page: TestResponse) -> None:
    """Nothing on the page needs more than the strict policy gives: no style, script or handler inside it."""
    for element in document(page).iter():
        assert element.tag != "style"
        assert element.tag != "script" or (element.get("src") and not element.text)
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")], element.tag
