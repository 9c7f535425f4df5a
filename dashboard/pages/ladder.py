"""The ladder of participation: how many people on each step, before and after. No mean: steps have no distance."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from dashboard.figures.marks import Dots, Panel, Row
from dashboard.outcomes import wording
from dashboard.pages import charts, labels
from dashboard.pages.page import Page
from dashboard.pages.reader import Reader
from survey.code_names import LADDER_MEANINGS, LADDER_NAMES


def context(reader: Reader, choice: str | None) -> dict[str, Any]:
    ladder = reader.release["ladder"]
    return {
        "opening": wording.ladder_sentence(reader.release, reader.language),
        "lead": [wording.no_comparison_group(reader.language)] if ladder else [],
        "rows": [
            (labels.step(step), reader.count(before), reader.count(after)) for step, before, after in _steps(reader)
        ],
        "moved": _moved(reader),
        "meanings": [(name, LADDER_MEANINGS[code]) for code, name in LADDER_NAMES.items()],
    }  # fmt: skip


def chart(reader: Reader, choice: str | None) -> charts.Chart | None:
    steps = _steps(reader)
    if not steps:
        return None
    most = max(max(before, after) for _step, before, after in steps)
    rows = [_row(reader, *step) for step in steps]
    return charts.Chart(
        gettext("How many people on each step"), gettext("Numbers of people, rounded to multiples of five."),
        gettext("Chart: for each step of the ladder two dots, how many people stood there at the start and later. The "
                "same figures are in the table on this page."),
        charts.Key(gettext("Before"), gettext("After"), ""),
        [Panel(0, most or 5, charts.people_ticks(reader, most), rows)],
    )  # fmt: skip


def _steps(reader: Reader) -> list[tuple[str, int, int]]:
    """Step, people before, people after; from the highest, as one looks at a ladder."""
    ladder = reader.release["ladder"]
    if not ladder:
        return []
    after = {one["step"]: one["people"] for one in ladder["after"]}
    return [(one["step"], one["people"], after[one["step"]]) for one in reversed(ladder["before"])]


def _moved(reader: Reader) -> list[str] | None:
    """How many people went up, stayed and went down; None when that is not shown."""
    ladder = reader.release["ladder"]
    if not ladder or ladder["up"] is None:
        return None
    return [reader.count(ladder[key]) for key in ("up", "same", "down")]


def _row(reader: Reader, step: str, before: int, after: int) -> Row:
    name = labels.step(step)
    values = {"before": reader.count(before), "after": reader.count(after)}
    said = gettext("%(before)s, then %(after)s", **values)
    hover = gettext("%(name)s: about %(before)s people, then about %(after)s", name=name, **values)
    return Row(labels.short_step(step), Dots(before, after, None, hover), said, "", is_shown=False)


PAGE = Page(
    "dashboard/ladder.html", _("Ladder"), context, chart, is_empty=lambda reader: not reader.release["ladder"]
)
