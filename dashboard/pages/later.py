"""A later wave: per domain the difference with the start, right after the programme and later. No levels: other people
answer later, so their level would tell who is missing."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from flask_babel import gettext as _

from dashboard.figures.marks import Dots, Panel, Row
from dashboard.outcomes import wording
from dashboard.pages import charts, tables
from dashboard.pages.addresses import domain_address
from dashboard.pages.kicker import kicker
from dashboard.pages.reader import Reader


def choice(reader: Reader) -> str:
    """What the later wave is called as a choice."""
    return _("After %(weeks)s weeks", weeks=weeks(reader))


def context(reader: Reader) -> dict[str, Any]:
    release = reader.release
    return {
        "form": "later",
        "kicker": kicker(reader, "follow_up", "follow_up"),
        "opening": wording.later_summary(release, reader.names, reader.language),
        "lead": [
            *wording.later_lead(release, reader.names, reader.language),
            *([kept] if (kept := _kept(reader)) else []),
            wording.no_comparison_group(reader.language),
        ],
        "certainty": [
            *wording.answered_later_sentence(release, reader.language),
            *wording.certainty(release, reader.language, release["follow_up"]),
        ],
        "note": _(
            "Only differences with the start are shown. The two are not about exactly the same people, for not "
            "everybody answered again; the difference between them was not tested."
        ),
        "weeks": [reader.count(release["waves"]["after"]["weeks"]), weeks(reader)],
        "has_kept": any(entry["kept"] is not None for entry in release["follow_up"]),
        "tables": [
            {"heading": heading, "rows": [_table_row(reader, entry) for entry in entries]}
            for heading, entries in charts.headings(reader, release["follow_up"])
        ],
    }  # fmt: skip


def chart(reader: Reader) -> charts.Chart:
    release = reader.release
    key = charts.Key(
        _("After %(weeks)s weeks", weeks=reader.count(release["waves"]["after"]["weeks"])),
        _("After %(weeks)s weeks", weeks=weeks(reader)),
        _("margin of the difference after %(weeks)s weeks", weeks=weeks(reader)),
        zero=_("as at the start"),
        unclear=_("no clear difference"),
    )
    return charts.Chart(
        _("Difference with the start"), _("In points, compared with the start; 0 is no difference."),
        _("Chart: for each area a dot and a diamond, the difference with the start right after the programme and "
          "later, with the margin of the later one. The same figures are in the table on this page."),
        key, _panels(reader), note=_(
            "A striped bar reaches the line of the start or goes past it: there is no clear difference."
        ),
    )  # fmt: skip


def weeks(reader: Reader) -> str:
    return reader.count(wording.weeks_later(reader.release))


def _kept(reader: Reader) -> str | None:
    """For the domain in which most people had gone up."""
    known = [entry for entry in reader.release["follow_up"] if entry["kept"] is not None]
    if not known:
        return None
    most = max(known, key=lambda entry: entry["gained"])
    return wording.later_sentence(most, reader.names[most["domain"]], reader.language)


def _panels(reader: Reader) -> list[Panel]:
    entries = reader.release["follow_up"]
    far = {scale: _furthest(reader, group) for scale, group in charts.by_scale(reader, entries)}
    return [
        Panel(
            -far[scale], far[scale], _ticks(reader, far[scale]), [_row(reader, entry) for entry in group], title,
            of_differences=True,
        )
        for scale, title, group in charts.parts(reader, entries, _difference_on)
    ]  # fmt: skip


def _furthest(reader: Reader, entries: Sequence[charts.Entry]) -> int:
    """To the whole number that every difference and margin stays within."""
    ends = [end for entry in entries for end in _ends(_row(reader, entry))]
    return max(1, ceil(max(map(abs, ends), default=1)))


def _ticks(reader: Reader, far: int) -> list[tuple[float, str]]:
    return [(at, reader.signed_whole(at)) for at in range(-far, far + 1)]


def _difference_on(low: float, high: float) -> str:
    return _("Difference on a scale from %(low)s to %(high)s", low=round(low), high=round(high))


def _ends(row: Row) -> list[float]:
    dots = row.dots
    return (
        []
        if dots is None
        else [dots.after, *([] if dots.before is None else [dots.before]), *(dots.margin or ())]
    )


def _row(reader: Reader, entry: charts.Entry) -> Row:
    name, (difference, small) = reader.domain(entry), charts.said(reader, entry)
    is_shown = entry["verdict"] in ("rose", "fell")
    if entry["difference"] is None:
        return Row(name, None, difference, small, is_shown)
    before = _right_after(reader, entry)
    hover = _("%(name)s: difference with the start %(difference)s (margin %(margin)s)", name=name,
              difference=reader.signed(entry["difference"]), margin=charts.margin(reader, entry))  # fmt: skip
    return Row(
        name,
        Dots(before, entry["difference"], (entry["low"], entry["high"]), hover, charts.way(entry)),
        difference,
        small,
        is_shown,
    )


def _right_after(reader: Reader, entry: charts.Entry) -> float | None:
    """The difference with the start right after the programme, in the same domain."""
    for one in reader.release["change"]:
        if (one["instrument"], one["domain"]) == (entry["instrument"], entry["domain"]):
            found: float | None = one["difference"]
            return found
    return None


def _table_row(reader: Reader, entry: charts.Entry) -> dict[str, Any]:
    kept = {key: reader.count(entry[key]) for key in ("kept", "gained") if entry[key] is not None}
    return {
        "name": reader.domain(entry),
        "address": domain_address(reader.release, entry),
        "right_after": tables.points(reader, _right_after(reader, entry), signed=True),
        "later": tables.points(reader, entry["difference"], signed=True),
        "margin": None if entry["low"] is None else charts.margin(reader, entry),
        "people": None if entry["pairs"] is None else reader.count(entry["pairs"]),
        "kept": _("%(kept)s of %(gained)s", **kept) if len(kept) == 2 else None,
        "finding": tables.finding(entry),
        "said": charts.said(reader, entry)[0],
    }  # fmt: skip
