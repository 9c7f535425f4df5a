"""Change: one sentence, the chart that shows it, what people say, the figures, and how sure this is."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from dashboard.outcomes import wording
from dashboard.pages import charts
from dashboard.pages.addresses import domain_address
from dashboard.pages.reader import Reader
from instruments.translation import LANGUAGES

TEMPLATE = "dashboard/change.html"


def context(reader: Reader) -> dict[str, Any]:
    """What the template needs, in the reader's language."""
    release = reader.release
    return {
        "programme": release["programme"]["name"],
        "weeks": release["waves"]["after"]["weeks"] - release["waves"]["before"]["weeks"],
        "people": people(reader),
        "opening": wording.opening_sentence(release, reader.names, reader.language),
        "lead": wording.lead(release, reader.language),
        "certainty": wording.certainty(release, reader.language),
        "withheld": wording.withheld_sentences(release, reader.names, reader.language),
        "tables": tables(reader),
        "quotes": [quote_of(reader, quote) for quote in release["quotes"]],
        "scale": scale_sentence(reader),
        "heights": charts.heights(figures(reader)),
        "number": release["number"],
        "built_on": reader.day(release["built_on"]),
        "image": image(reader, release["programme"]["code"], release["programme"]["name"]),
    }


def figures(reader: Reader) -> dict[str, Any]:
    return charts.change_figures(reader, reader.release["change"])


def people(reader: Reader) -> str | None:
    """About how many people answered both times; None when too few to say."""
    both = reader.release["population"]["people"]["both"]
    return reader.count(both) if both >= reader.release["method"]["minimum_pairs"] else None


def scale_sentence(reader: Reader) -> str:
    """The scale of most of the chart; what is on another one says so itself."""
    (low, high), _entries = charts.by_scale(reader, reader.release["change"])[0]
    return scale_words(low, high)


def scale_words(low: float, high: float) -> str:
    return _("Average score from %(low)s (lowest) to %(high)s (highest).", low=round(low), high=round(high))


def tables(reader: Reader) -> list[dict[str, Any]]:
    """The figures of the chart, per heading."""
    return [
        {"heading": heading, "rows": [_table_row(reader, entry) for entry in entries]}
        for heading, entries in charts.headings(reader, reader.release["change"])
    ]


def _table_row(reader: Reader, entry: charts.Entry) -> dict[str, Any]:
    difference, _small = charts.said(reader, entry)
    return {
        "name": reader.words[entry["instrument"]].domain(entry["domain"]),
        "address": domain_address(reader.release, entry),
        "before": _points(reader, entry["before_mean"]),
        "after": _points(reader, entry["after_mean"]),
        "difference": _points(reader, entry["difference"], signed=True),
        "margin": None if entry["low"] is None else charts.margin(reader, entry),
        "people": None if entry["pairs"] is None else reader.count(entry["pairs"]),
        "verdict": entry["verdict"],
        "remains": _remains(entry),
        "said": difference,
    }


def _remains(entry: charts.Entry) -> str:
    """Which corrections for looking at many domains a difference stands up to; nothing where none was shown."""
    if entry["verdict"] not in ("rose", "fell"):
        return ""
    if entry["holm"]:
        return _("Holm and BH")
    return _("BH") if entry["bh"] else _("neither")


def _points(reader: Reader, number: float | None, signed: bool = False) -> str | None:
    if number is None:
        return None
    return reader.signed(number) if signed else reader.points(number)


def quote_of(reader: Reader, quote: dict[str, Any]) -> dict[str, Any]:
    """A quote with the name of its domain and what it is beside the score."""
    name = next(
        words.domain(quote["domain"])
        for words in reader.words.values()
        if any(domain.code == quote["domain"] for domain in words.instrument.domains)
    )
    stance = _("more people say this") if quote["stance"] == "typical" else _("another voice")
    spoken = LANGUAGES.get(quote["language"])
    return {
        "text": quote["text"],
        "language": quote["language"],
        "direction": spoken.direction if spoken else "auto",
        "domain": name,
        "stance": stance,
    }


def image(reader: Reader, file: str, about: str) -> dict[str, str]:
    """What the chart takes along when it is downloaded: file name, what it is about, margin and caveats."""
    release = reader.release
    caveats = [wording.no_comparison_group(reader.language)]
    if release["programme"]["fictitious"]:
        caveats.append(_("Example with invented people"))
    return {
        "name": f"{file}-{release['number']}",
        "about": about,
        "sure": reader.percent(release["method"]["confidence"]),
        "caveat": " ".join(caveats),
    }
