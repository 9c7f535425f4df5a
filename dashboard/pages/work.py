"""Work and participation: how many people did what. Activities overlap, so shares do not add up to everyone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from dashboard.figures.marks import Dots, Row
from dashboard.outcomes import wording
from dashboard.outcomes.wording.participation import kinds
from dashboard.pages import charts, labels
from dashboard.pages.page import Page
from dashboard.pages.reader import Reader
from survey.code_names import GROUP_NAMES

Entry = Mapping[str, Any]


def context(reader: Reader, choice: str | None) -> dict[str, Any]:
    rows = reader.release["participation"]
    names = {row["kind"]: reader.inside(labels.kind(row["kind"])) for row in rows}
    return {
        "opening": wording.work_sentence(reader.release, names, reader.language),
        "lead": [_overlap()] if rows else [],
        "tables": [
            {
                "heading": labels.kind(row["kind"]),
                "rows": [_table_row(reader, one) for one in _parts(row, rows)],
            }
            for row in kinds(rows)
        ],
    }  # fmt: skip


def chart(reader: Reader, choice: str | None) -> charts.Chart | None:
    rows = kinds(reader.release["participation"])
    if not rows:
        return None
    return charts.Chart(
        gettext("What people took part in"), gettext("Share of the people who answered both times, with its margin."),
        gettext("Chart: for each kind of activity a dot, the share of people who took part, with its margin. The same "
                "figures are in the table on this page."),
        charts.Key("", gettext("Took part"), gettext("margin of the share")),
        [charts.shares_panel(reader, [_row(reader, row) for row in rows])],
        note=gettext("The bar is the margin: what the real share may be with so few people."),
    )  # fmt: skip


def _parts(whole: Entry, rows: Sequence[Entry]) -> list[Entry]:
    """A kind and what it consists of; not its one activity where that says the same again."""
    of_kind = [one for one in rows if one["kind"] == whole["kind"]]
    activities = [one for one in of_kind if one["activity"] and not one["group"]]
    again = [one for one in activities if len(activities) == 1 and _figures(one) == _figures(whole)]
    return [one for one in of_kind if one not in again]


def _figures(row: Entry) -> tuple[Any, ...]:
    return row["people"], row["of"], row["low"], row["high"]


def _overlap() -> str:
    return gettext("People can do several things, so the shares do not add up to everyone.")


def _row(reader: Reader, row: Entry) -> Row:
    name, share = labels.kind(row["kind"]), reader.percent(row["share"])
    margin = gettext("%(low)s to %(high)s", low=reader.percent(row["low"]), high=reader.percent(row["high"]))
    hover = gettext("%(name)s: %(share)s (margin %(margin)s)", name=name, share=share, margin=margin)
    return Row(name, Dots(None, row["share"], (row["low"], row["high"]), hover), share, margin, is_shown=True)


def _table_row(reader: Reader, row: Entry) -> dict[str, Any]:
    return {
        "activity": row["activity"],
        "group": row["group"] and GROUP_NAMES[row["group"]],
        "people": reader.count(row["people"]),
        "of": reader.count(row["of"]),
        "share": reader.percent(row["share"]),
        "margin": gettext(
            "%(low)s to %(high)s", low=reader.percent(row["low"]), high=reader.percent(row["high"])
        ),
    }


PAGE = Page(
    "dashboard/work.html", _("Work and participation"), context, chart,
    is_empty=lambda reader: not reader.release["participation"],
)  # fmt: skip
