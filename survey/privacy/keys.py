"""Master keys: where they are kept, and what is derived from them.

A key is 32 random bytes, written as URL-safe base64. The first one seals; all of them open. Each sealed value
names the key that sealed it by the first four bytes of the key's SHA-256.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from survey.settings import Settings

KEY_BYTES = 32


class KeyProblem(Exception):
    """The master key is missing, unreadable or readable by others; the message says what to do."""


@dataclass(frozen=True)
class MasterKey:
    material: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.material).digest()[:4]

    def derive(self, purpose: str) -> bytes:
        """A secret of its own for each purpose."""
        kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"telvertel:{purpose}".encode())
        return kdf.derive(self.material)

    def __repr__(self) -> str:
        return f"MasterKey({self.id.hex()})"


@dataclass(frozen=True)
class KeyRing:
    """All master keys of an installation, newest first."""

    keys: tuple[MasterKey, ...]

    @property
    def current(self) -> MasterKey:
        return self.keys[0]

    def by_id(self, key_id: bytes) -> MasterKey:
        """Raise KeyProblem for a key that is not on the ring."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise KeyProblem(
            f"This value was sealed with master key {key_id.hex()}, which is not in the key file."
        )

    def derive(self, purpose: str) -> str:
        """A secret of its own for each purpose (sessions, passwords, second factors), as hexadecimal text."""
        return self.current.derive(purpose).hex()


def parse(text: str) -> KeyRing:
    keys = []
    for number, word in enumerate(text.split(), start=1):
        try:
            material = base64.urlsafe_b64decode(word)
        except (binascii.Error, ValueError):
            material = b""
        if len(material) != KEY_BYTES:
            raise KeyProblem(f"Master key {number} is not 32 bytes in URL-safe base64.")
        keys.append(MasterKey(material))
    if not keys:
        raise KeyProblem("There is no master key in it.")
    return KeyRing(tuple(keys))


def read(settings: Settings) -> KeyRing:
    """The key ring from the environment or the key file; KeyProblem says what is wrong with it."""
    if settings.key is not None:
        return parse(settings.key.get_secret_value())
    path = settings.keys_path
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise KeyProblem(
            f"No key file at {path}. `telvertel database upgrade` makes one in an empty folder."
        ) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise KeyProblem(f"The key file {path} cannot be read: {problem}.") from None
    if mode & 0o077:
        raise KeyProblem(f"Others on this machine can read the key file {path}. Run: chmod 600 {path}")
    try:
        return parse(text)
    except KeyProblem as problem:
        raise KeyProblem(f"The key file {path} is not usable. {problem}") from None


def create_file(path: Path) -> None:
    """Write one new key, readable by its owner only; FileExistsError rather than overwrite."""
    path.parent.mkdir(parents=True, exist_ok=True)
    word = base64.urlsafe_b64encode(os.urandom(KEY_BYTES))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(word + b"\n")
        file.flush()
        os.fsync(file.fileno())
