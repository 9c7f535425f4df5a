"""The chart as the server draws it: in the page itself, to be read before any script ran and without one.

Places on a line are percentages of its length, so the picture fits every width; colours are those of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.figures.marks import Dots, Heading, Panel, Row

Line = dict[str, Any]


def picture(panels: Sequence[Panel]) -> list[dict[str, Any]]:
    """What templates/dashboard/picture.html draws."""
    return [
        {
            "title": panel.title,
            "ticks": [(_at(panel, value), text) for value, text in panel.ticks],
            "goal": None if panel.goal is None else _at(panel, panel.goal),
            "zero": _at(panel, 0) if panel.of_differences else None,
            "nothing": _at(panel, 0) if panel.of_amounts else None,
            "lines": [_line(panel, line) for line in panel.lines],
        }
        for panel in panels
    ]


def _line(panel: Panel, line: Row | Heading) -> Line:
    if isinstance(line, Heading):
        return {"heading": line.text}
    words = {"name": line.name, "said": line.said, "small": line.small, "is_shown": line.is_shown}
    return {"heading": None, **words, "dots": _dots(panel, line.dots) if line.dots else None}


def _dots(panel: Panel, dots: Dots) -> dict[str, Any]:
    band = panel.band(dots)
    return {
        "before": None if dots.before is None else _at(panel, dots.before),
        "after": _at(panel, dots.after),
        "margin": None if band is None else tuple(_at(panel, end) for end in band),
        "is_unclear": dots.way == 0,
    }


def _at(panel: Panel, value: float) -> str:
    """How far along the line, in percent with one decimal; what lies beyond its ends is drawn at them."""
    start, end = panel.ends
    along = 100 * (value - start) / (end - start)
    return f"{min(max(along, 0), 100):.1f}".removesuffix(".0")
