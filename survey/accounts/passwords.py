"""Which new passwords are refused: short ones, common ones, and what anybody around here would try first."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_security import PasswordUtil

#: Flask-Security's own setting counts characters, after normalization.
SHORTEST = 12
#: zxcvbn's highest: more than 10^10 guesses (Wheeler, "zxcvbn: low-budget password strength estimation", 2016).
STRONG = 4
#: zxcvbn looks at so many characters; it would take too long over more.
LOOKED_AT = 72
#: zxcvbn knows English, names and leaked passwords. These are ours, and Dutch.
NEAR_US = (
    "telvertel", "tellen", "vertellen", "gemeente", "welkom", "wachtwoord", "geheim", "inloggen", "nederland",
    "holland", "casemanager", "coordinator", "beheerder", "raadslid", "inburgering", "integratie", "statushouder",
    "oekraine", "vluchteling", "lente", "zomer", "herfst", "winter", "maandag", "dinsdag", "woensdag", "donderdag",
    "vrijdag", "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
    "november", "december",
)  # fmt: skip
WORD = re.compile(r"[^\W\d_]{3,}|\d{4,}")


class Passwords(PasswordUtil):
    """`about` holds what one can know of a person: an account in `user`, or fields of a form."""

    def validate(self, password: str, is_register: bool, **about: Any) -> tuple[list[str] | None, str]:
        too_short, typed = super().validate(password, is_register, **about)
        user = about.pop("user", None)
        known = [user.email, user.name] if user else [str(value) for value in about.values() if value]
        if too_short or _strength(typed, known) < STRONG:
            return [_("This password is too short or too easy to guess.")], typed
        return None, typed


def _strength(password: str, known: list[str]) -> int:
    """From 0 to 4; `known` are words that somebody who guesses would try first."""
    from zxcvbn import zxcvbn  # its lists take memory, and hardly anybody chooses a password

    words = [word for text in known for word in WORD.findall(text.lower())]
    score: int = zxcvbn(password[:LOOKED_AT], user_inputs=[*words, *known, *NEAR_US])["score"]
    return score
