"""A release before it is published, on one page: what readers will see of it in words and figures."""

from __future__ import annotations

from typing import Any

from dashboard.outcomes import wording
from dashboard.pages import how, quotes, tables
from dashboard.pages.kicker import kicker
from dashboard.pages.reader import Reader


def context(reader: Reader) -> dict[str, Any]:
    release = reader.release
    return {
        "programme": release["programme"]["name"],
        "kicker": kicker(reader),
        "opening": wording.opening_sentence(release, reader.names, reader.language),
        "lead": wording.lead(release, reader.names, reader.language),
        "tables": tables.of_change(reader, release["change"]),
        "quotes": [quotes.quote(reader, one) for one in release["quotes"]],
        "withheld": how.withheld(reader),
        "certainty": wording.certainty(release, reader.language),
    }
