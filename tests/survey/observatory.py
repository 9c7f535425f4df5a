"""What MDN's HTTP Observatory makes of an answer: its ten questions and what each is worth.

The figures are those of its scoring table (`@mdn/mdn-http-observatory` 1.4.8, `src/grader/charts.js`), the rules
told in our own words and only as far as an answer of ours can come to them; whatever is stranger scores as the worst.
Nobody gets credit for extras with less than 90 to begin with.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

ENOUGH_FOR_CREDIT = 90
HALF_A_YEAR = 15_768_000
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}


@dataclass(frozen=True)
class Seen:
    """A page as a browser gets it over TLS, and what was answered to the same request without."""

    headers: list[tuple[str, str]]
    body: str
    #: Status and Location over plain HTTP.
    plain: tuple[int, str]
    host: str

    def get(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None


def policy(seen: Seen) -> dict[str, list[str]]:
    said = (seen.get("Content-Security-Policy") or "").split(";")
    return {words[0].lower(): words[1:] for words in map(str.split, said) if words}


def content_security_policy(seen: Seen) -> int:
    rules = policy(seen)
    if not rules:
        return -25
    fallback = rules.get("default-src", ["*"])
    scripts, objects = (rules.get(kind, fallback) for kind in ("script-src", "object-src"))
    styles = rules.get("style-src", fallback)
    if {"'unsafe-inline'", "data:", "https:", "http:", "*"} & {*scripts, *objects}:
        return -20
    if "'unsafe-eval'" in scripts:
        return -10
    if {"'unsafe-inline'", "data:", "https:", "*"} & set(styles):
        return 0
    tight = fallback == ["'none'"] and rules.get("form-action") in (["'self'"], ["'none'"])
    return 10 if tight else 5


def cookies(seen: Seen) -> int:
    worth = [_cookie(value, seen) for name, value in seen.headers if name.lower() == "set-cookie"]
    return min(worth) if worth else 0


def _cookie(value: str, seen: Seen) -> int:
    name, *rest = (part.strip() for part in value.split(";"))
    flags = {flag.partition("=")[0].lower(): flag.partition("=")[2].lower() for flag in rest}
    name = name.partition("=")[0].lower()
    is_session = "sess" in name or "login" in name
    protected = seen.get("Strict-Transport-Security") is not None
    if "secure" not in flags:
        return (-10 if protected else -40) if is_session else (-5 if protected else -20)
    if is_session and "httponly" not in flags:
        return -30
    if flags.get("samesite") not in ("lax", "strict"):
        return -20 if "csrf" in name or "samesite" in flags else 0
    return 5


def sharing(seen: Seen) -> int:
    return -50 if seen.get("Access-Control-Allow-Origin") is not None else 0


def resource_policy(seen: Seen) -> int:
    said = seen.get("Cross-Origin-Resource-Policy")
    return {"same-origin": 10, "same-site": 10, "cross-origin": 0, None: 0}.get(said, -5)


def redirection(seen: Seen) -> int:
    status, location = seen.plain
    to = urlsplit(location)
    if status not in (301, 302, 303, 307, 308):
        return -20
    return 0 if (to.scheme, to.hostname) == ("https", seen.host) else -10


def referrer_policy(seen: Seen) -> int:
    said = seen.get("Referrer-Policy")
    return 0 if said is None else (5 if said in PRIVATE else -5)


def transport_security(seen: Seen) -> int:
    age = re.search(r"max-age=(\d+)", seen.get("Strict-Transport-Security") or "")
    return -20 if age is None else (0 if int(age[1]) >= HALF_A_YEAR else -10)


def scripts(seen: Seen) -> int:
    sources = re.findall(r"<script[^>]*\bsrc=[\"']([^\"']*)", seen.body)
    return -50 if any(urlsplit(source).netloc for source in sources) else 0


def sniffing(seen: Seen) -> int:
    return 0 if seen.get("X-Content-Type-Options") == "nosniff" else -5


def framing(seen: Seen) -> int:
    if "frame-ancestors" in policy(seen):
        return 5
    return 0 if seen.get("X-Frame-Options") in ("DENY", "SAMEORIGIN") else -20


QUESTIONS: tuple[Callable[[Seen], int], ...] = (
    content_security_policy, cookies, sharing, resource_policy, redirection, referrer_policy, transport_security,
    scripts, sniffing, framing,
)  # fmt: skip


def score(seen: Seen) -> int:
    worth = [question(seen) for question in QUESTIONS]
    base = 100 + sum(each for each in worth if each < 0)
    extra = sum(each for each in worth if each > 0)
    return max(base + extra if base >= ENOUGH_FOR_CREDIT else base, 0)
