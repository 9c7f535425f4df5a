"""Other files in the data folder: which belong in a backup.

Never the keys, under whatever name they lie there; never the ledger of erasures, which must outlive every backup;
nor the database's own files, earlier backups, or what a program left behind unfinished.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from survey.backup.envelope import MAGIC
from survey.privacy.keys import KeyRing
from survey.settings import Settings

DATABASE = "telvertel.sqlite"
PIECE = 1 << 20
#: Stands in the data folder while files are put in their places, after the database was restored.
UNFINISHED = ".restoring"


def files(settings: Settings, ring: KeyRing) -> Iterator[Path]:
    """Paths relative to the data folder, in order."""
    own = {settings.keys_path.resolve(), settings.erasures_path.resolve()}
    words = [key.word.encode() for key in ring.every]
    for path in sorted(settings.data.rglob("*")):
        inside = path.relative_to(settings.data)
        if any(part.startswith(".") for part in inside.parts) or inside.parts[0].startswith(DATABASE):
            continue
        if path.is_symlink() or not path.is_file() or path.resolve() in own:
            continue
        if not _is_backup(path) and not _holds_key(path, words):
            yield inside


def _is_backup(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _holds_key(path: Path, words: list[bytes]) -> bool:
    """Read a piece at a time; a word may stand on the edge of two."""
    longest = max(len(word) for word in words)
    before = b""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            if any(word in before + piece for word in words):
                return True
            before = piece[-longest:]
    return False


def unfinished(settings: Settings) -> bool:
    """Whether a restore was broken off between the database and the other files."""
    return (settings.data / UNFINISHED).exists()
