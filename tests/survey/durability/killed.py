"""Something done in a process of its own that is killed at its Nth step; then at the next, until it gets to the end."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable
from dataclasses import dataclass

ACKNOWLEDGED, REFUSED, BROKEN = 0, 3, 4


@dataclass
class Killer:
    """Counts steps; ends its own process, as a power switch would, at the one with this number."""

    at: int = 0
    counted: int = 0

    def step(self, *_: object) -> None:
        self.counted += 1
        if self.counted == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def forked(action: Callable[[], bool]) -> int | None:
    """Do this in a copy of this process: ACKNOWLEDGED or REFUSED by what it gives, None if it was killed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # what other threads hold, the copy does not need
        child = os.fork()
    if child == 0:
        code = BROKEN
        try:
            code = ACKNOWLEDGED if action() else REFUSED
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return None
    return os.waitstatus_to_exitcode(status)
