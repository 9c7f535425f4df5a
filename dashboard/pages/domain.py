"""One domain: its number and margin in a sentence, its people's words beside it, what was asked."""

from __future__ import annotations

from typing import Any

from dashboard.outcomes import wording
from dashboard.pages import charts
from dashboard.pages.addresses import change_address, domain_address
from dashboard.pages.change import image, people, quote_of, scale_words, tables
from dashboard.pages.reader import Reader

TEMPLATE = "dashboard/domain.html"


def find(reader: Reader, instrument: str, domain: str) -> charts.Entry | None:
    """The entry of `change` of this domain; None when the release has none."""
    return next(
        (
            entry for entry in reader.release["change"]
            if (entry["instrument"], entry["domain"]) == (instrument, domain)
        ),
        None,
    )  # fmt: skip


def context(reader: Reader, entry: charts.Entry) -> dict[str, Any]:
    """What the template needs, in the reader's language."""
    release, words = reader.release, reader.words[entry["instrument"]]
    rows = {row["address"]: row for table in tables(reader) for row in table["rows"]}
    address = domain_address(release, entry)
    about = f"{release['programme']['name']}, {words.domain(entry['domain'])}"
    (low, high), _entries = charts.by_scale(reader, [entry])[0]
    before, after = _neighbours(list(rows.values()), address)
    return {
        "programme": release["programme"]["name"],
        "change_address": change_address(release),
        "weeks": release["waves"]["after"]["weeks"] - release["waves"]["before"]["weeks"],
        "people": people(reader),
        "name": words.domain(entry["domain"]),
        "scale": scale_words(low, high),
        "row": rows[address],
        "sentence": wording.change_sentence(release, entry, reader.names[entry["domain"]], reader.language),
        "distribution": wording.distribution_sentence(release, entry, reader.language),
        "caveat": wording.no_comparison_group(reader.language),
        "counts": _counts(reader, entry),
        "quotes": [quote_of(reader, q) for q in release["quotes"] if q["domain"] == entry["domain"]],
        "questions": [words.question(item.id) for item in words.instrument.domain(entry["domain"]).items],
        "heights": charts.heights(figures(reader, entry)),
        "previous": before,
        "next": after,
        "number": release["number"],
        "built_on": reader.day(release["built_on"]),
        "image": image(reader, f"{release['programme']['code']}-{entry['domain']}", about),
    }


def figures(reader: Reader, entry: charts.Entry) -> dict[str, Any]:
    return charts.domain_figures(reader, entry)


def _counts(reader: Reader, entry: charts.Entry) -> list[str] | None:
    """How many improved, stayed about the same and declined; None when that is not shown."""
    if entry["improved"] is None:
        return None
    return [reader.count(entry[key]) for key in ("improved", "maintained", "declined")]


def _neighbours(
    rows: list[dict[str, Any]], address: str
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The domains before and after this one, in the order of the questionnaire."""
    place = [row["address"] for row in rows].index(address)
    return rows[place - 1] if place else None, rows[place + 1] if place + 1 < len(rows) else None
