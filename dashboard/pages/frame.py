"""What every page about a programme has, whatever it is about."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flask_babel import gettext as _

from dashboard.pages.addresses import page_address
from dashboard.pages.contents import PAGES
from dashboard.pages.kicker import kicker
from dashboard.pages.page import Page
from dashboard.pages.reader import Reader

CHANGE, HOW = "change", "how"


def context(reader: Reader, page: Page, key: str | None, choice: str | None) -> dict[str, Any]:
    """`key` is that of the page in the contents; None for a page that is not there, as that of one domain."""
    release = reader.release
    chart, shown = page.chart(reader, choice), {"kicker": kicker(reader), **page.context(reader, choice)}
    return {
        "programme": release["programme"]["name"],
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
        "image": _image(reader, page, key, choice, shown),
        **shown,
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


def _image(
    reader: Reader, page: Page, key: str | None, choice: str | None, shown: dict[str, Any]
) -> dict[str, str]:
    """What the chart takes along when it is downloaded, for then it has no page: what it is about, of when and of how
    many people, and the caveats of its page."""
    programme = reader.release["programme"]
    names = [str(page.title), *([str(page.choices(reader)[choice])] if choice else [])]
    example = [_("Example with invented people")] if programme["fictitious"] else []
    caveats = shown.get("caveats", shown["lead"])
    return {
        "name": "-".join(
            [programme["code"], str(reader.release["number"]), *filter(None, map(_slug, names))]
        ),
        "about": programme["name"] if key else f"{programme['name']}, {page.title}",
        "kicker": " · ".join([*example, shown["kicker"]]),
        "caveat": " ".join(caveats),
    }


def _slug(words: str) -> str:
    """As it can stand in the name of a file anywhere."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z0-9]+", plain))
