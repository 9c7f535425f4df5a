"""Reads SQL on its way to the database: which tables it names, and what each of them is held to.

The criterion of `survey.tenancy` is put in by SQLAlchemy, which knows its models but not, say, a plain table
in a join or a piece of text. So the finished statement is read once more and counted: a table that is not
held is one too many. The SQL is SQLAlchemy's own and has one form; what is not understood counts as not held.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any
from uuid import UUID

TOKEN = re.compile(r"""'(?:[^']|'')*' | "[^"]*" | %\([^)]+\)s | \w+ | \S""", re.VERBOSE)
#: Where the value of a placeholder stands: by position (SQLite) or by name (PostgreSQL).
Key = int | str
Values = Sequence[Any] | Mapping[str, Any]


@dataclass(frozen=True)
class Statement:
    """What a statement says about some tables and columns."""

    #: Its first word, in small letters like all names.
    verb: str
    #: For each time a table is named: the table, and what it is called from there on.
    named: tuple[tuple[str, str], ...]
    #: A table that only gets new rows, also the first of `named`; None for other statements.
    into: str | None
    #: For each `name.column = placeholder`: name, column, and where the value is.
    compared: tuple[tuple[str, str, Key], ...]
    #: For each value a column gets, by SET or in new rows: column, and where the value is (None: no placeholder).
    assigned: tuple[tuple[str, Key | None], ...]

    @property
    def tables(self) -> set[str]:
        return {table for table, _ in self.named}

    def not_held(self, columns: Mapping[str, str], values: Values, owner: UUID) -> str | None:
        """A table that is read or changed without its column being held to this owner; None if there is none.

        columns: for each table the column that tells whose a row is.
        """
        needed = Counter(self.named[1:] if self.into else self.named)
        held = Counter((name, column) for name, column, key in self.compared if _is(values, key, owner))
        loose = (table for (table, name), times in needed.items() if held[name, columns[table]] < times)
        return next(loose, None)

    def gives_away(self, column: str, values: Values, owner: UUID) -> bool:
        """Whether the column that tells whose a row is gets another value than this owner."""
        keys = [key for name, key in self.assigned if name == column]
        return any(key is None or not _is(values, key, owner) for key in keys)


def _is(values: Values, key: Key, owner: UUID) -> bool:
    value = values[key]  # type: ignore[index]  # positions come with sequences, names with mappings
    return value in (owner, owner.hex)  # SQLite keeps a UUID as 32 hexadecimal digits


@lru_cache(maxsize=4096)
def read(sql: str, tables: tuple[str, ...], columns: tuple[str, ...]) -> Statement:
    """Find these tables and columns in a statement; every text is read once."""
    words = [_word(token) for token in TOKEN.findall(sql)]
    keys = _placeholders(words)
    compared, assigned = [], []
    for place, word in enumerate(words):
        if word not in columns or words[place + 1 : place + 2] != ["="]:
            continue
        key = keys.get(place + 2)
        if words[place - 1] != ".":
            assigned.append((word, key))
        elif key is not None:
            compared.append((words[place - 2], word, key))
    assigned += _inserted(words, columns, keys)
    named = tuple(_named(words, place) for place in range(len(words)) if _names_table(words, place, tables))
    return Statement(words[0], named, _only_gets_rows(words, tables), tuple(compared), tuple(assigned))


def _word(token: str) -> str:
    """Databases do not mind how a name or keyword is written; the name of a value they do."""
    return token if token.startswith("%(") else token.strip('"').lower()


def _placeholders(words: list[str]) -> dict[int, Key]:
    """Where each placeholder stands -> where its value is."""
    positions = [place for place, word in enumerate(words) if word == "?"]
    keys: dict[int, Key] = {place: position for position, place in enumerate(positions)}
    return keys | {place: word[2:-2] for place, word in enumerate(words) if word.startswith("%(")}


def _names_table(words: list[str], place: int, tables: tuple[str, ...]) -> bool:
    """Not `table.column`, not `... AS table`, and not `FOR UPDATE OF table`."""
    followed_by = words[place + 1 : place + 2]
    return words[place] in tables and followed_by != ["."] and words[place - 1] not in ("as", "of")


def _named(words: list[str], place: int) -> tuple[str, str]:
    has_alias = words[place + 1 : place + 2] == ["as"]
    return words[place], words[place + 2] if has_alias else words[place]


def _only_gets_rows(words: list[str], tables: tuple[str, ...]) -> str | None:
    """The table of an INSERT, unless it also updates rows that were there."""
    updates = any(pair == ("do", "update") for pair in pairwise(words))
    inserts = words[:2] == ["insert", "into"]
    return words[2] if inserts and not updates and words[2] in tables else None


def _inserted(
    words: list[str], columns: tuple[str, ...], keys: dict[int, Key]
) -> list[tuple[str, Key | None]]:
    """What new rows get in these columns: INSERT INTO table (column, ...) VALUES (value, ...), (value, ...)."""
    if words[0] != "insert" or words[3:4] != ["("]:
        return []
    end = words.index(")")
    names = words[4:end:2]
    rows = _rows(words, end + 2) if words[end + 1] == "values" else [[-1] * len(names)]
    return [
        (name, keys.get(place))
        for row in rows
        for name, place in zip(names, row, strict=True)
        if name in columns
    ]


def _rows(words: list[str], place: int) -> list[list[int]]:
    """Where each value of each row begins; rows in brackets, beginning at this place."""
    rows: list[list[int]] = []
    depth = 0
    while depth or words[place : place + 1] == ["("] or words[place : place + 1] == [","]:
        if words[place] == "(":
            depth += 1
            if depth == 1:
                rows.append([place + 1])
        elif words[place] == ")":
            depth -= 1
        elif words[place] == "," and depth == 1:
            rows[-1].append(place + 1)
        place += 1
    return rows
