"""Serving over HTTP: one process makes and checks the application, and the workers are copies of it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from sqlalchemy.exc import DBAPIError
from werkzeug.utils import import_string

from survey import durability, logs, metrics
from survey.commandline import keep_database_to_ourselves, refusal, refuse_unready, to_environment
from survey.database import db
from survey.fieldwork import Refused
from survey.privacy import erasure
from survey.privacy.keys import KeyProblem
from survey.settings import Settings, is_loopback

APPLICATION = "telvertel:create_app"
MEMORY = "/dev/shm"  # noqa: S108  # the folder that is made in it is ours alone
#: What the server says of its workers goes where all the rest goes (`survey.logs`).
LOGGING = {
    "version": 1, "disable_existing_loggers": False, "formatters": {}, "handlers": {},
    "loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": True}},
}  # fmt: skip


def run_server(settings: Settings, host: str, port: int, workers: int) -> None:
    """Start the workers, having checked once that they will be able to work. SystemExit, with words, if not."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    _refuse_names(settings, host)
    with _counting_together():
        app = _checked_app(settings, host, port)
        to_environment(settings)
        logs.to_stderr()
        logs.catch_what_is_left()
        Granian(
            APPLICATION,
            factory=True,
            interface=Interfaces.WSGI,
            address=host,
            port=port,
            workers=workers,
            # One thread does the Python of a process: SQLite's writers never wait for a sibling (docs/decisions).
            blocking_threads=1,
            respawn_failed_workers=True,
            workers_kill_timeout=10,
            log_level=LogLevels.warning,
            log_dictconfig=LOGGING,
        ).serve(target_loader=_loader(app))


def _refuse_names(settings: Settings, host: str) -> None:
    """Whoever can be reached by others must say under which names; loopback names would let anyone make one up."""
    if settings.plain_http or is_loopback(host):
        return
    if any(is_loopback(name) for name in settings.hosts):
        raise refusal(
            "Say under which names this may be addressed, for example"
            """ TELVERTEL_HOSTS='["telvertel.example.nl"]'. 127.0.0.1 and localhost are for trying out on one's own"""
            " machine: --host 127.0.0.1, or TELVERTEL_PLAIN_HTTP=true."
        )


@contextmanager
def _counting_together() -> Iterator[None]:
    """A folder for what the workers count; it must be known before Prometheus' library is loaded.

    In memory where there is a place for that: the library maps its files, and whoever writes to a mapped file on a
    disk that is full is ended by the kernel.
    """
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix=f"telvertel-metrics-{os.getpid()}-", dir=place) as folder:
        os.environ[metrics.FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[metrics.FOLDER]


def _checked_app(settings: Settings, host: str, port: int) -> Flask:
    try:
        app: Flask = import_string(APPLICATION)(settings)
        with app.app_context():
            try:
                refuse_unready()
                keep_database_to_ourselves(settings)
                _refuse_forgetful()
                erasure.replay()
            finally:
                db.session.close()
                db.engine.dispose()  # a worker must not use a connection that another has too
        metrics.of(app)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (Refused, KeyProblem) as problem:
        raise refusal(str(problem)) from None
    except DBAPIError as problem:
        raise refusal(f"The database does not answer: {problem.orig}") from None
    except OSError as problem:
        raise refusal(f"Cannot listen on {host}:{port}: {problem.strerror}. Choose another --port.") from None
    return app


def _refuse_forgetful() -> None:
    """Refused for a database that says "kept" before the disk has it: people read "saved" after that."""
    with db.engine.connect() as connection:
        found = durability.shortcomings(connection)
    if found:
        reason = ", ".join(found)
        raise Refused(
            f"With this database a power cut could take saved answers: {reason}. See docs/durability.md."
        )


def _loader(app: Flask) -> Callable[..., Any] | None:
    """How a worker comes by the application: where processes are forked it has it already, and shares its memory."""
    if multiprocessing.get_start_method() != "fork":
        return None
    gc.collect()
    gc.freeze()  # what is there now stays: looking through it again would cost time, and copies of its pages
    return lambda target: app
