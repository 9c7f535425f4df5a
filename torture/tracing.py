"""strace, with which the kernel tells what a process asks of it, or ends the process when it asks."""

from __future__ import annotations

import shutil

from tests.fixtures.without import did_not_run


def strace() -> str:
    found = shutil.which("strace")
    if found is None:
        did_not_run("strace", "install strace: on Debian and Ubuntu, apt-get install strace")
    return found
