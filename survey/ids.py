"""Ids as sessions and the database write them down."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID


@lru_cache(maxsize=10_000)
def id_of(text: str) -> UUID:
    """Read once: those of a sitting come with its every page. ValueError if it is none."""
    return UUID(text)
