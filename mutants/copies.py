"""Copies of this process: each does one thing, within a time limit, and says how it ended."""

from __future__ import annotations

import os
import signal
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Outcome:
    how: Literal["killed", "survived", "timed out", "did not fit"]
    #: The test that noticed.
    by: str = ""


def in_a_copy(work: Callable[[], str | None], limit: float) -> Outcome:
    """Do this in a copy; it returns which test failed, or None."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # threads of libraries, which sleep
        process = os.fork()
    if process == 0:
        _work(work, writing)
    os.close(writing)
    is_over = _wait(process, limit)
    with os.fdopen(reading) as told:
        by = told.read()
    if not is_over:
        return Outcome("timed out")
    if by.startswith("!"):
        return Outcome("did not fit", by[1:])
    return Outcome("killed", by) if by else Outcome("survived")


def _work(work: Callable[[], str | None], writing: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.setpgid(0, 0)
    told = "killed with the process"
    try:
        told = work() or ""
    except (ValueError, SyntaxError) as problem:
        told = f"!{problem}"
    except BaseException as problem:  # whatever it is: no copy may go on as if it were the original
        told = f"{type(problem).__name__}"
    finally:
        os.write(writing, told.encode()[:4000])
        os._exit(0)


def _wait(process: int, limit: float) -> bool:
    """Whether it ended by itself."""
    until = time.monotonic() + limit
    while time.monotonic() < until:
        if os.waitpid(process, os.WNOHANG)[0]:
            return True
        time.sleep(0.003)
    os.killpg(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return False
