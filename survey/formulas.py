"""Text that a spreadsheet would take for a formula: CSV marks it with an apostrophe, which import takes off.

A CSV cell has no type, so a spreadsheet evaluates a cell that begins with one of STARTERS. One that expects
another separator than ours also cuts the cell there and evaluates the rest of it, so every piece is marked.
Escaping has an exact inverse: one apostrophe more at each place, one less.
"""

from __future__ import annotations

import re

STARTERS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
SEPARATORS = r',;|\t\r\n"'
PLACE = re.compile(rf"(?:^|(?<=[{SEPARATORS}]))([^\S\t\r\n]*)('*)(?=[{STARTERS}])")


def escape(text: str) -> str:
    return PLACE.sub(r"\1'\2", text)


def is_formula(text: str) -> bool:
    """Whether some piece of the text would be evaluated as it stands."""
    return any(not place[2] for place in PLACE.finditer(text))


def unescape(text: str) -> str:
    """What `escape` was given; only for a text that `is_formula` denies."""
    return PLACE.sub(lambda place: place[1] + place[2][1:], text)
