"""Pages as they are sent, made once: a release never changes, so neither does what is said about it in a language.

Whether somebody may read a release is decided before, at every request: here nobody is known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from babel import Locale
from flask import render_template

from dashboard.pages import domain, frame
from dashboard.pages.contents import PAGES
from dashboard.pages.page import Page
from dashboard.pages.reader import Reader, whole

#: Each some twenty kilobytes of text, and some hundred of figures.
PAGES_KEPT, FIGURES_KEPT = 400, 60


@dataclass(frozen=True)
class Made:
    title: str
    #: From a template, which escapes.
    html: str
    has_chart: bool


@lru_cache(maxsize=PAGES_KEPT)
def page(document: str, parts: tuple[str, ...], choice: str | None, locale: Locale) -> Made:
    """What is read at an address (see addresses.parse) about this release, in the language of the request.

    LookupError when there is no such page, or it does not offer the choice.
    """
    reader, found, key = _asked(document, parts, choice, locale)
    context = frame.context(reader, found, key, choice)
    chart = context["chart"]
    return Made(
        title=f"{found.title} · {reader.release['programme']['name']}",
        html=render_template(found.template, **context),
        has_chart=chart is not None and not chart.is_empty,
    )


@lru_cache(maxsize=FIGURES_KEPT)
def figures(
    document: str, parts: tuple[str, ...], choice: str | None, locale: Locale
) -> Mapping[str, Any] | None:
    """Both forms of the chart of that page; None where it has none. LookupError as of `page`."""
    reader, found, _key = _asked(document, parts, choice, locale)
    chart = found.chart(reader, choice)
    return chart.figures() if chart else None


def _asked(
    document: str, parts: tuple[str, ...], choice: str | None, locale: Locale
) -> tuple[Reader, Page, str | None]:
    """Who reads, which page, and its key in the contents: None for that of one domain."""
    reader = Reader(whole(json.loads(document)), locale)
    key = "".join(parts) if len(parts) < 2 else None
    found = PAGES[key] if key is not None else domain.page(reader, *parts)
    if choice is not None and choice not in found.choices(reader):
        raise LookupError(choice)
    return reader, found, key
