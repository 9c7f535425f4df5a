"""What people said, beside the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from dashboard.pages.reader import Reader
from instruments.translation import LANGUAGES

#: So many stand beside a chart; the page of stories has them all.
BESIDE = 4


def beside(reader: Reader, page: int = 0) -> list[dict[str, Any]]:
    """Those that stand beside the figures of a page: another side of it first, then stories; on another page others."""
    told = reader.release["quotes"]
    contrary = [one for one in told if one["stance"] != "typical"]
    rest = [one for one in told if one not in contrary[:1]]
    if page:
        rest.reverse()
    return [quote(reader, one) for one in (contrary[:1] + rest)[:BESIDE]]


def quote(reader: Reader, given: Mapping[str, Any]) -> dict[str, Any]:
    """A quote with the name of its domain and what it is beside the score."""
    stance = _("one of the stories") if given["stance"] == "typical" else _("another side of it")
    spoken = LANGUAGES.get(given["language"])
    return {
        "text": given["text"],
        "language": given["language"],
        "direction": spoken.direction if spoken else "auto",
        "domain": reader.of_domain(given["domain"]),
        "stance": stance,
    }
