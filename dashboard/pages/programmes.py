"""The programmes with something to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.outcomes import wording
from dashboard.pages.addresses import programme_address
from dashboard.pages.kicker import started
from dashboard.pages.reader import reader

TEMPLATE = "dashboard/programmes.html"


def context(releases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the template needs: of each release its programme, opening sentence and address."""
    return {"programmes": [_programme(release) for release in releases]}


def _programme(release: Mapping[str, Any]) -> dict[str, Any]:
    this = reader(release)
    return {
        "name": release["programme"]["name"],
        "address": programme_address(release),
        "opening": wording.opening_sentence(release, this.names, this.language),
        "measured": started(release["waves"]["after"]["weeks"] - release["waves"]["before"]["weeks"]),
        "built_on": this.day(release["built_on"]),
    }
