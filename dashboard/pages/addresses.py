"""Where pages stand: /dashboard/, /dashboard/PROGRAMME/ and /dashboard/PROGRAMME/INSTRUMENT/DOMAIN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ROOT = "/dashboard/"


def change_address(release: Mapping[str, Any]) -> str:
    return f"{ROOT}{release['programme']['code']}/"


def domain_address(release: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    return f"{change_address(release)}{entry['instrument']}/{entry['domain']}"


def parse(path: str) -> tuple[str, ...]:
    """The parts of an address below /dashboard/: nothing, a programme, or programme, instrument and domain.

    LookupError for any other number of parts.
    """
    parts = tuple(part for part in path.removeprefix(ROOT).split("/") if part)
    if len(parts) not in (0, 1, 3):
        raise LookupError(path)
    return parts
