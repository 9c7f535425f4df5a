"""The log: one JSON object a line on stderr, with nothing in it that a person typed or is called.

Of our own notes it says the event and the facts given with it; of a problem its type, the database's code for it and
where it was, never its message, for messages quote values. Of other libraries' notes it says only where they came
from, for the same reason.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
import traceback
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

from flask import Flask, g, has_request_context, request

logger = logging.getLogger("telvertel")
REQUEST_ID = "telvertel.request_id"
#: How many places of a problem are named, counted from where it arose.
DEPTH = 12


def init_app(app: Flask) -> None:
    """Whoever serves the application, its log is this one; unless somebody has already arranged for another."""
    if not logging.getLogger().handlers:
        to_stderr()


def to_stderr(stream: TextIO | None = None) -> None:
    """Everything that is said in this process goes through here from now on."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logger.setLevel(logging.INFO)


def catch_what_is_left() -> None:
    """Warnings, and problems that nobody handles, are said in lines too; for a process that does nothing but serve."""
    warnings.showwarning = _warn
    sys.excepthook = lambda kind, problem, trace: error("a process ended", problem)
    sys.unraisablehook = lambda left: error("a problem nobody could handle", left.exc_value)


def note(event: str, **facts: str | int | float | None) -> None:
    logger.info(event, extra={"facts": facts})


def warning(event: str, **facts: str | int | float | None) -> None:
    logger.warning(event, extra={"facts": facts})


def error(event: str, problem: BaseException | None = None, **facts: str | int | float | None) -> None:
    logger.error(event, exc_info=problem, extra={"facts": facts})


def turned_away(by: str, **facts: str | int) -> None:
    """A guard did its work: what was tried, never with what; and which account it was tried with, if any."""
    session = g.get("staff_session")
    who = {"staff": session.staff_id.hex} if session is not None else {}
    warning("turned away", by=by, **who, **facts)


def request_id(environment: dict[str, Any]) -> str:
    """What ties the lines of one request together, and to what a person reports; made when it is asked for."""
    known: str | None = environment.get(REQUEST_ID)
    if known is None:
        known = environment[REQUEST_ID] = secrets.token_hex(8)
    return known


class Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            **_said(record),
        }
        if has_request_context():
            line.setdefault("endpoint", request.endpoint)
            line.setdefault("request", request_id(request.environ))
        problem = record.exc_info[1] if record.exc_info else None
        if problem is not None:
            line["problem"] = list(_problems(problem))
        return json.dumps(line)


def _said(record: logging.LogRecord) -> dict[str, Any]:
    if record.name == logger.name:
        return {"event": record.msg, **getattr(record, "facts", {})}
    where = f"{record.module}:{record.lineno} {record.funcName}"
    if record.name == "_granian" and record.pathname.endswith(".py"):
        return {"event": record.getMessage(), "logger": "server"}  # about workers, which hold no values
    return {"event": "said by a library", "logger": record.name, "where": where}


def _problems(problem: BaseException | None) -> Iterator[dict[str, Any]]:
    """A problem and what it arose from."""
    seen: set[int] = set()
    while problem is not None and id(problem) not in seen:
        seen.add(id(problem))
        told = {"type": f"{type(problem).__module__}.{type(problem).__qualname__}", "code": _code(problem)}
        yield {key: value for key, value in told.items() if value} | {"where": _places(problem.__traceback__)}
        hidden = None if problem.__suppress_context__ else problem.__context__
        problem = getattr(problem, "orig", None) or problem.__cause__ or hidden


def _code(problem: BaseException) -> str | None:
    """What kind of problem the database says it is."""
    code = getattr(problem, "sqlite_errorname", None) or getattr(problem, "sqlstate", None)
    return str(code) if code else None


def _places(trace: TracebackType | None) -> list[str]:
    """Where a problem passed, the place where it arose last: module, line and function."""
    frames = list(traceback.walk_tb(trace))[-DEPTH:]
    return [f"{frame.f_globals.get('__name__')}:{line} {frame.f_code.co_name}" for frame, line in frames]


def _warn(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    warning("a warning", type=category.__name__, where=f"{filename}:{lineno}")
