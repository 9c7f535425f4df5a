"""At a glance: each intended result of the programme, and whether it was reached; without any, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask_babel import lazy_gettext as _

from dashboard.outcomes import wording
from dashboard.pages import aims, quotes
from dashboard.pages.charts import Chart, change_chart
from dashboard.pages.page import Page
from dashboard.pages.reader import Reader

#: A mark for how a result or target stands: kind of mark (staff/table.html), and a word.
STATES: dict[str, tuple[str, Any]] = {
    "reached": ("done", _("Reached")),
    "partly": ("due", _("Reached in part")),
    "not_reached": ("late", _("Not reached")),
    "not_yet": ("due", _("Not reached yet")),
    "about": ("due", _("Close to the target")),
    "not_shown": ("none", _("Not shown")),
    "unknown": ("none", _("Nobody can say")),
}


def context(reader: Reader, choice: str | None) -> dict[str, Any]:
    results = _results(reader)
    said = wording.glance([entries for _title, entries in results], reader.language)
    caveat = [wording.no_comparison_group(reader.language)] if results else []
    return {
        "opening": said[0]
        if said
        else wording.opening_sentence(reader.release, reader.names, reader.language),
        "lead": said[1:] + caveat if said else wording.lead(reader.release, reader.language),
        "results": [_result(reader, title, entries) for title, entries in results],
        "quotes": [quotes.quote(reader, one) for one in reader.release["quotes"][: quotes.BESIDE]],
        "summary": wording.opening_sentence(reader.release, reader.names, reader.language) if said else None,
    }


def chart(reader: Reader, choice: str | None) -> Chart | None:
    """Results have pictures of their own."""
    return None if reader.release["targets"] else change_chart(reader, reader.release["change"])


def _results(reader: Reader) -> list[tuple[str, list[aims.Entry]]]:
    """Targets by the result they belong to, in the order of the programme."""
    return [(title, list(group)) for title, group in groupby(reader.release["targets"], itemgetter("result"))]


def _result(reader: Reader, title: str, entries: Sequence[aims.Entry]) -> dict[str, Any]:
    kind, word = STATES[wording.result_state(entries)]
    return {
        "title": title,
        "explanation": entries[0]["explanation"],
        "kind": kind,
        "word": word,
        "targets": [aims.words(reader, entry) for entry in entries],
    }


PAGE = Page("dashboard/glance.html", _("At a glance"), context, chart)
