"""The chart of a page: which rows, on which scales, with which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from flask_babel import gettext as _

from dashboard.figures.dumbbell import ALONE, NARROW, WIDE, Sizes, dumbbell
from dashboard.figures.marks import Dots, Panel, Row
from dashboard.figures.picture import picture
from dashboard.outcomes.rules import scales
from dashboard.pages.reader import Reader

Entry = Mapping[str, Any]
#: More values than this on a scale are not all marked.
MOST_TICKS = 7
#: Numbers of people are marked in one of these steps.
_STEPS = tuple(unit * 10**power for power in range(8) for unit in (5, 10, 20))


@dataclass(frozen=True)
class Key:
    """What the marks of a chart stand for; an empty word where it has none of them."""

    before: str
    after: str
    margin: str
    goal: str = ""
    #: The line of no difference, in a chart of differences: right after, and later.
    zero: str = ""
    unclear: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart with its words: title, what the axis is, and what it shows for whoever cannot see it."""

    title: str
    scale: str
    alternative: str
    key: Key
    panels: Sequence[Panel]
    wide: Sizes = WIDE
    #: How it is to be read, where that needs saying.
    note: str = ""
    #: What can be unfolded below it, and the line that says what that is.
    folded: Sequence[Panel] = ()
    folded_as: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(
            isinstance(line, Row) and line.dots is not None for panel in self.panels for line in panel.lines
        )

    @property
    def is_alone(self) -> bool:
        return self.wide is ALONE

    def figures(self) -> dict[str, Any]:
        """For plotly: for wide and for narrow places."""
        return {"wide": dumbbell(self.panels, self.wide), "narrow": dumbbell(self.panels, NARROW)}

    def picture(self) -> list[dict[str, Any]]:
        """The same, as the server draws it."""
        return picture(self.panels)

    def folded_picture(self) -> list[dict[str, Any]]:
        return picture(self.folded)


def change_chart(reader: Reader, entries: Sequence[Entry]) -> Chart:
    """Before and after of these entries of `change`."""
    return Chart(
        _("How people scored themselves, before and after"), scale_of(reader, entries),
        _("Chart: for each area two dots, the average score before and after, with the margin of the difference. "
          "The same figures are in the table on this page."),
        before_and_after(reader), _panels(reader, entries), note=bars(),
    )  # fmt: skip


def strip(reader: Reader, entries: Sequence[Entry]) -> Chart:
    """The same of a few of them, without headings."""
    panels = [
        Panel(
            *scale,
            ticks(*scale),
            [change_row(reader, entry) for entry in group],
            on_scale(*scale) if number else "",
        )
        for number, (scale, group) in enumerate(by_scale(reader, entries))
    ]
    return replace(change_chart(reader, entries), panels=panels)


def domain_chart(reader: Reader, entry: Entry) -> Chart:
    """The same of one entry, whose name is on the page already."""
    ((low, high), _entries) = by_scale(reader, [entry])[0]
    panel = Panel(low, high, ticks(low, high), [replace(change_row(reader, entry), name="")])
    return Chart(
        _("Before and after"), scale_words(low, high),
        _("Chart: two dots, the average score before and after, with the margin of the difference. The same "
          "figures are in the table on this page."),
        before_and_after(reader), [panel], wide=ALONE, note=bars(),
    )  # fmt: skip


def before_and_after(reader: Reader) -> Key:
    return Key(_("Before"), _("After"), margin_of_difference(reader), unclear=_("no clear difference"))


def bars() -> str:
    """How the margins of a chart of before and after are read."""
    return _("A striped bar reaches the open dot or goes past it: there is no clear difference.")


def margin_of_difference(reader: Reader) -> str:
    sure = reader.percent(reader.release["method"]["confidence"])
    return _("margin of the difference (%(sure)s)", sure=sure)


def scale_of(reader: Reader, entries: Sequence[Entry]) -> str:
    """The scale of most of the chart; what is on another one says so itself."""
    (low, high), _entries = by_scale(reader, entries)[0]
    return scale_words(low, high)


def scale_words(low: float, high: float) -> str:
    return _("Average score from %(low)s (lowest) to %(high)s (highest).", low=round(low), high=round(high))


def said(reader: Reader, entry: Entry) -> tuple[str, str]:
    """The difference and its margin in figures, or the word that stands for them."""
    if entry["verdict"] == "too_few":
        return _("too few to say"), ""
    if entry["verdict"] == "no_spread":
        return _("nearly everyone alike"), ""
    if entry["verdict"] == "not_shown":
        return _("no clear difference"), ""
    return reader.signed(entry["difference"]), margin(reader, entry)


def margin(reader: Reader, entry: Entry) -> str:
    """An end that was rounded to zero says on which side of it it lies."""
    low, high = reader.signed(entry["low"]), reader.signed(entry["high"])
    if entry["low"] == 0:
        low = _("just above 0") if entry["verdict"] == "rose" else _("just below 0")
    if entry["high"] == 0:
        high = _("just below 0") if entry["verdict"] == "fell" else _("just above 0")
    return _("%(low)s to %(high)s", low=low, high=high)


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
    """With what it is: areas and questionnaires have names of one another."""
    words = reader.words[instrument]
    if heading:
        return _("Areas: %(heading)s", heading=words.heading(heading))
    return _("Questionnaire: %(name)s", name=words.name())


def _panels(reader: Reader, entries: Sequence[Entry]) -> list[Panel]:
    return [
        Panel(*scale, ticks(*scale), [change_row(reader, entry) for entry in group], title)
        for scale, title, group in parts(reader, entries, on_scale)
    ]


def parts(
    reader: Reader, entries: Sequence[Entry], on_other: Callable[[float, float], str]
) -> list[tuple[tuple[float, float], str, list[Entry]]]:
    """What stands together in a chart, under its own scale: by heading; what is on another scale says so instead."""
    if not entries:
        return []
    (first, entries_of_first), *others = by_scale(reader, entries)
    return [
        *((first, heading, group) for heading, group in headings(reader, entries_of_first)),
        *((scale, on_other(*scale), group) for scale, group in others),
    ]


def on_scale(low: float, high: float) -> str:
    return _("On a scale from %(low)s to %(high)s", low=round(low), high=round(high))


def ticks(low: float, high: float) -> list[tuple[float, str]]:
    step = 1 if high - low < MOST_TICKS else 2
    return [(tick, str(tick)) for tick in range(round(low), round(high) + 1, step)]


def change_row(reader: Reader, entry: Entry, name: str | None = None) -> Row:
    """Before and after of one entry, called by its domain unless another name is given."""
    name = reader.domain(entry) if name is None else name
    difference, small = said(reader, entry)
    is_shown = entry["verdict"] in ("rose", "fell")
    return Row(name, _dots(reader, name, entry), said=difference, small=small, is_shown=is_shown)


def _dots(reader: Reader, name: str, entry: Entry) -> Dots | None:
    before, low, high = entry["before_mean"], entry["low"], entry["high"]
    if before is None:
        return None
    ends = None if low is None else (round(before + low, 2), round(before + high, 2))
    return Dots(before, entry["after_mean"], ends, _hover(reader, name, entry), way(entry))


def way(entry: Entry) -> int:
    """1 where a difference is up, -1 where it is down, 0 where none was shown."""
    return {"rose": 1, "fell": -1}.get(entry["verdict"], 0)


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


def amount(value: float, hover: str) -> Dots:
    return Dots(None, value, None, hover)


def people_panel(reader: Reader, rows: Sequence[Row], most: int, title: str = "") -> Panel:
    """Numbers of people as bars."""
    return Panel(0, most, people_ticks(reader, most), rows, title, of_amounts=True)


def people_ticks(reader: Reader, most: int) -> list[tuple[float, str]]:
    """From nobody to the most people, in about five round steps."""
    step = next(size for size in _STEPS if most <= MOST_TICKS * size or size == _STEPS[-1])
    return [(number, reader.count(number)) for number in range(0, most + 1, step)]


def shares_panel(reader: Reader, rows: Sequence[Row], title: str = "", of_amounts: bool = False) -> Panel:
    ticks = [(share / 4, reader.percent(share / 4)) for share in range(5)]
    return Panel(0, 1, ticks, rows, title, of_amounts=of_amounts)
