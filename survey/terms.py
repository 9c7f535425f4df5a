"""Legal terms: dated rules in data (terms.toml), what staff call them, and whom they apply to.

They say when a day comes, never what follows from it.
"""

from __future__ import annotations

import tomllib
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _

FILE = Path(__file__).with_suffix(".toml")
NAMES = {
    "plan": _("Plan (PIP) is ready"),
    "civic_integration": _("Civic integration is done"),
    "route_switch": _("Other learning route possible"),
    "participation_statement": _("Participation statement (PVT)"),
    "labour_market": _("Work and participation module (MAP)"),
    "self_reliance": _("Self-reliance route (Z-route)"),
    "relief": _("Financial relief (ontzorgen)"),
}
STARTS = {
    "registration": _("Registered in the municipality (BRP) on"),
    "plan": _("Day of the plan (PIP)"),
    "notice": _("Day of the letter from DUO"),
    "benefit": _("First benefit paid on"),
}
#: What people call a code of survey.codes.EXTENSION_REASONS.
EXTENSION_REASON_NAMES = {
    "learning_to_read": _("Learns to read and write first"),
    "no_place": _("No place on a course in time"),
    "effort": _("Has done enough, and is nearly there"),
    "circumstances": _("Special circumstances"),
    "other": _("Other"),
}


@dataclass(frozen=True)
class Rule:
    code: str
    groups: tuple[str, ...]
    valid_from: date
    starts: str
    source: str
    valid_until: date = date.max
    route: str | None = None
    weeks: int = 0
    months: int = 0
    hours: int | None = None
    #: Standard kinds of activities whose hours count.
    counts: tuple[str, ...] = ()

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_until

    def ends(self, started_on: date) -> date:
        """The last day, for who started then: of a shorter month, its last."""
        months = started_on.year * 12 + started_on.month - 1 + self.months
        year, month = divmod(months, 12)
        day = min(started_on.day, monthrange(year, month + 1)[1])
        return date(year, month + 1, day) + timedelta(weeks=self.weeks)


@cache
def rules() -> tuple[Rule, ...]:
    found = tomllib.loads(FILE.read_text("utf-8"))["rule"]
    return tuple(_rule(one) for one in found)


def _rule(given: dict[str, Any]) -> Rule:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    return Rule(**values)


def of_group(group: str | None, route: str | None) -> dict[str, list[Rule]]:
    """By code, the rules that can hold for somebody of this group and route."""
    found: dict[str, list[Rule]] = {}
    for rule in rules():
        if group in rule.groups and rule.route in (None, route):
            found.setdefault(rule.code, []).append(rule)
    return found


def needs_route(group: str | None) -> bool:
    """Whether there is a term for this group that depends on the route."""
    return any(group in rule.groups and rule.route for rule in rules())


def holding(candidates: list[Rule], started_on: date) -> Rule | None:
    return next((rule for rule in candidates if rule.holds_on(started_on)), None)
