"""Reading a backup: what stands in it, piece by piece; and whether all of it is as it was made."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from flask_babel import gettext as _

from survey.backup import envelope, making, tables
from survey.backup.tables import Shape, Tally
from survey.fieldwork import Refused
from survey.privacy.keys import KeyRing
from survey.progress import progress


@dataclass(frozen=True)
class Header:
    program: str
    schema: str
    made_at: str


@dataclass(frozen=True)
class Row:
    values: list[Any]
    line: bytes


@dataclass(frozen=True)
class FileBegins:
    name: PurePosixPath


@dataclass(frozen=True)
class Piece:
    content: bytes


@dataclass(frozen=True)
class Manifest:
    tables: dict[str, dict[str, Any]]
    files: dict[str, dict[str, Any]]


Part = Header | Shape | Row | FileBegins | Piece | Manifest


@dataclass(frozen=True)
class Verified:
    """A backup that was read from beginning to end, and is whole."""

    path: Path
    header: Header
    manifest: Manifest

    @property
    def rows(self) -> int:
        return sum(table["rows"] for table in self.manifest.tables.values())


def verify(path: Path, ring: KeyRing) -> Verified:
    """Read all of it, changing nothing. Refused, with the reason, if it cannot be restored."""
    found: dict[str, Any] = {"tables": {}, "files": {}}
    header = manifest = None
    tally: Tally | None = None
    for part in progress(parts(path, ring), _("Verifying")):
        match part:
            case Header():
                header = part
            case Shape(name):
                tally = Tally()
                found["tables"][name] = tally
            case Row(line=line) if tally is not None:
                tally.add(line)
            case FileBegins(name):
                whole, size = hashlib.sha256(), 0
                found["files"][str(name)] = (0, whole)
            case Piece(content):
                size += len(content)
                whole.update(content)
                found["files"][str(name)] = (size, whole)
            case Manifest():
                manifest = part
    tables_found = {name: tally.result for name, tally in found["tables"].items()}
    files_found = {
        name: {"bytes": size, "sha256": whole.hexdigest()} for name, (size, whole) in found["files"].items()
    }
    if header is None or manifest != Manifest(tables_found, files_found):
        raise envelope.damaged()
    return Verified(path, header, manifest)


def parts(path: Path, ring: KeyRing) -> Iterator[Part]:
    """What stands in a backup, in order. Refused when it is not one, or was changed."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(_lines(_unpacked(envelope.unseal(file, ring)))):
                part = _part(json.loads(line), line)
                if isinstance(part, Header) != (number == 0):
                    raise envelope.damaged()
                yield part
    except OSError as problem:
        raise Refused(_("%(path)s cannot be read: %(why)s.", path=path, why=problem.strerror)) from None
    except (ValueError, KeyError, TypeError, zlib.error):
        raise envelope.damaged() from None


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    for piece in pieces:
        yield unpacker.decompress(piece)
    yield unpacker.flush()
    if not unpacker.eof:
        raise envelope.damaged()


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    waiting = b""
    for piece in pieces:
        *whole, waiting = (waiting + piece).split(b"\n")
        for line in whole:
            yield line + b"\n"
    if waiting:
        raise envelope.damaged()


def _part(value: Any, line: bytes) -> Part:
    if isinstance(value, list):
        return Row(value, line)
    if isinstance(value, str):
        return Piece(base64.b64decode(value, validate=True))
    if "telvertel" in value:
        return _header(value)
    if "table" in value:
        unknown = set(value["columns"].values()) - set(tables.KINDS)
        if unknown:
            raise envelope.damaged()
        return Shape(value["table"], value["columns"], tuple(value["key"]))
    if "file" in value:
        name = PurePosixPath(value["file"])
        if name.is_absolute() or ".." in name.parts or not name.parts:
            raise envelope.damaged()
        return FileBegins(name)
    return Manifest(value["manifest"]["tables"], value["manifest"]["files"])


def _header(value: dict[str, Any]) -> Header:
    if value["format"] != making.FORMAT:
        raise Refused(_("This backup was made by a newer Telvertel. Restore it with that version."))
    return Header(value["telvertel"], value["schema"], value["made_at"])
