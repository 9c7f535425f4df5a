"""Exporting: the responses of a programme as rows that import reads back without changing anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from tqdm import tqdm

from instruments.scoring import Answer
from survey.codes import RESPONDENTS
from survey.exchange import queries
from survey.exchange.columns import Layout, layout
from survey.exchange.write import Cell, write
from survey.models import Programme


@dataclass(frozen=True)
class Summary:
    """What an export wrote."""

    rows: int
    path: Path


def dump(programme: Programme, format: str, path: Path) -> Summary:
    """Write every response of a programme whose organisation was entered; Refused when it cannot be written.

    Rows are sorted by pseudonym (by the codes of its letters), wave, instrument and respondent, so that equal
    data make equal files on every database.
    """
    frame = layout(programme)
    found = sorted(queries.exported(programme), key=lambda row: _order(row, frame))
    write(path, format, frame.columns, _rows(found, queries.answers(programme), frame))
    return Summary(len(found), path)


def _order(row: Any, frame: Layout) -> tuple[Any, ...]:
    wave, instrument = list(frame.waves).index(row.wave), frame.instruments.index(row.instrument)
    return row.pseudonym, wave, instrument, RESPONDENTS.index(row.respondent)


def _rows(
    found: list[Any], answers: dict[UUID, list[dict[str, Answer]]], frame: Layout
) -> Iterator[list[Cell]]:
    for row in tqdm(found, desc="export", unit=" rows", delay=1, disable=None, leave=False):
        given = queries.together(answers.get(row.id, []))
        yield [*_response(row), *(given.get(item) for item in frame.items), *_facts(row)]


def _response(row: Any) -> list[Cell]:
    return [
        row.pseudonym, row.wave, row.instrument, row.version, row.respondent, row.answered_on.isoformat(),
        row.language, row.mode,
    ]  # fmt: skip


def _facts(row: Any) -> list[Cell]:
    known = [row.group, row.gender, row.birth_year, row.arrival_year, row.household]
    return [*known, row.started_on.isoformat()]
