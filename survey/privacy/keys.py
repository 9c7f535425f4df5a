"""Master keys: where they are kept, and what is derived from them.

A key is 32 random bytes, written as URL-safe base64. The newest one seals; all of them open. Each sealed value
names the key that sealed it by the first four bytes of the key's SHA-256.

In the key file stand, separated by white space and newest first:

    <key>             opens and derives; the first of them seals
    next:<key>        opens already, and will be the newest (`telvertel key rotate --prepare`)
    retired:<trace>   opens nothing any more; what was derived from it, such as hashes, can still be checked
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from survey.settings import Settings

KEY_BYTES = 32
ID_BYTES = 4
CHECK_BYTES = 4
NEXT, RETIRED = "next:", "retired:"


class KeyProblem(Exception):
    """The master key is missing, unreadable or readable by others; the message says what to do."""


@dataclass(frozen=True)
class MasterKey:
    material: bytes

    @classmethod
    def new(cls) -> MasterKey:
        return cls(os.urandom(KEY_BYTES))

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.material).digest()[:ID_BYTES]

    @property
    def seed(self) -> bytes:
        """The first half of HKDF (RFC 5869): enough to derive from, and it cannot be turned back into the key."""
        return hmac.digest(bytes(32), self.material, "sha256")

    def derive(self, purpose: str) -> bytes:
        """A secret of its own for each purpose."""
        return _derived(self.seed, purpose)

    @property
    def word(self) -> str:
        return base64.urlsafe_b64encode(self.material).decode()

    def __repr__(self) -> str:
        return f"MasterKey({self.id.hex()})"


@dataclass(frozen=True)
class RetiredKey:
    """What is kept of a key that opens nothing any more."""

    id: bytes
    seed: bytes

    def derive(self, purpose: str) -> bytes:
        return _derived(self.seed, purpose)

    @property
    def material(self) -> bytes:
        raise KeyProblem(
            f"This was sealed with master key {self.id.hex()}, which was retired. Put the key itself, which you kept"
            " elsewhere, back in the key file as the last line."
        )

    @property
    def word(self) -> str:
        value = self.id + self.seed
        return RETIRED + base64.urlsafe_b64encode(value + _check(value)).decode()

    def __repr__(self) -> str:
        return f"RetiredKey({self.id.hex()})"


def _derived(seed: bytes, purpose: str) -> bytes:
    return HKDFExpand(algorithm=SHA256(), length=32, info=f"telvertel:{purpose}".encode()).derive(seed)


AnyKey = MasterKey | RetiredKey


@dataclass(frozen=True)
class KeyRing:
    """All master keys of an installation, newest first."""

    keys: tuple[MasterKey, ...]
    retired: tuple[RetiredKey, ...] = ()
    prepared: MasterKey | None = None

    @property
    def current(self) -> MasterKey:
        return self.keys[0]

    @property
    def oldest(self) -> AnyKey:
        """What is derived from this one stays the same, whatever is added in front."""
        return self.retired[-1] if self.retired else self.keys[-1]

    @property
    def opening(self) -> tuple[MasterKey, ...]:
        """Every key that opens, the newest first."""
        return self.keys if self.prepared is None else (*self.keys, self.prepared)

    @property
    def every(self) -> tuple[AnyKey, ...]:
        """Also those that only say whether something was hashed or signed with them."""
        return *self.opening, *self.retired

    def by_id(self, key_id: bytes) -> AnyKey:
        """Raise KeyProblem for a key that is not on the ring."""
        for key in self.every:
            if key.id == key_id:
                return key
        raise KeyProblem(
            f"This value was sealed with master key {key_id.hex()}, which is not in the key file."
        )

    def derive(self, purpose: str) -> str:
        """A secret that stays the same when keys come and go, as hexadecimal text: for what cannot be made anew,
        such as hashes of passwords."""
        return self.oldest.derive(purpose).hex()

    def derive_each(self, purpose: str) -> list[str]:
        """A secret of each key that opens, the newest first: for what is signed or sealed anew when keys change."""
        return [key.derive(purpose).hex() for key in self.opening]

    @property
    def text(self) -> str:
        """As it stands in a key file."""
        prepared = [] if self.prepared is None else [NEXT + self.prepared.word]
        return "\n".join(
            [*(key.word for key in self.keys), *prepared, *(key.word for key in self.retired), ""]
        )

    def with_new(self) -> KeyRing:
        """A newer key in front: the one that was prepared, or a fresh one."""
        return KeyRing((self.prepared or MasterKey.new(), *self.keys), self.retired)

    def only_newest(self) -> KeyRing:
        """All others retired: of them only what is needed to check what was derived."""
        known = {key.id for key in self.retired}
        older = tuple(RetiredKey(key.id, key.seed) for key in self.keys[1:] if key.id not in known)
        return KeyRing(self.keys[:1], older + self.retired, self.prepared)


def parse(text: str) -> KeyRing:
    keys: list[MasterKey] = []
    retired: list[RetiredKey] = []
    prepared = None
    for number, word in enumerate(text.split(), start=1):
        if word.startswith(RETIRED):
            retired.append(_retired(number, word.removeprefix(RETIRED)))
        elif word.startswith(NEXT):
            prepared = MasterKey(_bytes(number, word.removeprefix(NEXT), KEY_BYTES))
        else:
            keys.append(MasterKey(_bytes(number, word, KEY_BYTES)))
    if not keys:
        raise KeyProblem("There is no master key in it.")
    return KeyRing(tuple(keys), tuple(retired), prepared)


def _bytes(number: int, word: str, length: int) -> bytes:
    try:
        value = base64.b64decode(word, altchars=b"-_", validate=True)
    except ValueError:  # binascii.Error is one
        value = b""
    if len(value) != length:
        raise KeyProblem(f"Master key {number} is not {KEY_BYTES} bytes in URL-safe base64.")
    return value


def _retired(number: int, word: str) -> RetiredKey:
    value = _bytes(number, word, ID_BYTES + KEY_BYTES + CHECK_BYTES)
    value, check = value[:-CHECK_BYTES], value[-CHECK_BYTES:]
    if _check(value) != check:
        raise KeyProblem(f"Retired master key {number} is damaged.")
    return RetiredKey(value[:ID_BYTES], value[ID_BYTES:])


def _check(value: bytes) -> bytes:
    return hashlib.sha256(b"telvertel:retired:" + value).digest()[:CHECK_BYTES]


def read(settings: Settings) -> KeyRing:
    """The key ring from the environment or the key file; KeyProblem says what is wrong with it."""
    if settings.key is not None:
        try:
            return parse(settings.key.get_secret_value())
        except KeyProblem as problem:
            raise KeyProblem(f"TELVERTEL_KEY is not usable. {problem}") from None
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
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(MasterKey.new().word + "\n")
        file.flush()
        os.fsync(file.fileno())
