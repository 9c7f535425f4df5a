"""A figure holds every row once, on its own scale, in its own place, and only plain words."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dashboard.figures.dumbbell import ALONE, NARROW, WIDE, Sizes, dumbbell
from dashboard.figures.marks import Dots, Heading, Panel, Row

ENDS = [(1, "1"), (5, "5")]
names = st.text(min_size=1, max_size=30).filter(str.strip)
points = st.floats(1, 5)
ways = st.sampled_from([None, -1, 0, 1])


@st.composite
def rows(draw: st.DrawFn) -> Row:
    margin = draw(st.none() | st.tuples(st.floats(-4, 0), st.floats(0, 4)))
    dots = draw(st.none() | st.builds(Dots, st.none() | points, points, st.just(margin), names, ways))
    return Row(draw(names), dots, draw(names), draw(st.text(max_size=10)), draw(st.booleans()))


panels = st.lists(
    st.builds(
        Panel, st.just(1.0), st.just(5.0), st.just([*ENDS, (3, "3")]),
        st.lists(rows() | st.builds(Heading, names), min_size=1), st.text(max_size=10),
    ),
    min_size=1, max_size=3,
)  # fmt: skip
forms = st.sampled_from([WIDE, ALONE, NARROW])


def traces(figure: dict[str, Any], which: int) -> list[float]:
    return [x for trace in figure["data"][which::5] for x in trace["x"]]


@given(panels, forms)
def test_every_mean_is_drawn_once(given_panels: list[Panel], form: Sizes) -> None:
    figure = dumbbell(given_panels, form)
    told = [
        line.dots for panel in given_panels for line in panel.lines if isinstance(line, Row) and line.dots
    ]
    assert traces(figure, 3) == [dots.before for dots in told if dots.before is not None]
    assert traces(figure, 4) == [dots.after for dots in told]
    bands = [*traces(figure, 0), *traces(figure, 1)]
    assert sum(x is None for x in bands) == sum(dots.margin is not None for dots in told)


@given(panels, forms)
def test_panels_fill_the_height_and_do_not_overlap(given_panels: list[Panel], form: Sizes) -> None:
    layout = dumbbell(given_panels, form)["layout"]
    domains = [axis["domain"] for name, axis in layout.items() if name.startswith("yaxis")]
    edges = [edge for low, high in domains for edge in (high, low)]
    assert edges == sorted(edges, reverse=True)
    assert abs(edges[-1]) < 1e-9 and edges[0] < 1
    lengths = [
        axis["range"][0] / (high - low)
        for (low, high), axis in zip(
            domains, (axis for name, axis in layout.items() if name.startswith("yaxis")), strict=True
        )
    ]
    assert all(abs(length - layout["height"]) < 1e-6 * layout["height"] for length in lengths)


@given(panels, forms)
def test_words_cannot_become_markup(given_panels: list[Panel], form: Sizes) -> None:
    figure = dumbbell(given_panels, form)
    for annotation in figure["layout"]["annotations"]:
        assert annotation["text"] and "<" not in annotation["text"].replace(
            "<br>", ""
        )  # our own breaks of lines
    json.dumps(figure, allow_nan=False)


def test_markup_in_a_name_is_shown_as_it_is() -> None:
    row = Row("<b>x</b> & y", Dots(2, 3, None, "<i>"), "+1", "", True)
    figure = dumbbell([Panel(1, 5, ENDS, [row])])
    assert figure["layout"]["annotations"][0]["text"] == "&lt;b&gt;x&lt;/b&gt; &amp; y"
    assert figure["data"][3]["hovertext"] == ["&lt;i&gt;"]


def test_the_margin_lies_where_it_was_said_to_lie() -> None:
    row = Row("x", Dots(2.0, 2.5, (2.25, 2.75), ""), "+0.5", "", True)
    band = dumbbell([Panel(1, 5, ENDS, [row])])["data"][1]
    assert band["x"] == [2.25, 2.75, None]
