"""Leave addresses out of npm's lock files: npm copies each author's funding page into them.

Usage: .venv/bin/python tools/plain_lock.py package-lock.json ...
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

Packages = dict[str, dict[str, dict[str, object]]]


def without_addresses(lock: Packages) -> Packages:
    """The same lock; every package keeps its version, integrity and licence."""
    for package in lock["packages"].values():
        package.pop("funding", None)
    return lock


if __name__ == "__main__":
    for file in map(Path, sys.argv[1:]):
        lock = without_addresses(json.loads(file.read_text("utf-8")))
        file.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", "utf-8")
