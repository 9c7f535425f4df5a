"""A new master key takes over while people work.

First the new key stands in the key file, and every process opens with it; only then is anything sealed with it. What
was sealed with older keys is sealed again, a few rows a transaction, and each row only if nobody changed it
meanwhile. Broken off anywhere, everything still opens, and the same command goes on where it was.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy import CursorResult, Select, select, update

from survey import on_disk
from survey.database import db, transactions_that
from survey.fieldwork import Refused
from survey.models import Organisation
from survey.privacy import audit, keys, sealed, watching
from survey.privacy.fields import key_ring
from survey.privacy.keys import KeyRing, MasterKey
from survey.settings import Settings

#: Rows sealed again in one transaction: others wait for no longer than that takes.
BATCH = 100


@dataclass(frozen=True)
class Stale:
    """A value that is still sealed with an older key, and the same sealed with the newest."""

    model: type[Any]
    column: str
    row_id: UUID
    old: Any
    new: Any


Look = Callable[[KeyRing], Iterator[Stale]]


@dataclass(frozen=True)
class Rotation:
    """What a rotation did."""

    newest: MasterKey
    is_new: bool
    resealed: int


def register(app: Flask, look: Look) -> None:
    """Say where to look for values sealed with a master key, besides the organisations' keys."""
    app.extensions.setdefault("telvertel_sealed_with_master", []).append(look)


def rotate() -> Rotation:
    """A new key, or the one that was prepared; or, if an earlier rotation was broken off, the rest of it.

    Wants an application context; commits.
    """
    settings: Settings = current_app.extensions["telvertel_settings"]
    with _alone(settings):
        _look_again(settings)
        is_new = next(_stale(key_ring()), None) is None
        if is_new:
            _refuse_environment(settings)
            _write(settings, key_ring().with_new())
        done = Rotation(key_ring().current, is_new, _reseal())
        audit.record_everywhere("key.rotated", key=done.newest.id.hex(), resealed=done.resealed)
        db.session.commit()
        return done


def prepare() -> MasterKey:
    """Add a key that opens, and seals nothing yet: for installations whose key file stands on several machines."""
    settings: Settings = current_app.extensions["telvertel_settings"]
    with _alone(settings):
        _refuse_environment(settings)
        _look_again(settings)
        if key_ring().prepared is not None:
            raise Refused(_("A key was prepared already. Copy the key file to every machine, then rotate."))
        key = MasterKey.new()
        _write(settings, replace(key_ring(), prepared=key))
        return key


def retire() -> list[MasterKey]:
    """Take out every key but the newest, once nothing is sealed with them; those taken out."""
    settings: Settings = current_app.extensions["telvertel_settings"]
    with _alone(settings):
        if settings.key is not None:
            raise Refused(_("Only keys in a key file can be retired; yours come from TELVERTEL_KEY."))
        _look_again(settings)
        before = key_ring()
        _refuse_needed(before)
        if len(before.keys) == 1:
            raise Refused(_("There is only one key. Make a new one first: telvertel key rotate."))
        _write(settings, before.only_newest())
        try:
            _refuse_needed(before)
        except Refused:
            _write(settings, before)  # something was sealed with an older key at the last moment
            raise
        audit.record_everywhere("key.rotated", retired=len(before.keys) - 1)
        db.session.commit()
        return list(before.keys[1:])


def _refuse_needed(ring: KeyRing) -> None:
    if next(_stale(ring), None) is not None:
        raise Refused(_("Some things are still sealed with an older key. Run first: telvertel key rotate"))


def _stale(ring: KeyRing) -> Iterator[Stale]:
    """All that is not sealed with the newest key, as it is in the database now."""
    yield from _organisations(ring)
    for look in current_app.extensions.get("telvertel_sealed_with_master", ()):
        yield from look(ring)


def rows(statement: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    """What is in the database now, read in a transaction that keeps nobody waiting."""
    with transactions_that(read=True), db.session.exempt("operator"):
        found = db.session.execute(statement).all()
        db.session.rollback()
    return found


def _organisations(ring: KeyRing) -> Iterator[Stale]:
    for organisation_id, wrapped in rows(select(Organisation.id, Organisation.wrapped_key)):
        if sealed.master_of(wrapped) != ring.current.id:
            key = sealed.unwrap_with_master(ring, wrapped, organisation_id)
            anew = sealed.wrap_with_master(ring, key, organisation_id)
            yield Stale(Organisation, "wrapped_key", organisation_id, wrapped, anew)


def _reseal() -> int:
    """Seal again until there is nothing left to seal again; how many values that were."""
    count = 0
    while batch := list(islice(_stale(key_ring()), BATCH)):
        count += sum(_replace(value) for value in batch)
        db.session.commit()
    return count


def _replace(value: Stale) -> int:
    """Not if somebody else changed it since it was read: then it is looked at once more."""
    column = getattr(value.model, value.column)
    statement = (
        update(value.model)
        .where(value.model.id == value.row_id, column == value.old)
        .values({value.column: value.new})
        .execution_options(synchronize_session=False)
    )
    with db.session.exempt("operator"):
        result = db.session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One change of keys at a time."""
    descriptor = os.open(settings.data if settings.key else _file(settings).parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Refused(
            _("The keys are being changed by another command. Try again when it is done.")
        ) from None
    finally:
        os.close(descriptor)


def _look_again(settings: Settings) -> None:
    """The key file as it is now that nobody else changes it."""
    current_app.extensions["telvertel_keys"] = keys.read(settings)


def _refuse_environment(settings: Settings) -> None:
    if settings.key is not None:
        raise Refused(
            _(
                "The keys come from TELVERTEL_KEY, which only you can change. Put a new key in front of the others"
                " (telvertel key new --print makes one), start everything again, and run telvertel key rotate."
            )
        )


def _write(settings: Settings, ring: KeyRing) -> None:
    """Put these keys in the place of the key file, whole or not at all, and go by them."""
    path = _file(settings)
    try:
        owner = path.stat()  # the service may be someone else than the operator
        on_disk.replace(path, [ring.text.encode("ascii")], (owner.st_uid, owner.st_gid))
    except OSError as problem:
        raise Refused(_("%(path)s cannot be written: %(why)s.", path=path, why=problem.strerror)) from None
    watching.notice(current_app._get_current_object())  # type: ignore[attr-defined]  # the proxy has it


def _file(settings: Settings) -> Path:
    return settings.keys_path.resolve()
