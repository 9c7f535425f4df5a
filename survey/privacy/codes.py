"""Access codes: twelve characters of Crockford base32, of which only the first four (the selector, to find the row)
and an Argon2id hash of the other eight (40 bits) are stored.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SELECTOR_LENGTH = 4
LENGTH = 12
#: Longer input is refused before any work is done on it.
LONGEST_INPUT = 60

#: Letters that look or sound alike: Crockford's own (O, I, L), the Cyrillic and Greek twins, and U for V.
TWINS = str.maketrans(
    {
        "O": "0", "I": "1", "L": "1", "U": "V",
        "А": "A", "В": "B", "С": "C", "Е": "E", "Н": "H", "К": "K", "М": "M", "О": "0", "Р": "P",
        "Т": "T", "Х": "X", "У": "Y", "І": "1", "Ј": "J", "Ѕ": "S", "З": "3", "Ґ": "G", "Ԛ": "Q", "Ԝ": "W",
        "Α": "A", "Β": "B", "Ε": "E", "Ζ": "Z", "Η": "H", "Ι": "1", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "0",
        "Ρ": "P", "Τ": "T", "Υ": "Y", "Χ": "X",
    }
)  # fmt: skip

#: OWASP's Argon2id setting for 19 MiB: about 20 ms, and too dear to guess 40 bits behind a throttle.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: Checked when a selector is unknown, so that it takes as long as a wrong secret.
_NO_SUCH_SECRET = HASHER.hash("no such secret")


@dataclass(frozen=True)
class Code:
    selector: str
    secret: str

    @property
    def grouped(self) -> str:
        """As it is printed: three groups of four."""
        whole = self.selector + self.secret
        return "-".join(whole[start : start + 4] for start in range(0, LENGTH, 4))


def new_code() -> Code:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return Code(letters[:SELECTOR_LENGTH], letters[SELECTOR_LENGTH:])


def fold(typed: str) -> Code | None:
    """A typed code in its one form, or None if it cannot be one.

    Any case, with or without hyphens and spaces; digits of any script; letters that look alike in another script.
    """
    if len(typed) > LONGEST_INPUT:
        return None
    letters = "".join(_fold_character(c) for c in unicodedata.normalize("NFKC", typed).upper())
    letters = letters.translate(TWINS)
    if len(letters) != LENGTH or any(c not in ALPHABET for c in letters):
        return None
    return Code(letters[:SELECTOR_LENGTH], letters[SELECTOR_LENGTH:])


def _fold_character(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    dropped = (
        character.isspace() or unicodedata.category(character) in ("Pd", "Pc", "Cf") or character == "\u2212"
    )
    return "" if dropped else character


def hash_secret(code: Code) -> str:
    return HASHER.hash(code.secret)


def verify_secret(stored: str | None, code: Code) -> bool:
    """Whether the secret fits; takes as long when there is nothing stored."""
    try:
        return HASHER.verify(stored or _NO_SUCH_SECRET, code.secret) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
