"""A running process follows the key file: what `telvertel key rotate` writes there holds from the next request on.

The file is looked at (not read) whenever an application context begins, which costs about two microseconds. A file
that is gone, damaged or readable by others in the meantime changes nothing: the process goes on with the keys it
has, and says so in the log.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from flask import Flask, appcontext_pushed

from survey import logs
from survey.privacy import keys
from survey.privacy.keys import KeyProblem, KeyRing
from survey.settings import Settings

Stamp = tuple[int, int, int, int] | None
Follower = Callable[[Flask, KeyRing], None]


class KeyWatch:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        #: None where there is no file to follow.
        self.path = None if settings.key is not None else str(settings.keys_path)
        self.stamp = _stamp(self.path)
        self.followers: list[Follower] = []


def init_app(app: Flask, settings: Settings) -> None:
    """Read the keys; KeyProblem if there is none that can be used."""
    app.extensions["telvertel_key_watch"] = KeyWatch(settings)
    app.extensions["telvertel_keys"] = keys.read(settings)
    appcontext_pushed.connect(notice, app)


def follow(app: Flask, follower: Follower) -> None:
    """Do this now, and again whenever there are other keys."""
    app.extensions["telvertel_key_watch"].followers.append(follower)
    follower(app, app.extensions["telvertel_keys"])


def notice(app: Flask, **signal: Any) -> None:
    """Take the keys from the file if it is another one than last time."""
    watch: KeyWatch = app.extensions["telvertel_key_watch"]
    stamp = _stamp(watch.path)
    if stamp == watch.stamp:
        return
    watch.stamp = stamp
    try:
        ring = keys.read(watch.settings)
    except KeyProblem as problem:
        logs.error("keys: going on with the ones at hand", reason=str(problem))
        return
    app.extensions["telvertel_keys"] = ring
    for follower in watch.followers:
        follower(app, ring)


def _stamp(path: str | None) -> Stamp:
    """What changes with the file; None where there is none."""
    if path is None:
        return None
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode
