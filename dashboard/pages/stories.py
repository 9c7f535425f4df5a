"""Stories: what people say, by what it is about."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from dashboard.pages import quotes
from dashboard.pages.addresses import domain_address
from dashboard.pages.page import Page
from dashboard.pages.reader import Reader


def context(reader: Reader, choice: str | None) -> dict[str, Any]:
    return {
        "opening": gettext("What people say in their own words"),
        "lead": [
            gettext(
                "Participants gave their consent. Their words were rewritten to make it unlikely that anybody is "
                "recognised."
            ),
            gettext("Stories that go with the figures and stories that say something else both have a place here."),
        ],
        "domains": _domains(reader),
    }  # fmt: skip


def _domains(reader: Reader) -> list[dict[str, Any]]:
    """Domains of which there is a quote, in the order of the questionnaire."""
    found = []
    for entry in reader.release["change"]:
        said = [
            quotes.quote(reader, one) for one in reader.release["quotes"] if one["domain"] == entry["domain"]
        ]
        if said:
            address = domain_address(reader.release, entry)
            found.append({"name": reader.domain(entry), "address": address, "quotes": said})
    return found


PAGE = Page(
    "dashboard/stories.html", _("People’s own words"), context,
    is_empty=lambda reader: not reader.release["quotes"],
)  # fmt: skip
