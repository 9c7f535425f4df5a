"""Before and after as two dots on a line, with the margin of the difference: a row per domain.

Everything that is written beside the dots is handed in, already in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Any

from dashboard.figures import palette
from dashboard.figures.marks import Dots, Heading, Panel, Row

Figure = dict[str, Any]

PLAIN, BOLD = 400, 650
#: Before, after and later: told apart by shape as well.
RING = {"size": 13, "color": palette.CARD, "line": {"width": 3, "color": palette.BEFORE}}
DOT = {"size": 15, "color": palette.AFTER, "line": {"width": 1, "color": palette.CARD}}
DIAMOND = {
    "size": 16,
    "symbol": "diamond",
    "color": palette.LATER,
    "line": {"width": 1, "color": palette.CARD},
}
#: A margin that leaves no clear difference is striped, for whoever sees no colours.
MARGIN_HEIGHT, STRIPES = 9, "3px,2px"
#: An amount: a bar from nothing on.
BAR = {
    "type": "bar", "orientation": "h", "hoverinfo": "text", "width": 16,
    "marker": {"color": palette.AFTER, "line": {"width": 0}},
}  # fmt: skip
#: A name on more lines than fit in a row makes it so much higher for each.
LINES, LINE = 2, 20


@dataclass(frozen=True)
class Sizes:
    """Pixels. In the narrow form the words of a row stand above its dots instead of beside them."""

    row: int
    dots_at: int
    words_at: int
    left: int
    right: int
    small_below: int
    #: So many letters of a name stand on one line; in the narrow form together with what is said at its end.
    letters: int
    text: int = 15
    small_text: int = 13
    heading: int = 44
    gap: int = 18
    axis: int = 30
    title: int = 44


WIDE = Sizes(row=44, dots_at=22, words_at=22, left=212, right=146, small_below=9, letters=27)
#: One row, whose name stands above the chart already.
ALONE = Sizes(row=52, dots_at=26, words_at=26, left=0, right=146, small_below=9, letters=27)
NARROW = Sizes(row=76, dots_at=60, words_at=23, left=0, right=0, small_below=9, letters=42)


def dumbbell(panels: Sequence[Panel], sizes: Sizes = WIDE) -> Figure:
    """A figure as wide as its place, and as high as its rows need."""
    figure = _empty(sizes)
    layout = figure["layout"]
    total, top = sum(_height(panel, sizes) for panel in panels), 0
    for number, panel in enumerate(panels, start=1):
        axis, height, head = str(number) if number > 1 else "", _height(panel, sizes), _head(panel, sizes)
        layout[f"xaxis{axis}"] = _scale(panel, axis, sizes)
        # Down the page, in pixels; title and axis labels are above zero.
        layout[f"yaxis{axis}"] = {
            "domain": [round(1 - (top + height) / total, 9), round(1 - (top + head) / total, 9)],
            "range": [height - head, 0],
            "anchor": f"x{axis}",
            "visible": False,
            "fixedrange": True,
        }
        figure["data"] += _traces(panel, axis, sizes)
        layout["annotations"] += _annotations(panel, axis, sizes)
        layout["shapes"] += _rules(panel, axis, sizes) + _zeros(panel, axis, sizes)
        top += height
    layout["height"] = total
    return figure


def _empty(sizes: Sizes) -> Figure:
    layout = {
        "autosize": True,
        "margin": {"l": sizes.left, "r": sizes.right, "t": 0, "b": 0, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": palette.FONT, "size": sizes.text, "color": palette.INK},
        "hoverlabel": {
            "bgcolor": palette.CARD,
            "bordercolor": palette.MUTED,
            "font": {"family": palette.FONT, "color": palette.INK},
        },
        "hovermode": "closest",
        "dragmode": False,
        "showlegend": False,
        "annotations": [],
        "shapes": [],
    }
    return {"data": [], "layout": layout}


def _height(panel: Panel, sizes: Sizes) -> int:
    return _head(panel, sizes) + sum(_line_height(line, sizes) for line in panel.lines)


def _head(panel: Panel, sizes: Sizes) -> int:
    return sizes.axis + (sizes.title if panel.title else 0)


def _line_height(line: Row | Heading, sizes: Sizes) -> int:
    if isinstance(line, Row):
        return sizes.row + _extra(line, sizes)
    return sizes.heading if line.text else sizes.gap


def _extra(row: Row, sizes: Sizes) -> int:
    return LINE * max(0, len(wrap(row.name, _letters(row, sizes))) - LINES)


def _dots_at(row: Row, sizes: Sizes) -> int:
    """In the middle of a row; below the words where these stand above."""
    return sizes.dots_at + (_extra(row, sizes) if not sizes.right else _extra(row, sizes) // 2)


def _placed(panel: Panel, sizes: Sizes) -> Iterator[tuple[int, Row | Heading]]:
    """Each line with the pixels above it."""
    above = 0
    for line in panel.lines:
        yield above, line
        above += _line_height(line, sizes)


def _scale(panel: Panel, axis: str, sizes: Sizes) -> Figure:
    return {
        "range": list(panel.ends),
        "anchor": f"y{axis}",
        "side": "top",
        "tickvals": [value for value, _ in panel.ticks],
        "ticktext": [text for _, text in panel.ticks],
        "tickfont": {"size": sizes.small_text, "color": palette.MUTED},
        "gridcolor": palette.LINE,
        "gridwidth": 1,
        "zeroline": False,
        "fixedrange": True,
    }


def _traces(panel: Panel, axis: str, sizes: Sizes) -> list[Figure]:
    """Margins that leave no clear difference, other margins, the line between the dots, the first dots, the second."""
    placed = _placed(panel, sizes)
    told = [(y + _dots_at(row, sizes), row.dots) for y, row in placed if isinstance(row, Row) and row.dots]
    bands = [(panel.band(dots), y, dots.way == 0) for y, dots in told]
    lines = [(dots.before, dots.after, y) for y, dots in told if dots.before is not None]
    on = {"type": "scatter", "xaxis": f"x{axis}", "yaxis": f"y{axis}"}
    line = on | {"mode": "lines", "hoverinfo": "skip"}
    dot = on | {"mode": "markers", "hoverinfo": "text"}
    first, second, margin = (
        (DOT, DIAMOND, palette.LATER_MARGIN) if panel.of_differences else (RING, DOT, palette.MARGIN)
    )
    striped = {"width": MARGIN_HEIGHT, "color": palette.UNCLEAR, "dash": STRIPES}
    return [
        line | {"line": striped} | _segments([(*band, y) for band, y, unclear in bands if band and unclear]),
        line | {"line": {"width": MARGIN_HEIGHT, "color": margin}}
        | _segments([(*band, y) for band, y, unclear in bands if band and not unclear]),
        line | {"line": {"width": 2, "color": palette.MUTED}} | _segments(lines),
        dot | {"marker": first} | _points([(dots.before, y, dots) for y, dots in told if dots.before is not None]),
        (on | BAR if panel.of_amounts else dot | {"marker": second})
        | _points([(dots.after, y, dots) for y, dots in told]),
    ]  # fmt: skip


def _points(points: Sequence[tuple[float, int, Dots]]) -> Figure:
    return {
        "x": [x for x, _, _ in points],
        "y": [y for _, y, _ in points],
        "hovertext": [escape(dots.hover, quote=False) for _, _, dots in points],
    }


def _segments(lines: Sequence[tuple[float, float, int]]) -> Figure:
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
        y = above + sizes.words_at + _extra(line, sizes) // 2
        found.append(_text(line.name, axis, y, "left", sizes, letters=_letters(line, sizes)))
        found += _said(line, axis, y, sizes)
    return [annotation for annotation in found if annotation["text"]]


def _letters(row: Row, sizes: Sizes) -> int:
    """How long a line of the name may be."""
    return max(1, sizes.letters - (0 if sizes.right else max(len(row.said), len(row.small))))


def _said(row: Row, axis: str, y: int, sizes: Sizes) -> list[Figure]:
    """What is said at the end of a row."""
    color, weight = (palette.INK, BOLD) if row.is_shown else (palette.MUTED, PLAIN)
    below = sizes.small_below if row.small else 0
    said = [_text(row.said, axis, y - below, "right", sizes, color=color, weight=weight)]
    if below:
        said.append(_text(row.small, axis, y + below, "right", sizes, color=palette.MUTED))
        said[1]["font"]["size"] = sizes.small_text
    return said


def _text(
    text: str, axis: str, y: int, side: str, sizes: Sizes, color: str = palette.INK, weight: int = PLAIN,
    letters: int = 200,
) -> Figure:  # fmt: skip
    """Words at the left or right edge of the picture, at the height `y`, on lines of so many `letters`.

    Plain words only: plotly writes markup such as bold as a style attribute, which the page's policy refuses.
    """
    return {
        "text": "<br>".join(escape(line, quote=False) for line in wrap(text, letters)),
        "font": {"size": sizes.text, "color": color, "weight": weight},
        "showarrow": False,
        "borderpad": 0,
        "xref": "paper",
        "x": 0 if side == "left" else 1,
        "xshift": -sizes.left if side == "left" else sizes.right,
        "xanchor": side,
        "align": side,
        "yref": f"y{axis}",
        "y": y,
        "yanchor": "middle",
    }


def _rules(panel: Panel, axis: str, sizes: Sizes) -> list[Figure]:
    """A thin line above every row, from edge to edge: the plot, and the words left and right of it."""
    on = {"type": "line", "layer": "below", "line": {"color": palette.LINE, "width": 1}, "xref": "paper"}
    parts: list[Figure] = [{"x0": 0, "x1": 1}]
    if sizes.left:
        parts.append({"xsizemode": "pixel", "xanchor": 0, "x0": -sizes.left, "x1": 0})
    if sizes.right:
        parts.append({"xsizemode": "pixel", "xanchor": 1, "x0": 0, "x1": sizes.right})
    rows = [above for above, line in _placed(panel, sizes) if isinstance(line, Row)]
    return [{**on, **part, "yref": f"y{axis}", "y0": above, "y1": above} for above in rows for part in parts]


def _zeros(panel: Panel, axis: str, sizes: Sizes) -> list[Figure]:
    """Of differences the place of none, in every row and not through the words between them."""
    if not panel.of_differences:
        return []
    on: Figure = {"type": "line", "layer": "below", "line": {"color": palette.MUTED, "width": 2}}
    on |= {"xref": f"x{axis}", "x0": 0, "x1": 0, "yref": f"y{axis}"}
    start = 2 * sizes.dots_at - sizes.row
    rows = [
        (above, _line_height(line, sizes)) for above, line in _placed(panel, sizes) if isinstance(line, Row)
    ]
    return [{**on, "y0": above + start, "y1": above + height} for above, height in rows]
