"""Files that are there whole or not at all, and survive a power cut once they are there."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from flask_babel import gettext as _

from survey.fieldwork import Refused


def check_place(path: Path) -> None:
    """Refuse a path at which no file can be put, or where something stands that is no ordinary file."""
    if not path.parent.is_dir():
        raise Refused(_("There is no folder %(path)s.", path=path.parent))
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        raise Refused(_("%(path)s is no ordinary file, so it is not overwritten.", path=path))


def replace(path: Path, parts: Iterable[bytes], owner: tuple[int, int] | None = None) -> None:
    """Beside it first, on the disk, and only then in its place; readable by its owner alone. Raises OSError."""
    descriptor, part = tempfile.mkstemp(prefix=".telvertel-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(parts)
            file.flush()
            if owner is not None:
                os.fchown(descriptor, *owner)
            os.fsync(descriptor)
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file that was closed, or what a folder lists, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
