"""The groups of one breakdown side by side, per domain: small multiples instead of a filter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from dashboard.figures.marks import Heading, Panel, Row
from dashboard.outcomes import wording
from dashboard.pages import charts, labels, tables
from dashboard.pages.addresses import domain_address
from dashboard.pages.kicker import kicker
from dashboard.pages.reader import Reader

Breakdown = Mapping[str, Any]


def context(reader: Reader, dimension: str) -> dict[str, Any]:
    breakdown = of(reader, dimension)
    compared = [cell | {"instrument": entry["instrument"], "domain": entry["domain"]}
                for entry in breakdown["change"] for cell in entry["cells"]]  # fmt: skip
    caveats = [
        wording.not_corrected(reader.language),
        wording.group_sizes([cell["people"] for cell in breakdown["cells"]], reader.language),
        wording.no_comparison_group(reader.language),
    ]
    return {
        "form": "groups",
        "kicker": kicker(reader, by=str(labels.CHOICES[dimension])),
        "opening": wording.groups_summary(str(labels.DIMENSIONS[dimension]), compared, reader.language),
        "lead": [*caveats[:-1], *_each(reader, breakdown), caveats[-1]],
        "caveats": caveats,
        "certainty": wording.certainty(reader.release, reader.language, compared),
        "note": _(
            "Groups differ in more than this one thing, and every group has its own margin. A difference between two "
            "groups says nothing about where it comes from. Every number of people is rounded on its own and not "
            "everybody answered every question, so numbers do not add up."
        ),
        "cells": _in_full(reader, breakdown),
        "tables": [
            {
                "heading": reader.domain(entry),
                "address": domain_address(reader.release, entry),
                "rows": [
                    {"name": name, **tables.scores(reader, cell)}
                    for name, cell in _cells(reader, breakdown, entry)
                ],
            }
            for entry in breakdown["change"]
        ],
    }  # fmt: skip


def chart(reader: Reader, dimension: str) -> charts.Chart:
    breakdown = of(reader, dimension)
    return charts.Chart(
        _("Before and after, per group"), charts.scale_of(reader, breakdown["change"]),
        _("Chart: for each area and each group two dots, the average score before and after, with the margin of the "
          "difference. The same figures are in the table on this page."),
        charts.before_and_after(reader), _panels(reader, breakdown), note=charts.bars(),
    )  # fmt: skip


def of(reader: Reader, dimension: str) -> Breakdown:
    """LookupError when the release has no such breakdown."""
    breakdowns: Sequence[Breakdown] = reader.release["breakdowns"]
    for breakdown in breakdowns:
        if breakdown["dimension"] == dimension:
            return breakdown
    raise LookupError(dimension)


def rows(reader: Reader, breakdown: Breakdown, entry: charts.Entry) -> list[Row]:
    """A row for each group in one domain."""
    return [charts.change_row(reader, cell, name) for name, cell in _cells(reader, breakdown, entry)]


def _panels(reader: Reader, breakdown: Breakdown) -> list[Panel]:
    panels: list[Panel] = []
    for (low, high), entries in charts.by_scale(reader, breakdown["change"]):
        lines: list[Row | Heading] = []
        for entry in entries:
            lines += [Heading(reader.domain(entry)), *rows(reader, breakdown, entry)]
        title = charts.on_scale(low, high) if panels else ""
        panels.append(Panel(low, high, charts.ticks(low, high), lines, title))
    return panels


def _cells(reader: Reader, breakdown: Breakdown, entry: charts.Entry) -> Iterator[tuple[str, charts.Entry]]:
    names = names_of(reader, breakdown)
    yield from zip(names, entry["cells"], strict=True)


def _each(reader: Reader, breakdown: Breakdown) -> Iterator[str]:
    """Of every group how many domains rose and fell."""
    for place, name in enumerate(names_of(reader, breakdown)):
        entries = [{**entry["cells"][place], "domain": entry["domain"]} for entry in breakdown["change"]]
        yield wording.group_sentence(name, entries, reader.names, reader.language)


def _in_full(reader: Reader, breakdown: Breakdown) -> list[tuple[str, str]]:
    """Of groups whose name leaves something out: that name, and all of it."""
    cells = [cell["values"] for cell in breakdown["cells"]]
    full = [labels.whole_cell(reader, breakdown["dimension"], values) for values in cells]
    return [pair for pair in zip(names_of(reader, breakdown), full, strict=True) if pair[0] != pair[1]]


def names_of(reader: Reader, breakdown: Breakdown) -> Sequence[str]:
    return [labels.cell(reader, breakdown["dimension"], cell["values"]) for cell in breakdown["cells"]]
