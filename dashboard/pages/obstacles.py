"""What gets in the way, what helped, and what notes are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from dashboard.figures.marks import Panel, Row
from dashboard.outcomes import wording
from dashboard.pages import charts
from dashboard.pages.page import Page
from dashboard.pages.reader import Reader

Link = Mapping[str, Any]
KINDS = ("obstacle", "breakthrough")


def context(reader: Reader, choice: str | None) -> dict[str, Any]:
    release = reader.release
    known = {code for link in release["links"] for code in (link["from"], link["to"])}
    names = {code: reader.inside(reader.of_domain(code)) for code in known}
    return {
        "opening": wording.obstacle_sentence(release, names, reader.language),
        "lead": _together() if release["links"] else [],
        "obstacles": [_table_row(reader, link) for link in _links(reader, "obstacle")],
        "breakthroughs": [_table_row(reader, link) for link in _links(reader, "breakthrough")],
        "themes": [(_theme(theme), reader.percent(theme["share"])) for theme in release["themes"]],
    }  # fmt: skip


def chart(reader: Reader, choice: str | None) -> charts.Chart | None:
    most = max((link["people"] for link in reader.release["links"]), default=0)
    drawn = [*(_links_panel(reader, kind, most) for kind in KINDS), _themes_panel(reader)]
    panels = [panel for panel in drawn if panel]
    if not panels:
        return None
    return charts.Chart(
        gettext("What stands in the way and what helps"), gettext("Numbers of people, and shares of notes."),
        gettext("Chart: for each pair of areas a bar, how many people one of them held back or helped in the other; "
                "and for each theme the share of notes. The same figures are in the tables on this page."),
        charts.Key("", "", ""), panels,
    )  # fmt: skip


def _together() -> list[str]:
    return [gettext("Casemanagers and participants noted this together, for the plan.")]


def _links(reader: Reader, kind: str) -> list[Link]:
    """The most people first."""
    return sorted(
        (link for link in reader.release["links"] if link["kind"] == kind),
        key=lambda link: -int(link["people"]),
    )


def _pair(reader: Reader, link: Link) -> str:
    values = {"first": reader.of_domain(link["from"]), "second": reader.inside(reader.of_domain(link["to"]))}
    if link["kind"] == "obstacle":
        return gettext("%(first)s holds back %(second)s", **values)
    return gettext("%(first)s helped %(second)s on", **values)


def _links_panel(reader: Reader, kind: str, most: int) -> Panel | None:
    """`most`: of every kind, for a bar is as long as its number wherever it stands."""
    links = _links(reader, kind)
    if not links:
        return None
    title = gettext("What stands in the way") if kind == "obstacle" else gettext("What helped")
    return charts.people_panel(reader, [_row(reader, link) for link in links], most, title)


def _row(reader: Reader, link: Link) -> Row:
    name, people = _pair(reader, link), reader.count(link["people"])
    hover = gettext("%(name)s: about %(people)s people", name=name, people=people)
    return Row(name, charts.amount(link["people"], hover), people, "", is_shown=True)


def _themes_panel(reader: Reader) -> Panel | None:
    themes = reader.release["themes"]
    if not themes:
        return None
    rows = []
    for theme in themes:
        name, share = _theme(theme), reader.percent(theme["share"])
        hover = gettext("%(name)s: %(share)s of the notes", name=name, share=share)
        rows.append(Row(name, charts.amount(theme["share"], hover), share, "", is_shown=True))
    return charts.shares_panel(reader, rows, gettext("What notes and questions are about"), of_amounts=True)


def _theme(theme: Mapping[str, Any]) -> str:
    return theme["label"] or gettext("Everything else")


def _table_row(reader: Reader, link: Link) -> tuple[str, str]:
    return _pair(reader, link), reader.count(link["people"])


def _is_empty(reader: Reader) -> bool:
    return not reader.release["links"] and not reader.release["themes"]


PAGE = Page("dashboard/obstacles.html", _("What gets in the way"), context, chart, is_empty=_is_empty)
