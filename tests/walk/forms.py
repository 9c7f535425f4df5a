"""Forms as they stand on a page, filled in by someone who takes the first of everything that is offered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from survey.clock import today
from tests.fixtures.pages import parsed

#: What is typed, by the kind of field; anything else gets a word that can also be a code.
TYPED = {
    "email": "new@colleague.example", "date": today().isoformat(), "number": "3", "tel": "0600000000",
    "password": "a long enough password",
}  # fmt: skip
WORD = "a-new-word"


@dataclass(frozen=True)
class Form:
    """A form with everything filled in, and one of its buttons pressed."""

    method: str
    address: str
    fields: tuple[tuple[str, str], ...]
    #: Names of fields in which anything can be typed.
    typed: tuple[str, ...] = ()
    button: tuple[str, str] | None = None

    @property
    def data(self) -> dict[str, Any]:
        values: dict[str, list[str]] = {}
        for name, value in self.fields:
            values.setdefault(name, []).append(value)
        return dict(values)

    def with_value(self, name: str, value: str) -> dict[str, Any]:
        """With something else typed in one field; and no right password beside it, which would let anyone in."""
        wrong = {field: ["not the password"] for field in self.data if "password" in field}
        return {**self.data, **wrong, name: [value]}


def forms_on(page: str, address: str) -> Iterator[Form]:
    """Every form of a page for each of its buttons: with every box ticked, and with no more than needed."""
    document = parsed(page)
    elements = list(document.iter())
    for form in document.iter("form"):
        inside = list(form.iter())
        # A field may also stand elsewhere and name its form.
        inside += [one for one in elements if form.get("id") and one.get("form") == form.get("id")]
        method = (form.get("method") or "get").upper()
        action = urljoin(address, form.get("action") or address)
        for ticked in (True, False):
            fields, typed = _filled(inside, ticked)
            for button, own_action in _buttons(inside):
                there = urljoin(address, own_action) if own_action else action
                yield Form(method, there, (*fields, *([button] if button else [])), typed, button)


def _filled(elements: list[Any], ticked: bool) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    fields: list[tuple[str, str]] = []
    typed: list[str] = []
    for element in elements:
        name, kind = element.get("name"), _kind(element)
        if not name or name == "csrf_token" or kind in ("submit", "button", "reset", "image"):
            continue
        if element.tag == "select":
            fields.append((name, _chosen(element)))
        elif element.tag == "textarea":
            typed.append(name)
            fields.append((name, (element.text or "").strip() or WORD))
        elif element.tag == "input" and kind == "radio":
            if name not in dict(fields):
                fields.append((name, element.get("value") or "on"))
        elif element.tag == "input" and kind == "checkbox":
            one_of_several = sum(other.get("name") == name for other in elements) > 1
            first = one_of_several and name not in dict(fields)
            if ticked or first or element.get("checked") is not None:
                fields.append((name, element.get("value") or "on"))
        elif element.tag == "input" and kind == "hidden":
            fields.append((name, element.get("value") or ""))
        elif element.tag == "input":
            if kind not in ("password", "number", "date"):
                typed.append(name)
            wanted = kind != "number" or element.get("required") is not None
            fields.append((name, element.get("value") or (_typed(element, kind) if wanted else "")))
    return tuple(fields), tuple(typed)


def _kind(element: Any) -> str:
    """A field of whole numbers is one of text to a browser, which would drop what it takes for none."""
    is_number = element.get("inputmode") == "numeric" and element.get("autocomplete") != "one-time-code"
    return "number" if is_number else (element.get("type") or "text").lower()


def _typed(element: Any, kind: str) -> str:
    earliest = element.get("min") if kind == "date" else None
    too_long = len(WORD) > int(element.get("maxlength") or len(WORD))
    return earliest or ("3" if too_long else TYPED.get(kind, WORD))


def _chosen(select: Any) -> str:
    """What is chosen already, or the first that means something."""
    options = list(select.iter("option"))
    chosen = [option for option in options if option.get("selected") is not None and option.get("value")]
    chosen += [option for option in options if option.get("value")]
    return (chosen[0].get("value") or "") if chosen else ""


def _buttons(elements: list[Any]) -> list[tuple[tuple[str, str] | None, str | None]]:
    """What each sends of its own, and where to if not where its form goes."""
    found = {
        (
            (name, element.get("value") or "") if (name := element.get("name")) else None,
            element.get("formaction"),
        )
        for element in elements
        if (element.tag == "button" and element.get("type") != "button") or element.get("type") == "submit"
    }
    return sorted(found, key=repr) or [(None, None)]
