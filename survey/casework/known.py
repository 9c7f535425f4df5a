"""What a legal term depends on and another part of casework knows: hours by standard kind of activity, and the route.

The part that keeps it says how it is found; as long as none does, nothing is known.

    known.tell(app, "hours", hours_of)     # of a person: {"course": 120.0, ...}
    known.tell(app, "route", route_of)     # of a person: a code of the contracts, or None
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, current_app

from survey.models import Participant


def tell(app: Flask, what: str, found: Callable[[Participant], Any]) -> None:
    app.extensions.setdefault("telvertel_known", {})[what] = found


def _of(person: Participant, what: str) -> Any:
    find = current_app.extensions.get("telvertel_known", {}).get(what)
    return find(person) if find else None


def hours(person: Participant) -> Mapping[str, float]:
    return _of(person, "hours") or {}


def route(person: Participant) -> str | None:
    found: str | None = _of(person, "route")
    return found
