"""What every page about a programme has, whatever it is about."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from dashboard.outcomes import wording
from dashboard.pages.addresses import page_address
from dashboard.pages.contents import PAGES
from dashboard.pages.kicker import kicker
from dashboard.pages.page import Page
from dashboard.pages.reader import Reader

CHANGE, HOW = "change", "how"


def context(reader: Reader, page: Page, key: str | None, choice: str | None) -> dict[str, Any]:
    """`key` is that of the page in the contents; None for a page that is not there, as that of one domain."""
    release = reader.release
    chart = page.chart(reader, choice)
    return {
        "programme": release["programme"]["name"],
        "kicker": kicker(reader),
        "menu": [
            {
                "label": one.title,
                "address": page_address(release, each),
                "is_current": each == (CHANGE if key is None else key),
                "is_empty": one.is_empty(reader),
            }
            for each, one in PAGES.items()
        ],
        "choices": _choices(reader, page, key, choice),
        "change_address": page_address(release, CHANGE),
        "how_address": page_address(release, HOW),
        "number": release["number"],
        "built_on": reader.day(release["built_on"]),
        "chart": chart,
        "image": _image(reader, page, key),
        **page.context(reader, choice),
    }


def _choices(reader: Reader, page: Page, key: str | None, chosen: str | None) -> list[tuple[Any, str, bool]]:
    """Everyone first, then what else this page offers."""
    if key is None:
        return []
    offered: dict[str | None, Any] = {None: _("Everybody")}
    offered.update(page.choices(reader))
    return [
        (label, page_address(reader.release, key, choice), choice == chosen)
        for choice, label in offered.items()
    ]


def _image(reader: Reader, page: Page, key: str | None) -> dict[str, str]:
    """What the chart takes along when it is downloaded: file name, what it is about and caveats."""
    release = reader.release
    caveats = [wording.no_comparison_group(reader.language)]
    if release["programme"]["fictitious"]:
        caveats.append(_("Example with invented people"))
    code, about = release["programme"]["code"], release["programme"]["name"]
    if key is None:
        about = f"{about}, {page.title}"
    return {
        "name": "-".join([code, *([key] if key and key != CHANGE else []), str(release["number"])]),
        "about": about,
        "caveat": " ".join(caveats),
    }
