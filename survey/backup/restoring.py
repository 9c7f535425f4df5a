"""Putting a backup back: all of it or nothing.

The file was verified before anything is touched. SQLite: a database is filled beside the one that is there, and takes
its place as one transaction, page by page, so that a program which is still running sees either the old one or the
new one. PostgreSQL: tables are dropped, made and filled in one transaction. Before it is kept, every table is read
back and held against the manifest, brought to the newest shape, the keys are tried, and everything in the ledger of
erasures is done again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from survey import create_survey, on_disk, schema
from survey.backup import reading, tables
from survey.backup.folder import DATABASE, UNFINISHED, unfinished
from survey.backup.reading import FileBegins, Piece, Row, Verified
from survey.backup.snapshot import see_everything
from survey.backup.tables import Shape
from survey.commandline import refuse_wrong_keys
from survey.database import LOCK_PATIENCE, db
from survey.fieldwork import Refused
from survey.models import AuditEvent, StaffInvitation, StaffSession
from survey.privacy import audit, erasure, keys, scrubbing
from survey.privacy.keys import KeyRing
from survey.progress import progress
from survey.settings import Settings

PREFIX = ".telvertel-restore-"
#: Seconds between two tries to take the place of a database that somebody is writing in.
PAUSE = 0.25


class Erasures(NamedTuple):
    """Entries of the ledger that the backup did not know yet; and events of erasing in the backup itself."""

    again: int
    known: int


@dataclass(frozen=True)
class Restored:
    """What was put back, and whether there was a ledger to go by."""

    backup: Verified
    erasures: Erasures
    had_ledger: bool


def restore(settings: Settings, path: Path, replace: bool = False) -> Restored:
    """Put a backup in an empty place, or in the place of what is there. Refused, with nothing changed."""
    ring = keys.read(settings)
    with _inside(settings):
        return _restore(settings, path, replace, ring)


def _restore(settings: Settings, path: Path, replace: bool, ring: KeyRing) -> Restored:
    backup = reading.verify(path, ring)
    _refuse_newer(backup)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not replace:
        _refuse_full(settings, backup)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=settings.data) as name:
        folder = Path(name)
        _unpack_files(backup, ring, folder / "files")
        put = _put_in_postgresql if settings.database_url else _put_in_sqlite
        had_ledger = settings.erasures_path.exists()
        erasures = put(settings, backup, ring, folder)
        _place_files(settings, folder / "files")
    return Restored(backup, erasures, had_ledger)


def _refuse_newer(backup: Verified) -> None:
    if backup.header.schema not in schema.known():
        raise Refused(
            _(
                "This backup is of a newer Telvertel (%(program)s). Restore it with that version or a later one.",
                program=backup.header.program,
            )
        )


def _refuse_full(settings: Settings, backup: Verified) -> None:
    there = [name for name in backup.manifest.files if (settings.data / name).exists()]
    if there or unfinished(settings) or _holds_rows(settings):
        raise Refused(
            _(
                "There are data here already. To put the backup in their place, give --replace; they are gone then."
            )
        )


def _holds_rows(settings: Settings) -> bool:
    if not settings.database_url and not (settings.data / DATABASE).exists():
        return False
    with _inside(settings):
        try:
            with db.engine.begin() as connection:
                see_everything(connection)
                names = set(sa.inspect(connection).get_table_names()) - {tables.VERSION}
                return any(
                    connection.scalar(sa.select(1).select_from(sa.table(name)).limit(1)) for name in names
                )
        except DatabaseError:
            return True  # something is there, damaged perhaps


@contextmanager
def _inside(settings: Settings) -> Iterator[None]:
    """Inside an application on this database, which is let go of afterwards."""
    with create_survey(settings).app_context(), force_locale("en"):
        try:
            yield
        finally:
            db.session.close()
            db.engine.dispose()


def _put_in_postgresql(settings: Settings, backup: Verified, ring: KeyRing, folder: Path) -> Erasures:
    with _inside(settings):
        with db.engine.begin() as connection:
            _clear(connection)
            erasures = _fill(connection, backup, ring)
            _mark(settings, backup)
        if erasures.again:
            scrubbing.rewrite()
    return erasures


def _put_in_sqlite(settings: Settings, backup: Verified, ring: KeyRing, folder: Path) -> Erasures:
    beside = folder / DATABASE
    beside.touch(mode=0o600)
    elsewhere = settings.model_copy(update={"database_url": f"sqlite:///{beside.resolve()}"})
    with _inside(elsewhere):
        with db.engine.begin() as connection:
            erasures = _fill(connection, backup, ring)
        if erasures.again:
            scrubbing.rewrite()
    _mark(settings, backup)
    _take_place(beside, settings.data / DATABASE)
    return erasures


def _fill(connection: Connection, backup: Verified, ring: KeyRing) -> Erasures:
    """Make the tables as they were, fill and check them, bring them up to date; all in this transaction."""
    command.upgrade(schema.config(connection), backup.header.schema)
    see_everything(connection)
    shapes = _put_rows(connection, backup, ring)
    for shape in shapes:
        if tables.fingerprint(connection, shape) != backup.manifest.tables[shape.name]:
            raise Refused(_("The database did not keep every row as it was. Nothing was changed."))
    command.upgrade(schema.config(connection), "head")
    db.session.bind = connection  # what the session keeps is kept with the rest...
    db.session.join_transaction_mode = (
        "create_savepoint"  # ...and what it takes back takes nothing else along
    )
    see_everything(connection)
    refuse_wrong_keys()
    _close_what_was_open(connection)
    known = (
        connection.scalar(sa.select(sa.func.count()).where(AuditEvent.action == "participant.erased")) or 0
    )
    again = erasure.catch_up()
    audit.record_everywhere("backup.restored", made=backup.header.made_at[:10], erased=again)
    db.session.commit()
    return Erasures(again, known)


def _close_what_was_open(connection: Connection) -> None:
    """Since the backup was made somebody may have signed out, or used the link they were sent."""
    connection.execute(sa.delete(StaffSession))
    connection.execute(sa.delete(StaffInvitation).where(StaffInvitation.used_at.is_(None)))


def _put_rows(connection: Connection, backup: Verified, ring: KeyRing) -> list[Shape]:
    shapes: list[Shape] = []
    waiting: list[list[Any]] = []
    for part in progress(reading.parts(backup.path, ring), _("Restoring"), backup.rows):
        if waiting and (not isinstance(part, Row) or len(waiting) == tables.AT_ONCE):
            tables.put_in(connection, shapes[-1], waiting)
            waiting = []
        if isinstance(part, Shape):
            shapes.append(part)
        elif isinstance(part, Row):
            waiting.append(part.values)
    return shapes


def _clear(connection: Connection) -> None:
    """Drop every table of ours, and what was made for them."""
    found = sa.MetaData()
    found.reflect(connection)
    if tables.VERSION not in found.tables:
        return
    if MigrationContext.configure(connection).get_current_revision() not in schema.known():
        raise Refused(_("The database that is there is of a newer Telvertel. Restore with that version."))
    functions = connection.scalars(
        sa.text(
            "SELECT DISTINCT tgfoid::regprocedure::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
        )
    ).all()
    for table in reversed(found.sorted_tables):
        connection.execute(sa.schema.DropTable(table))
    for function in functions:
        connection.execute(sa.text(f"DROP FUNCTION {function}"))


def _take_place(beside: Path, place: Path) -> None:
    """Copy all pages over what is there, as one transaction; what is no database any more is put aside."""
    if not place.exists():
        place.touch(mode=0o600)
    try:
        _copy_pages(beside, place)
    except sqlite3.OperationalError as problem:
        raise Refused(_("%(path)s cannot be written: %(why)s.", path=place, why=problem)) from None
    except sqlite3.DatabaseError:
        for suffix in ("", "-wal", "-shm"):
            damaged = place.with_name(place.name + suffix)
            if damaged.exists():
                damaged.rename(damaged.with_name(f"{DATABASE}.damaged{suffix}"))
        place.touch(mode=0o600)
        _copy_pages(beside, place)
    on_disk.sync(place.parent)


def _copy_pages(beside: Path, place: Path) -> None:
    left = int(LOCK_PATIENCE / PAUSE)

    def patience(status: int, remaining: int, total: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Refused(
                _("The database that is there is in use. Stop what is writing in it, and try again.")
            )

    with closing(sqlite3.connect(beside)) as source, closing(sqlite3.connect(place)) as target:
        target.execute("PRAGMA synchronous=FULL")
        source.backup(target, progress=patience, sleep=PAUSE)
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _unpack_files(backup: Verified, ring: KeyRing, folder: Path) -> None:
    if not backup.manifest.files:
        return
    path = None
    for part in reading.parts(backup.path, ring):
        if isinstance(part, FileBegins):
            path = folder / part.name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
        elif isinstance(part, Piece) and path is not None:
            with path.open("ab") as file:
                file.write(part.content)
                file.flush()
                os.fsync(file.fileno())


def _mark(settings: Settings, backup: Verified) -> None:
    """From here until the files are in their places, a crash leaves it half done, and that must show."""
    if backup.manifest.files:
        (settings.data / UNFINISHED).touch(mode=0o600)
        on_disk.sync(settings.data)


def _place_files(settings: Settings, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            place = settings.data / path.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.replace(place)
            on_disk.sync(place.parent)
    (settings.data / UNFINISHED).unlink(missing_ok=True)
    on_disk.sync(settings.data)
    for left in settings.data.glob(f"{PREFIX}*"):
        if left != folder.parent:
            shutil.rmtree(left, ignore_errors=True)  # of a restore that was killed
