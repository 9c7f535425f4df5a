"""The columns of a caseload file: one table for all, in which each row says what it is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from survey.exchange.columns import heading_refusals, unknown_column
from survey.refusal import Refusal

#: By what a row is of, the columns it may fill besides these two. The order of the file follows from it.
FIRST = ("participant", "what")
OF: dict[str, tuple[str, ...]] = {
    "participant": (
        "date", "until", "ending", "language", "group", "gender", "birth_year", "arrival_year", "household", "home",
        "benefit",
    ),
    "observation": ("kind", "value", "date", "source"),
    "activity": (
        "kind", "activity", "date", "until", "provider", "hours", "hours_per", "outcome", "ending", "number", "became",
    ),
    "note": ("kind", "date", "channel", "minutes", "domains", "labels", "note"),
}  # fmt: skip
COLUMNS = (
    *FIRST, "kind", "activity", "value", "date", "until", "ending", "source", "provider", "hours", "hours_per",
    "outcome", "number", "became", "language", "group", "gender", "birth_year", "arrival_year", "household", "home",
    "benefit", "channel", "minutes", "domains", "labels", "note",
)  # fmt: skip
#: Without which a file tells nothing.
REQUIRED = (*FIRST, "date")


def is_caseload(names: Sequence[str]) -> bool:
    """Whether this heading is one of a caseload; else it is one of responses, which belong to a wave."""
    return "what" in names and "wave" not in names


def can_be_read(names: Sequence[str]) -> bool:
    """Whether rows under this heading mean something, though there may be columns that do not."""
    own = [name for name in names if name in COLUMNS]
    return len(own) == len(set(own)) and set(REQUIRED) <= set(own)


def header_refusals(names: Sequence[str], line: int) -> Iterator[Refusal]:
    return heading_refusals(names, line, COLUMNS, REQUIRED, lambda _name: unknown_column())
