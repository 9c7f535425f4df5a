"""Before and after as two dots on a line, with the margin of the difference: a row per domain, on one or more scales.

Everything that is written beside the dots is handed in, already in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from dashboard.figures import palette

Figure = dict[str, Any]

PLAIN, BOLD = 400, 650


@dataclass(frozen=True)
class Row:
    """A domain. Means are None when there are too few people, the margin (of the difference) when there is none."""

    name: str
    before: float | None
    after: float | None
    low: float | None
    high: float | None
    #: What is said at the end of the row: the difference, and its margin or a word.
    said: str
    small: str
    is_shown: bool
    hover: str


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Panel:
    """Rows on one scale, from `low` to `high`, with the values that are marked, and a title where it needs one."""

    low: float
    high: float
    ticks: tuple[int, ...]
    lines: Sequence[Row | Heading]
    title: str = ""


@dataclass(frozen=True)
class Sizes:
    """Pixels. In the narrow form the words of a row stand above its dots instead of beside them."""

    row: int
    dots_at: int
    words_at: int
    left: int
    right: int
    small_below: int
    text: int = 15
    small_text: int = 13
    heading: int = 44
    gap: int = 18
    axis: int = 30
    title: int = 44


WIDE = Sizes(row=44, dots_at=22, words_at=22, left=212, right=104, small_below=9)
#: One row, whose name stands above the chart already.
ALONE = Sizes(row=52, dots_at=26, words_at=26, left=0, right=104, small_below=9)
NARROW = Sizes(row=64, dots_at=46, words_at=19, left=0, right=0, small_below=0)


def dumbbell(panels: Sequence[Panel], sizes: Sizes = WIDE) -> Figure:
    """A figure as wide as its place, and as high as its rows need."""
    figure = _empty(sizes)
    heights = [_height(panel, sizes) for panel in panels]
    total, top = sum(heights), 0
    for number, (panel, height) in enumerate(zip(panels, heights, strict=True), start=1):
        axis = "" if number == 1 else str(number)
        figure["layout"][f"xaxis{axis}"] = _scale(panel, axis, sizes)
        # Down the page, in pixels; title and axis labels are above zero.
        figure["layout"][f"yaxis{axis}"] = {
            "domain": [1 - (top + height) / total, 1 - (top + _before_rows(panel, sizes)) / total],
            "range": [height - _before_rows(panel, sizes), 0], "anchor": f"x{axis}", "visible": False, "fixedrange": True,
        }  # fmt: skip
        figure["data"] += _traces(panel, axis, sizes)
        figure["layout"]["annotations"] += _annotations(panel, axis, sizes)
        figure["layout"]["shapes"] += _rules(panel, axis, sizes)
        top += height
    figure["layout"]["height"] = total
    return figure


def _empty(sizes: Sizes) -> Figure:
    layout = {
        "margin": {"l": sizes.left, "r": sizes.right, "t": 0, "b": 0, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": palette.FONT, "size": sizes.text, "color": palette.INK},
        "hoverlabel": {"bgcolor": palette.CARD, "bordercolor": palette.MUTED, "font": {"color": palette.INK}},
        "autosize": True, "showlegend": False, "dragmode": False, "hovermode": "closest", "annotations": [], "shapes": [],
    }  # fmt: skip
    return {"data": [], "layout": layout}


def _height(panel: Panel, sizes: Sizes) -> int:
    return _before_rows(panel, sizes) + sum(_line_height(line, sizes) for line in panel.lines)


def _before_rows(panel: Panel, sizes: Sizes) -> int:
    return sizes.axis + (sizes.title if panel.title else 0)


def _line_height(line: Row | Heading, sizes: Sizes) -> int:
    if isinstance(line, Row):
        return sizes.row
    return sizes.heading if line.text else sizes.gap


def _placed(panel: Panel, sizes: Sizes) -> Iterator[tuple[int, Row | Heading]]:
    """Each line with the pixels above it."""
    above = 0
    for line in panel.lines:
        yield above, line
        above += _line_height(line, sizes)


def _rows(panel: Panel, sizes: Sizes) -> list[tuple[int, Row]]:
    return [(above, line) for above, line in _placed(panel, sizes) if isinstance(line, Row)]


def _scale(panel: Panel, axis: str, sizes: Sizes) -> Figure:
    room = (panel.high - panel.low) / 30
    return {
        "range": [panel.low - room, panel.high + room], "anchor": f"y{axis}", "side": "top",
        "tickvals": list(panel.ticks), "ticktext": [str(tick) for tick in panel.ticks],
        "tickfont": {"size": sizes.small_text, "color": palette.MUTED},
        "gridcolor": palette.LINE, "gridwidth": 1, "zeroline": False, "fixedrange": True,
    }  # fmt: skip


def _traces(panel: Panel, axis: str, sizes: Sizes) -> list[Figure]:
    told = [(above + sizes.dots_at, row) for above, row in _rows(panel, sizes) if row.before is not None]
    with_margin = [(y, row) for y, row in told if row.low is not None]
    on = {"type": "scatter", "xaxis": f"x{axis}", "yaxis": f"y{axis}"}
    hover = {"hoverinfo": "text", "hovertext": [row.hover for _, row in told]}
    y = [y for y, _ in told]
    return [
        on | {"mode": "lines", "hoverinfo": "skip", "line": {"width": 9, "color": palette.MARGIN}, "opacity": 0.35}
        | _segments([(row.before + row.low, row.before + row.high, y) for y, row in with_margin]),
        on | {"mode": "lines", "hoverinfo": "skip", "line": {"width": 2, "color": palette.MUTED}}
        | _segments([(row.before, row.after, y) for y, row in told]),
        on | {"mode": "markers", "x": [row.before for _, row in told], "y": y, **hover,
              "marker": {"size": 13, "color": palette.CARD, "line": {"width": 3, "color": palette.BEFORE}}},
        on | {"mode": "markers", "x": [row.after for _, row in told], "y": y, **hover,
              "marker": {"size": 14, "color": palette.AFTER, "line": {"width": 0}}},
    ]  # fmt: skip


def _segments(lines: Sequence[tuple[Any, Any, int]]) -> Figure:
    """Separate lines in one trace: a gap after each."""
    return {
        "x": [value for start, end, _ in lines for value in (start, end, None)],
        "y": [value for _, _, y in lines for value in (y, y, None)],
    }


def _annotations(panel: Panel, axis: str, sizes: Sizes) -> list[Figure]:
    found = []
    if panel.title:
        title = _text(panel.title, axis, 0, "left", sizes, color=palette.MUTED, weight=BOLD)
        found.append(title | {"yshift": sizes.axis + 14})
    for above, line in _placed(panel, sizes):
        if isinstance(line, Heading):
            y = above + sizes.heading - 16
            found.append(_text(line.text, axis, y, "left", sizes, color=palette.MUTED, weight=BOLD))
            continue
        y = above + sizes.words_at
        found.append(_text(line.name, axis, y, "left", sizes))
        found += _said(line, axis, y, sizes)
    return found


def _said(row: Row, axis: str, y: int, sizes: Sizes) -> list[Figure]:
    color, weight = (palette.INK, BOLD) if row.is_shown else (palette.MUTED, PLAIN)
    if not row.small:
        return [_text(row.said, axis, y, "right", sizes, color=color, weight=weight)]
    if not sizes.small_below:
        return [_text(f"{row.said}  ({row.small})", axis, y, "right", sizes, color=color, weight=weight)]
    small = _text(row.small, axis, y + sizes.small_below, "right", sizes, color=palette.MUTED)
    small["font"]["size"] = sizes.small_text
    return [_text(row.said, axis, y - sizes.small_below, "right", sizes, color=color, weight=weight), small]


def _text(
    text: str, axis: str, y: int, side: str, sizes: Sizes, color: str = palette.INK, weight: int = PLAIN
) -> Figure:
    """Words at the left or right edge of the picture, at the height `y`.

    Plain words only: plotly writes markup such as bold as a style attribute, which the page's policy refuses.
    """
    return {
        "text": escape(text, quote=False),
        "font": {"size": sizes.text, "color": color, "weight": weight},
        "showarrow": False, "borderpad": 0, "xref": "paper", "yref": f"y{axis}", "y": y,
        "x": 0 if side == "left" else 1, "xshift": -sizes.left if side == "left" else sizes.right,
        "xanchor": side, "align": side, "yanchor": "middle",
    }  # fmt: skip


def _rules(panel: Panel, axis: str, sizes: Sizes) -> list[Figure]:
    """A thin line above every row, from edge to edge: the plot, and the words left and right of it."""
    on = {"type": "line", "layer": "below", "line": {"color": palette.LINE, "width": 1}, "xref": "paper"}
    parts: list[Figure] = [{"x0": 0, "x1": 1}]
    if sizes.left:
        parts.append({"xsizemode": "pixel", "xanchor": 0, "x0": -sizes.left, "x1": 0})
        parts.append({"xsizemode": "pixel", "xanchor": 1, "x0": 0, "x1": sizes.right})
    return [
        {**on, **part, "yref": f"y{axis}", "y0": above, "y1": above}
        for above, _ in _rows(panel, sizes)
        for part in parts
    ]
