"""The chart of a page: which rows, on which scales, with which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from flask_babel import gettext as _

from dashboard.figures.dumbbell import ALONE, NARROW, WIDE, Dots, Heading, Panel, Row, dumbbell
from dashboard.outcomes.rules import scales
from dashboard.pages.reader import Reader

Entry = Mapping[str, Any]
#: More values than this on a scale are not all marked.
MOST_TICKS = 7


def change_figures(reader: Reader, entries: Sequence[Entry]) -> dict[str, Any]:
    """The dumbbell chart of these entries of `change`, for wide and for narrow places."""
    panels = _panels(reader, entries)
    return {"wide": dumbbell(panels, WIDE), "narrow": dumbbell(panels, NARROW)}


def domain_figures(reader: Reader, entry: Entry) -> dict[str, Any]:
    """The same of one entry, whose name is on the page already."""
    ((low, high), _entries) = by_scale(reader, [entry])[0]
    panel = Panel(low, high, _ticks(low, high), [replace(_row(reader, entry), name="")])
    return {"wide": dumbbell([panel], ALONE), "narrow": dumbbell([panel], NARROW)}


def heights(figures: Mapping[str, Any]) -> dict[str, int]:
    """How much room to keep for a chart that is still to be drawn, in pixels; nothing when it has no dots."""
    if not any(trace["x"] for trace in figures["wide"]["data"]):
        return {}
    return {form: figure["layout"]["height"] for form, figure in figures.items()}


def said(reader: Reader, entry: Entry) -> tuple[str, str]:
    """The difference and its margin in figures, or the word that stands for them."""
    if entry["verdict"] == "too_few":
        return _("too few to say"), ""
    if entry["verdict"] == "not_shown":
        return _("not shown"), ""
    if entry["verdict"] == "no_spread":
        return reader.signed(entry["difference"]), _("no margin")
    return reader.signed(entry["difference"]), margin(reader, entry)


def margin(reader: Reader, entry: Entry) -> str:
    return _("%(low)s to %(high)s", low=reader.signed(entry["low"]), high=reader.signed(entry["high"]))


def by_scale(reader: Reader, entries: Sequence[Entry]) -> list[tuple[tuple[float, float], list[Entry]]]:
    """Entries in the order of the release, those on one scale together; the scale of the first one first."""
    known = scales(dict(reader.release))
    found: dict[tuple[float, float], list[Entry]] = {}
    for entry in entries:
        scale = known[entry["instrument"], entry["domain"]]
        found.setdefault((scale["low"], scale["high"]), []).append(entry)
    return list(found.items())


def headings(reader: Reader, entries: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """Entries by the heading of their domains; a domain without one goes under the name of its instrument."""
    return [
        (_heading(reader, instrument, heading), list(group))
        for (instrument, heading), group in groupby(
            entries, key=lambda entry: (entry["instrument"], entry["heading"])
        )
    ]


def _heading(reader: Reader, instrument: str, heading: str | None) -> str:
    words = reader.words[instrument]
    return words.heading(heading) if heading else words.name()


def _panels(reader: Reader, entries: Sequence[Entry]) -> list[Panel]:
    """A panel per scale; the first has the headings of the domains, the others say what scale they are on."""
    panels: list[Panel] = []
    for (low, high), group in by_scale(reader, entries):
        lines: list[Row | Heading] = []
        title = _("On a scale from %(low)s to %(high)s", low=round(low), high=round(high)) if panels else ""
        for heading, domains in headings(reader, group):
            rows = [_row(reader, entry) for entry in domains]
            if not panels:
                # A heading over one row of the same name would say it twice.
                lines.append(Heading("" if [row.name for row in rows] == [heading] else heading))
            lines += rows
        panels.append(Panel(low, high, _ticks(low, high), lines, title))
    return panels


def _ticks(low: float, high: float) -> tuple[int, ...]:
    step = 1 if high - low < MOST_TICKS else 2
    return tuple(range(round(low), round(high) + 1, step))


def _row(reader: Reader, entry: Entry) -> Row:
    name = reader.words[entry["instrument"]].domain(entry["domain"])
    difference, small = said(reader, entry)
    is_shown = entry["verdict"] in ("rose", "fell")
    return Row(name, _dots(reader, name, entry), said=difference, small=small, is_shown=is_shown)


def _dots(reader: Reader, name: str, entry: Entry) -> Dots | None:
    if entry["before_mean"] is None:
        return None
    ends = None if entry["low"] is None else (entry["low"], entry["high"])
    return Dots(entry["before_mean"], entry["after_mean"], ends, _hover(reader, name, entry))


def _hover(reader: Reader, name: str, entry: Entry) -> str:
    values = {
        "name": name,
        "before": reader.points(entry["before_mean"]),
        "after": reader.points(entry["after_mean"]),
        "difference": reader.signed(entry["difference"]),
    }
    if entry["low"] is None:
        return _("%(name)s: from %(before)s to %(after)s, difference %(difference)s", **values)
    values["margin"] = margin(reader, entry)
    return _(
        "%(name)s: from %(before)s to %(after)s, difference %(difference)s (margin %(margin)s)", **values
    )
