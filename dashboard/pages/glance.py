"""At a glance: each intended result of the programme, and whether it was reached; without any, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from dashboard.outcomes import wording
from dashboard.pages import aims, quotes
from dashboard.pages.addresses import page_address
from dashboard.pages.charts import Chart, change_chart, strip
from dashboard.pages.page import Page
from dashboard.pages.reader import Reader

#: A mark for how a result or target stands: kind of mark (staff/table.html), and a word.
STATES: dict[str, tuple[str, Any]] = {
    "reached": ("done", _("Reached")),
    "moved": ("done", _("The intended way")),
    "partly": ("none", _("In part")),
    "not_reached": ("late", _("Not reached")),
    "not_yet": ("due", _("Not reached yet")),
    "about": ("due", _("Close to the target")),
    "not_shown": ("none", _("No clear difference")),
    "unknown": ("none", _("Cannot be said")),
}
#: The same for where something was to become more, or less, than it was.
MOVED: dict[str, Any] = {"more": _("Higher than at the start"), "less": _("Lower than at the start")}


def context(reader: Reader, choice: str | None) -> dict[str, Any]:
    results = _results(reader)
    said = wording.glance([entries for _title, entries in results], reader.language)
    caveat = [wording.no_comparison_group(reader.language)] if results else []
    return {
        "opening": said[0]
        if said
        else wording.opening_sentence(reader.release, reader.names, reader.language),
        "lead": said[1:] + caveat if said else wording.lead(reader.release, reader.names, reader.language),
        "results": [_result(reader, title, entries) for title, entries in results],
        "strip": _strip(reader),
        "quotes": quotes.beside(reader),
        "findings": _findings(reader, with_change=bool(said)),
    }


def chart(reader: Reader, choice: str | None) -> Chart | None:
    """Results have pictures of their own."""
    return None if reader.release["targets"] else change_chart(reader, reader.release["change"])


def _findings(reader: Reader, with_change: bool) -> list[tuple[str, str, list[str]]]:
    """What other pages find, where they stand, and what belongs with it."""
    release = reader.release
    found = []
    if with_change:
        sentence = wording.opening_sentence(release, reader.names, reader.language)
        more = wording.by_chance(release, reader.names, reader.language)
        found.append((sentence, page_address(release, "change"), more))
    if release["waves"]["follow_up"] and release["follow_up"]:
        sentence = wording.later_summary(release, reader.names, reader.language)
        more = wording.later_lead(release, reader.names, reader.language)
        found.append((sentence, page_address(release, "change", "later"), more))
    return found


def _strip(reader: Reader) -> Chart | None:
    """A picture of the scores that intended results are about; one says no more than the table."""
    about = {entry["about"] for entry in reader.release["targets"] if entry["measure"] == "domain_change"}
    entries = [
        entry
        for entry in reader.release["change"]
        if entry["domain"] in about and entry["before_mean"] is not None
    ]
    return strip(reader, entries) if len(entries) > 1 else None


def _results(reader: Reader) -> list[tuple[str, list[aims.Entry]]]:
    """Targets by the result they belong to, in the order of the programme."""
    return [(title, list(group)) for title, group in groupby(reader.release["targets"], itemgetter("result"))]


def _result(reader: Reader, title: str, entries: Sequence[aims.Entry]) -> dict[str, Any]:
    targets = [aims.words(reader, entry) | {"mark": _mark([entry])} for entry in entries]
    return {
        "title": title,
        "explanation": entries[0]["explanation"],
        "mark": _mark(entries),
        "targets": targets,
    }


def _mark(entries: Sequence[aims.Entry]) -> tuple[str, str]:
    """Kind of mark, and the word beside it."""
    state = wording.result_state(entries)
    kind, word = STATES[state]
    ways = {entry["comparator"] for entry in entries}
    if state == "moved" and len(ways) == 1:
        word = MOVED[ways.pop()]
    if state == "partly":
        reached = sum(entry["verdict"] in wording.WENT_WELL for entry in entries)
        word = gettext("In part: %(reached)s of %(total)s", reached=reached, total=len(entries))
        unsaid = sum(entry["verdict"] in ("withheld", "unknown") for entry in entries)
        if reached + unsaid == len(entries):
            word = gettext("The intended way: %(reached)s of %(total)s; of the rest we cannot say",
                           reached=reached, total=len(entries))  # fmt: skip
    withheld = [entry for entry in entries if entry["verdict"] == "withheld"]
    if state == "unknown" and len(withheld) == len(entries):
        has_figure = any(entry["now"] is not None for entry in withheld)
        word = gettext("Cannot be compared") if has_figure else gettext("Withheld")
    return kind, str(word)


PAGE = Page("dashboard/glance.html", _("At a glance"), context, chart)
