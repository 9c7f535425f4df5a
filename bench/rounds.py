"""Rounds of measuring, and how their figures are written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """One line of the result: what was measured, on both sides, and what was to be reached."""

    what: str
    telvertel: str
    limit: str
    ratio: str
    floor: str = ""


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Median, and lowest to highest when there is more than one."""
    middle = f"{median(values):.{digits}f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def ratio(ours: Sequence[float], limit: Sequence[float]) -> str:
    """Per round, for rounds lie apart more than their two sides do."""
    return spread([mine / theirs for mine, theirs in zip(ours, limit, strict=True)]) + "×"


def percentile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


def table(rows: Sequence[Row]) -> str:
    lines = ["| what | Telvertel | limit beside it | ratio | floor |", "|---|---|---|---|---|"]
    lines += [f"| {row.what} | {row.telvertel} | {row.limit} | {row.ratio} | {row.floor} |" for row in rows]
    return "\n".join(lines)
