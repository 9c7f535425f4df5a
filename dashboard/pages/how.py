"""How we know: how sure this is, what was asked, what is not shown and why, and how to check it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from dashboard.outcomes import wording
from dashboard.pages import labels
from dashboard.pages.addresses import DOCUMENT, page_address
from dashboard.pages.page import Page
from dashboard.pages.reader import Reader


def context(reader: Reader, choice: str | None) -> dict[str, Any]:
    release = reader.release
    return {
        "opening": gettext("How we know this, and what we do not know"),
        "lead": [],
        "certainty": wording.certainty(release, reader.language),
        "withheld": withheld(reader),
        "k": reader.count(release["k"]),
        "instruments": [_asked(reader, instrument["key"]) for instrument in release["instruments"]],
        "document_address": page_address(release, DOCUMENT),
        "sha256": release["sha256"],
        "how_address": None,
        "confidence": reader.percent(release["method"]["confidence"]),
    }


def withheld(reader: Reader) -> list[str]:
    dimensions = {code: str(name) for code, name in labels.DIMENSIONS.items()}
    return wording.withheld_sentences(reader.release, reader.names, reader.language, dimensions)


def _asked(reader: Reader, key: str) -> dict[str, Any]:
    """The questions of an instrument, by domain."""
    words = reader.words[key]
    return {
        "name": words.name(),
        "domains": [
            (words.domain(domain.code), [words.question(item.id) for item in domain.items])
            for domain in words.instrument.domains
        ],
    }


PAGE = Page("dashboard/how.html", _("How we know"), context)
