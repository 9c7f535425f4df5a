"""Several names in one cell: `work;language`, and `"a bus; at night"` where a name holds what stands between names.

A name in quotation marks is always one of the organisation's own, also if it is spelled like a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from flask_babel import gettext as _

from survey.exchange.cells import Unfit

ONE = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^";]*))\s*(;|$)')


class Name(NamedTuple):
    text: str
    is_own: bool


def read(text: str) -> tuple[Name, ...]:
    """In the order of the cell, each once."""
    names: list[Name] = []
    place = 0
    while place < len(text):
        found = ONE.match(text, place)
        if found is None:
            raise Unfit(_("Put ; between names, and quotation marks around a name that holds one of these."))
        name = (
            Name(found[1].replace('""', '"'), True) if found[1] is not None else Name(found[2].strip(), False)
        )
        if name.text and name not in names:
            names.append(name)
        place = found.end()
    return tuple(names)


def write(names: Iterable[Name]) -> str:
    return ";".join(_written(name) for name in names)


def _written(name: Name) -> str:
    return '"' + name.text.replace('"', '""') + '"' if name.is_own else name.text
