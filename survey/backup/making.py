"""Making a backup: one snapshot of the database and the other files, in one sealed file that is there whole or not."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Connection

from survey import on_disk, schema
from survey.backup import envelope, folder, tables
from survey.backup.snapshot import snapshot
from survey.clock import now
from survey.database import db
from survey.fieldwork import Refused
from survey.privacy import audit
from survey.privacy.fields import key_ring
from survey.progress import progress
from survey.settings import Settings

#: Of what stands inside the envelope: lines of JSON, compressed. Objects begin a table or a file; rows are lists.
FORMAT = 1
#: Bytes of a file in one line.
PIECE = 512 * 1024


@dataclass(frozen=True)
class Made:
    rows: int
    tables: int
    files: int
    size: int


def backup(path: Path) -> Made:
    """Write everything to this file; an ordinary file that is there is replaced. Wants an application context."""
    on_disk.check_place(path)
    if schema.current(db.engine) is None:
        raise Refused(_("There is no database to back up."))
    manifest: dict[str, Any] = {}
    with snapshot() as connection:
        _write(path, pack(content(connection, manifest)))
    if schema.current(db.engine) == schema.newest():
        audit.record_everywhere("backup.made")
    rows = sum(table["rows"] for table in manifest["tables"].values())
    return Made(rows, len(manifest["tables"]), len(manifest["files"]), path.stat().st_size)


def content(connection: Connection, manifest: dict[str, Any]) -> Iterator[bytes]:
    """The lines of a backup; when all were taken, `manifest` says what they held."""
    yield line(_header(connection))
    shapes = tables.shapes(connection)
    total = sum(tables.count(connection, shape) for shape in shapes)
    manifest |= {"tables": {}, "files": {}}
    yield from progress(_rows(connection, shapes, manifest["tables"]), _("Backing up"), total)
    yield from _files(manifest["files"])
    yield line({"manifest": manifest})


def _header(connection: Connection) -> dict[str, Any]:
    return {
        "telvertel": version("telvertel"), "format": FORMAT, "schema": schema.current(db.engine),
        "database": connection.dialect.name, "made_at": now().isoformat(timespec="seconds"),
    }  # fmt: skip


def _rows(connection: Connection, shapes: list[tables.Shape], result: dict[str, Any]) -> Iterator[bytes]:
    for shape in shapes:
        yield line({"table": shape.name, "columns": shape.columns, "key": shape.key})
        tally = tables.Tally()
        for row in tables.lines(connection, shape):
            tally.add(row)
            yield row
        result[shape.name] = tally.result


def _files(result: dict[str, Any]) -> Iterator[bytes]:
    settings: Settings = current_app.extensions["telvertel_settings"]
    for inside in folder.files(settings, key_ring()):
        name, whole = inside.as_posix(), hashlib.sha256()
        yield line({"file": name})
        with (settings.data / inside).open("rb") as file:
            while piece := file.read(PIECE):
                whole.update(piece)
                yield line(base64.b64encode(piece).decode())
            result[name] = {"bytes": file.tell(), "sha256": whole.hexdigest()}


def line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def pack(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Compressed and sealed."""
    return envelope.seal(_compressed(lines), key_ring())


def _compressed(lines: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj()
    for one in lines:
        yield packer.compress(one)
    yield packer.flush()


def _write(path: Path, parts: Iterable[bytes]) -> None:
    try:
        on_disk.replace(path, parts)
    except OSError as problem:
        raise Refused(_("%(path)s cannot be written: %(why)s.", path=path, why=problem.strerror)) from None
