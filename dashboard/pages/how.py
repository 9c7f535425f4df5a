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
        "when": _when(reader),
        "instruments": [_asked(reader, instrument["key"]) for instrument in release["instruments"]],
        "document_address": page_address(release, DOCUMENT),
        "sha256": release["sha256"],
        "how_address": None,
        "confidence": reader.percent(release["method"]["confidence"]),
    }


def withheld(reader: Reader) -> list[str]:
    dimensions = {code: str(name) for code, name in labels.DIMENSIONS.items()}
    release = {**reader.release, "withheld": [*reader.release["withheld"], *_told_alone(reader)]}
    return wording.withheld_sentences(release, reader.names, reader.language, dimensions)


def _told_alone(reader: Reader) -> list[dict[str, Any]]:
    """Where a release tells how many improved and not how many declined: pages then show neither."""
    return [
        {"what": "distribution", "domain": entry["domain"], "dimension": None, "why": "too_few_people"}
        for entry in reader.release["change"]
        if entry["improved"] is not None and entry["declined"] is None
    ]


def _when(reader: Reader) -> str:
    waves = reader.release["waves"]
    after, later = (
        wave and reader.count(wave["weeks"] - waves["before"]["weeks"])
        for wave in (waves["after"], waves["follow_up"])
    )
    if later:
        return gettext(
            "People were asked at their own start, again %(after)s weeks later, and again %(later)s weeks after the "
            "start.",
            after=after, later=later,
        )  # fmt: skip
    return gettext("People were asked at their own start, and again %(after)s weeks later.", after=after)


def _asked(reader: Reader, key: str) -> dict[str, Any]:
    """The questions of an instrument, by domain."""
    words = reader.words[key]
    return {
        "name": gettext("Questionnaire: %(name)s", name=words.name()),
        "domains": [
            (words.domain(domain.code), [words.question(item.id) for item in domain.items])
            for domain in words.instrument.domains
        ],
    }


PAGE = Page("dashboard/how.html", _("How we know"), context)
