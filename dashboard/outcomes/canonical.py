"""The one byte form of a release, and its hash."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785


def canonical(document: Mapping[str, Any]) -> bytes:
    """RFC 8785 form of every key of a release but `sha256`; ValueError for what JSON cannot carry."""
    return rfc8785.dumps({key: value for key, value in document.items() if key != "sha256"})


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical(document)).hexdigest()
