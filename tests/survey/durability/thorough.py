"""How far these tests go: a minute of them in `make test`, all of them in `make torture`."""

import os
import sys

THOROUGH = bool(os.environ.get("TELVERTEL_THOROUGH"))


def said(words: str) -> None:
    """What a trial found, for whoever reads along (`pytest -rP`); docs/durability.md is written from it."""
    sys.stdout.write(f"{words}\n")
