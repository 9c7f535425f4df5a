"""One domain: its number and margin in a sentence, its people's words beside it, later, per group, what was asked."""

from __future__ import annotations

from typing import Any

from dashboard.figures.marks import Panel
from dashboard.figures.picture import picture
from dashboard.outcomes import wording
from dashboard.pages import charts, groups, labels, later, quotes, tables
from dashboard.pages.addresses import page_address
from dashboard.pages.page import Page
from dashboard.pages.reader import Reader


def page(reader: Reader, instrument: str, domain: str) -> Page:
    """LookupError when the release has no such domain."""
    entry = _find(reader.release["change"], instrument, domain)
    if entry is None:
        raise LookupError(f"{instrument}/{domain}")
    return Page(
        "dashboard/domain.html",
        reader.domain(entry),
        lambda reader, choice: _context(reader, entry),
        lambda reader, choice: charts.domain_chart(reader, entry),
    )


def _find(entries: Any, instrument: str, domain: str) -> charts.Entry | None:
    return next(
        (entry for entry in entries if (entry["instrument"], entry["domain"]) == (instrument, domain)), None
    )


def _context(reader: Reader, entry: charts.Entry) -> dict[str, Any]:
    release, words = reader.release, reader.words[entry["instrument"]]
    every = [tables.change_row(reader, one) for one in release["change"]]
    row = tables.change_row(reader, entry)
    before, after = _neighbours(every, row["address"])
    name = reader.names[entry["domain"]]
    return {
        "change_address": page_address(release, "change"),
        "name": reader.domain(entry),
        "row": row,
        "opening": wording.change_sentence(release, entry, name, reader.language),
        "lead": _lead(reader, entry),
        "later": _later(reader, entry),
        "counts": _counts(reader, entry),
        "weeks_later": later.weeks(reader) if reader.release["waves"]["follow_up"] else None,
        "groups": _groups(reader, entry),
        "not_corrected": wording.not_corrected(reader.language),
        "quotes": [
            quotes.quote(reader, one) for one in release["quotes"] if one["domain"] == entry["domain"]
        ],
        "questions": [words.question(item.id) for item in words.instrument.domain(entry["domain"]).items],
        "previous": before,
        "next": after,
    }


def _lead(reader: Reader, entry: charts.Entry) -> list[str]:
    distribution = wording.distribution_sentence(reader.release, entry, reader.language)
    shown = entry["verdict"] in ("rose", "fell")
    caveat = wording.no_comparison_group(reader.language) if shown else None
    chance = wording.may_be_chance(entry, reader.language)
    return [*chance, *(sentence for sentence in (distribution, caveat) if sentence)]


def _later(reader: Reader, entry: charts.Entry) -> str | None:
    found = _find(reader.release["follow_up"], entry["instrument"], entry["domain"])
    if found is None:
        return None
    return wording.later_sentence(found, reader.names[entry["domain"]], reader.language)


def _counts(reader: Reader, entry: charts.Entry) -> list[str] | None:
    """How many improved, stayed about the same and declined; None when that is not shown."""
    counted = [entry[key] for key in ("improved", "maintained", "declined")]
    return None if None in counted else [reader.count(count) for count in counted]


def _groups(reader: Reader, entry: charts.Entry) -> list[dict[str, Any]]:
    """A small picture for each breakdown that has this domain."""
    found = []
    ((low, high), _entries) = charts.by_scale(reader, [entry])[0]
    for breakdown in reader.release["breakdowns"]:
        of_domain = _find(breakdown["change"], entry["instrument"], entry["domain"])
        if of_domain:
            panel = Panel(low, high, charts.ticks(low, high), groups.rows(reader, breakdown, of_domain))
            found.append(
                {"title": labels.CHOICES[breakdown["dimension"]], "picture": picture([panel]),
                 "address": page_address(reader.release, "change", breakdown["dimension"])}
            )  # fmt: skip
    return found


def _neighbours(
    rows: list[dict[str, Any]], address: str
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The domains before and after this one, in the order of the questionnaire."""
    place = [row["address"] for row in rows].index(address)
    return rows[place - 1] if place else None, rows[place + 1] if place + 1 < len(rows) else None
