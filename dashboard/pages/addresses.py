"""Where pages stand: /dashboard/, /dashboard/PROGRAMME/, /dashboard/PROGRAMME/PAGE and
/dashboard/PROGRAMME/INSTRUMENT/DOMAIN; a choice on a page is ?by=CHOICE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ROOT = "/dashboard/"
CHOICE = "by"
DOCUMENT = "release.json"


def programme_address(release: Mapping[str, Any]) -> str:
    return f"{ROOT}{release['programme']['code']}/"


def page_address(release: Mapping[str, Any], page: str, choice: str | None = None) -> str:
    return programme_address(release) + page + (f"?{CHOICE}={choice}" if choice else "")


def domain_address(release: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    return f"{programme_address(release)}{entry['instrument']}/{entry['domain']}"


def parse(path: str) -> tuple[str, ...]:
    """The parts of an address below /dashboard/: nothing; a programme; programme and page; or programme, instrument
    and domain.

    LookupError for any other number of parts.
    """
    parts = tuple(part for part in path.removeprefix(ROOT).split("/") if part)
    if len(parts) > 3:
        raise LookupError(path)
    return parts
