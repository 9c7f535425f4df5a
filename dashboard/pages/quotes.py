"""What people said, beside the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from dashboard.pages.reader import Reader
from instruments.translation import LANGUAGES

#: So many stand beside a chart; the page of stories has them all.
BESIDE = 4


def quote(reader: Reader, given: Mapping[str, Any]) -> dict[str, Any]:
    """A quote with the name of its domain and what it is beside the score."""
    stance = _("more people say this") if given["stance"] == "typical" else _("another voice")
    spoken = LANGUAGES.get(given["language"])
    return {
        "text": given["text"],
        "language": given["language"],
        "direction": spoken.direction if spoken else "auto",
        "domain": reader.of_domain(given["domain"]),
        "stance": stance,
    }
