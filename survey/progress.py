"""How far a command is: a bar on stderr, on a terminal, once it takes over a second."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from flask_babel import gettext as _
from tqdm import tqdm

Row = TypeVar("Row")


def progress(rows: Iterable[Row], doing: str, total: int | None = None) -> Iterable[Row]:
    return tqdm(rows, desc=doing, total=total, unit=" " + _("rows"), delay=1, disable=None, leave=False)
