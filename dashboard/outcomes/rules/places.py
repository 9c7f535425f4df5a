"""What every check needs: where things stand in a release, and how far its numbers may be off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Document = dict[str, Any]
Problems = Iterator[str]

#: How far apart two things may lie when each was rounded to one decimal, with room for binary fractions.
ROUNDED = 0.05
SLACK = 1e-9
#: How far a count in fives may be above and below what it stands for; see release.counting.
ABOVE, BELOW = 2, 4


def scales(release: Mapping[str, Any]) -> dict[tuple[str, str], Document]:
    """The domains of a release by instrument and code."""
    return {
        (instrument["key"], domain["code"]): domain
        for instrument in release["instruments"]
        for domain in instrument["domains"]
    }


def name(entry: Mapping[str, Any]) -> str:
    return f"{entry['instrument']}/{entry['domain']}"


def close(one: float, other: float, tolerance: float) -> bool:
    return abs(one - other) <= tolerance + SLACK


def too_few(count: int, least: int) -> bool:
    """Whether a count as it is written can only stand for fewer."""
    return count + BELOW < least


def newest(release: Mapping[str, Any]) -> int:
    """The release for which a cohort was last frozen."""
    return max((cohort["release"] for cohort in release["population"]["cohorts"]), default=0)


def told(entries: list[Document]) -> list[Document]:
    """Those that carry numbers."""
    return [entry for entry in entries if entry["pairs"] is not None]
