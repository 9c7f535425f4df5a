"""The groups of one breakdown side by side, per domain: small multiples instead of a filter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from dashboard.figures.marks import Heading, Panel, Row
from dashboard.outcomes import wording
from dashboard.pages import charts, labels, tables
from dashboard.pages.addresses import domain_address
from dashboard.pages.kicker import kicker
from dashboard.pages.reader import Reader

Breakdown = Mapping[str, Any]
#: So many domains.
UNDER_ONE_SCALE = 3


def context(reader: Reader, dimension: str) -> dict[str, Any]:
    breakdown = of(reader, dimension)
    compared = [cell | {"instrument": entry["instrument"], "domain": entry["domain"]}
                for entry in breakdown["change"] for cell in entry["cells"]]  # fmt: skip
    clear, unclear = _by_clearness(breakdown)
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
        "tables": [_table(reader, breakdown, entry) for entry in clear],
        "folded": [_table(reader, breakdown, entry) for entry in unclear],
        "folded_as": _folded_as(unclear),
    }  # fmt: skip


def chart(reader: Reader, dimension: str) -> charts.Chart:
    breakdown = of(reader, dimension)
    clear, unclear = _by_clearness(breakdown)
    return charts.Chart(
        _("Before and after, per group"), charts.scale_of(reader, breakdown["change"]),
        _("Chart: for each area and each group two dots, the average score before and after, with the margin of the "
          "difference. The same figures are in the table on this page."),
        charts.before_and_after(reader), _panels(reader, breakdown, clear), note=charts.bars(),
        folded=_panels(reader, breakdown, unclear), folded_as=_folded_as(unclear),
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


def _by_clearness(breakdown: Breakdown) -> tuple[list[charts.Entry], list[charts.Entry]]:
    """Domains in which a group clearly changed, and the others, which are folded; none are where all would be."""
    found: tuple[list[charts.Entry], list[charts.Entry]] = ([], [])
    for entry in breakdown["change"]:
        found[not any(charts.way(cell) for cell in entry["cells"])].append(entry)
    return found if found[0] else (found[1], [])


def _folded_as(unclear: Sequence[charts.Entry]) -> str:
    return ngettext(
        "In %(num)s area no clear difference in any group", "In %(num)s areas no clear difference in any group",
        len(unclear),
    )  # fmt: skip


def _table(reader: Reader, breakdown: Breakdown, entry: charts.Entry) -> dict[str, Any]:
    return {
        "heading": reader.domain(entry),
        "address": domain_address(reader.release, entry),
        "rows": [
            {"name": name, **tables.scores(reader, cell)} for name, cell in _cells(reader, breakdown, entry)
        ],
    }


def _panels(reader: Reader, breakdown: Breakdown, entries: Sequence[charts.Entry]) -> list[Panel]:
    """Under every scale a few domains, so that it is always near."""
    panels: list[Panel] = []
    for number, (scale, of_scale) in enumerate(charts.by_scale(reader, entries)):
        for start in range(0, len(of_scale), UNDER_ONE_SCALE):
            lines: list[Row | Heading] = []
            for entry in of_scale[start : start + UNDER_ONE_SCALE]:
                lines += [Heading(reader.domain(entry)), *rows(reader, breakdown, entry)]
            title = charts.on_scale(*scale) if number and not start else ""
            panels.append(Panel(*scale, charts.ticks(*scale), lines, title))
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
