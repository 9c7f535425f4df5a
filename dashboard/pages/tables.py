"""The figures of charts, as rows of tables in which nothing has to be worked out any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from dashboard.pages import charts
from dashboard.pages.addresses import domain_address
from dashboard.pages.reader import Reader

Row = dict[str, Any]


def of_change(reader: Reader, entries: Sequence[charts.Entry]) -> list[dict[str, Any]]:
    """Scores before and after, per heading."""
    return [
        {"heading": heading, "rows": [change_row(reader, entry) for entry in group]}
        for heading, group in charts.headings(reader, entries)
    ]


def change_row(reader: Reader, entry: charts.Entry) -> Row:
    return {
        "name": reader.domain(entry),
        "address": domain_address(reader.release, entry),
        **scores(reader, entry),
        "remains": _remains(entry),
    }


def scores(reader: Reader, entry: charts.Entry) -> Row:
    """What a row says of scores, whatever it is about: everyone, or one group."""
    difference, _small = charts.said(reader, entry)
    return {
        "before": points(reader, entry["before_mean"]),
        "after": points(reader, entry["after_mean"]),
        "difference": points(reader, entry["difference"], signed=True),
        "margin": None if entry["low"] is None else charts.margin(reader, entry),
        "people": None if entry["pairs"] is None else reader.count(entry["pairs"]),
        "verdict": entry["verdict"],
        "finding": finding(entry),
        "said": difference,
    }


def finding(entry: charts.Entry) -> str | None:
    """What there is to conclude from a difference and its margin; None where there is no figure."""
    return {
        "rose": _("Higher than at the start"),
        "fell": _("Lower than at the start"),
        "not_shown": _("No clear difference"),
    }.get(entry["verdict"])


def points(reader: Reader, number: float | None, signed: bool = False) -> str | None:
    if number is None:
        return None
    return reader.signed(number) if signed else reader.points(number)


def _remains(entry: charts.Entry) -> str:
    """Which corrections for looking at many domains a difference stands up to; nothing where none was shown."""
    if entry["verdict"] not in ("rose", "fell"):
        return ""
    if entry["holm"]:
        return _("still there")
    return _("only after a mild correction") if entry["bh"] else _("gone")
