"""The forms on a page, as a respondent's browser would send them."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache

FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
FIELD = re.compile(r"<(input|button|textarea)\b([^>]*)>")
ATTRIBUTE = re.compile(r"([\w-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")
#: A value against forgery differs from respondent to respondent; all else on a page is read only once.
TOKEN = re.compile(r'name="csrf_token"[^>]*?value="([^"]*)"')
MARK = "token-of-this-respondent"


@dataclass(frozen=True)
class Form:
    method: str
    action: str
    #: Hidden and text fields, and the button that a person presses first.
    values: dict[str, str]
    #: Radio buttons: the values of each group.
    choices: dict[str, tuple[str, ...]]


def forms_on(page: str) -> list[Form]:
    token = TOKEN.search(page)
    if token is None:
        return list(_read(page))
    forms = _read(page.replace(token[1], MARK))
    return [
        Form(form.method, form.action, _with_token(form.values, html.unescape(token[1])), form.choices)
        for form in forms
    ]


def _with_token(values: dict[str, str], token: str) -> dict[str, str]:
    return {name: token if value == MARK else value for name, value in values.items()}


@lru_cache(maxsize=1000)
def _read(page: str) -> tuple[Form, ...]:
    return tuple(_form(_attributes(found[1]), found[2]) for found in FORM.finditer(page))


def _form(attributes: dict[str, str], inside: str) -> Form:
    values: dict[str, str] = {}
    choices: dict[str, list[str]] = {}
    pressed = False
    for field in FIELD.finditer(inside):
        tag, found = field[1], _attributes(field[2])
        name, value = found.get("name"), found.get("value", "")
        kind = found.get("type", "submit" if tag == "button" else "text").lower()
        if not name or "disabled" in found or kind == "checkbox":
            continue
        if kind == "radio":
            choices.setdefault(name, []).append(value)
        elif kind != "submit":
            values[name] = value
        elif not pressed:
            values[name], pressed = value, True
    offered = {name: tuple(found) for name, found in choices.items()}
    return Form(attributes.get("method", "get").lower(), attributes.get("action", ""), values, offered)


def _attributes(text: str) -> dict[str, str]:
    found = ATTRIBUTE.findall(text)
    return {name.lower(): html.unescape(double or single or bare) for name, double, single, bare in found}
