"""What a file is refused for: every reason at once, each with its line and column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from flask_babel import gettext as _

from survey.fieldwork import Refused

#: Reasons kept for printing. A file of the wrong kind can have millions; those behind are only counted.
MOST_KEPT = 10_000


class Refusal(NamedTuple):
    """One reason; without a line it is about the file, without a column about the whole row."""

    line: int | None
    column: str | None
    reason: str


class NotImported(Refused):
    """The file was refused and nothing changed. `refusals` by line; `total` counts those not kept as well."""

    def __init__(self, refusals: Iterable[Refusal], total: int | None = None) -> None:
        self.refusals = sorted(refusals, key=lambda refusal: refusal.line or 0)
        self.total = len(self.refusals) if total is None else total
        super().__init__(_("Nothing was imported. Reasons: %(count)s.", count=self.total))


class Refusals:
    """Collects reasons, the first for each cell."""

    def __init__(self, first: Iterable[Refusal] = ()) -> None:
        self._kept: dict[tuple[int | None, str | None], Refusal] = {}
        #: Of every line that was refused, kept or not.
        self.lines: set[int | None] = set()
        self._total = 0
        for refusal in first:
            self.add(*refusal)

    def add(self, line: int | None, column: str | None, reason: str) -> None:
        place = (line, column)
        if place in self._kept:
            return
        self._total += 1
        self.lines.add(line)
        if len(self._kept) < MOST_KEPT:
            self._kept[place] = Refusal(line, column, reason)

    @property
    def found(self) -> NotImported | None:
        return NotImported(self._kept.values(), self._total) if self._total else None

    def raise_if_any(self) -> None:
        if self.found:
            raise self.found


def refuse_file(reason: str, line: int | None = None) -> NotImported:
    """The refusal of a file that cannot be read any further."""
    return NotImported([Refusal(line, None, reason)])
