"""The rules of a release, checked from the document alone.

Every check takes the document and yields what is wrong as a sentence. They may assume that the document
has the form of the schema; nothing else.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from dashboard.outcomes.method import DISTRIBUTION_MINIMUM, MINIMUM_PAIRS, ROUNDING, step_of_change

# How far apart two things may lie when each was rounded to one decimal, with room for binary fractions.
ROUNDED = 0.05
SLACK = 1e-9

Document = dict[str, Any]
Problems = Iterator[str]


def broken_rules(release: Document) -> list[str]:
    """Every rule the document breaks, one sentence each."""
    checks = (_frame, _population, _domains, _numbers, _verdicts, _distributions, _withheld, _quotes)
    return [problem for check in checks for problem in check(release)]


def _frame(release: Document) -> Problems:
    """Date, thresholds and waves."""
    try:
        date.fromisoformat(release["built_on"])
    except ValueError:
        yield f"built_on is {release['built_on']!r}, which is not a date."
    method, k = release["method"], release["k"]
    if method["minimum_pairs"] != max(MINIMUM_PAIRS, k):
        yield "method.minimum_pairs does not go with k."
    if method["distribution_minimum"] != max(DISTRIBUTION_MINIMUM, k):
        yield "method.distribution_minimum does not go with k."
    if release["waves"]["before"]["key"] == release["waves"]["after"]["key"]:
        yield "The two waves are the same wave."


def _population(release: Document) -> Problems:
    people = release["population"]["people"]
    if people["both"] > min(people["before"], people["after"]):
        yield "More people answered both times than one of the times."
    if max(people["before"], people["after"]) > people["enrolled"]:
        yield "More people answered than were enrolled."


def scales(release: Mapping[str, Any]) -> dict[tuple[str, str], Document]:
    """The domains of a release by instrument and code."""
    return {
        (instrument["key"], domain["code"]): domain
        for instrument in release["instruments"]
        for domain in instrument["domains"]
    }


def _domains(release: Document) -> Problems:
    """One entry of change for every domain, and none for any other."""
    by_key = scales(release)
    entries = Counter((entry["instrument"], entry["domain"]) for entry in release["change"])
    if len(by_key) < sum(len(instrument["domains"]) for instrument in release["instruments"]):
        yield "A domain is listed twice."
    for instrument, domain in sorted(set(by_key) | set(entries)):
        if (instrument, domain) not in by_key:
            yield f"{instrument}/{domain} has an entry of change but is not among the instruments."
        elif entries[instrument, domain] != 1:
            yield f"{instrument}/{domain} has {entries[instrument, domain]} entries of change, not one."
    for entry in release["change"]:
        known = by_key.get((entry["instrument"], entry["domain"]))
        if known and known["heading"] != entry["heading"]:
            yield f"{_name(entry)} stands under another heading than in the instruments."
    for (instrument, code), domain in by_key.items():
        if domain["low"] >= domain["high"]:
            yield f"The scale of {instrument}/{code} has no length."


def _numbers(release: Document) -> Problems:
    """Numbers that must hang together: pairs, means within the scale, the interval around the difference."""
    by_key, both = scales(release), release["population"]["people"]["both"]
    for entry in _told(release):
        scale = by_key.get((entry["instrument"], entry["domain"]), {"low": -1e9, "high": 1e9})
        if entry["pairs"] < release["method"]["minimum_pairs"]:
            # Rounding keeps order, so a rounded count can only be this low when the count itself is.
            yield f"{_name(entry)} has numbers although there are too few pairs."
        if entry["pairs"] > both:
            yield f"{_name(entry)} has more pairs than people who answered both times."
        points = ("before_mean", "after_mean", "difference", "low", "high")
        for key in points:
            if entry[key] is not None and entry[key] != round(entry[key], 1):
                yield f"{key} of {_name(entry)} has more than one decimal."
        for key in ("before_mean", "after_mean"):
            if not scale["low"] <= entry[key] <= scale["high"]:
                yield f"{key} of {_name(entry)} lies outside the scale."
        if not _close(entry["after_mean"] - entry["before_mean"], entry["difference"], 3 * ROUNDED):
            yield f"The difference of {_name(entry)} is not that of its means."


def _verdicts(release: Document) -> Problems:
    """The verdict, the corrections and the interval must agree as far as rounded numbers can tell."""
    for entry in _told(release):
        verdict, low, high = entry["verdict"], entry["low"], entry["high"]
        if (entry["holm"] or entry["bh"]) and verdict not in ("rose", "fell"):
            yield f"{_name(entry)} passes a correction although no difference was shown."
        if entry["holm"] and not entry["bh"]:
            yield f"{_name(entry)} passes the stricter correction but not the milder one."
        if verdict == "no_spread":
            continue
        if not low <= entry["difference"] <= high:
            yield f"The difference of {_name(entry)} lies outside its interval."
        elif not _close((low + high) / 2, entry["difference"], 2 * ROUNDED):
            yield f"The difference of {_name(entry)} is not in the middle of its interval."
        agrees = {"rose": low >= 0, "fell": high <= 0, "not_shown": low <= 0 <= high}
        if not agrees[verdict]:
            yield f"The verdict {verdict} of {_name(entry)} does not agree with its interval."


def _distributions(release: Document) -> Problems:
    """Improved, maintained and declined: all three or none, for enough people, adding up but for rounding."""
    by_key, method = scales(release), release["method"]
    for entry in _told(release):
        parts = [entry[key] for key in ("improved", "maintained", "declined")]
        if None in parts:
            if any(part is not None for part in parts):
                yield f"{_name(entry)} has only part of improved, maintained and declined."
            continue
        if entry["pairs"] < method["distribution_minimum"]:
            yield f"{_name(entry)} says how many improved although there are too few pairs."
        # Four counts, each at most two off, can drift at most eight apart: less than two steps of five.
        if abs(sum(parts) - entry["pairs"]) > ROUNDING:
            yield f"Improved, maintained and declined of {_name(entry)} do not add up to its pairs."
        scale = by_key.get((entry["instrument"], entry["domain"]))
        if scale and step_of_change(scale["low"], scale["high"]) is None:
            yield f"{_name(entry)} says how many improved, but its scale has no agreed step of change."


def _withheld(release: Document) -> Problems:
    """What is left out is listed, with the right reason, and nothing else is."""
    listed = Counter((item["what"], item["domain"], item["why"]) for item in release["withheld"])
    expected = Counter(
        (item["what"], item["domain"], item["why"])
        for entry in release["change"]
        for item in left_out(entry, scales(release).get((entry["instrument"], entry["domain"])))
    )
    quotes = Counter({key: n for key, n in listed.items() if key == ("quotes", None, "too_few_people")})
    for what, domain, _why in sorted((expected - listed).keys(), key=str):
        yield f"The {what} of {domain} is left out, but withheld does not say so, or gives another reason."
    for what, domain, _why in sorted((listed - expected - quotes).keys(), key=str):
        yield f"withheld lists the {what} of {domain}, which is not left out for that reason."
    if max(quotes.values(), default=0) > 1 or (quotes and release["quotes"]):
        yield "withheld says that quotes are left out, which they are not."
    for entry in _told(release):
        few = ("distribution", entry["domain"], "too_few_people") in listed
        if few and entry["improved"] is None and entry["pairs"] > release["method"]["distribution_minimum"]:
            yield f"{_name(entry)} has enough pairs for improved, maintained and declined."


def left_out(entry: Document, scale: Document | None) -> list[Document]:
    """The entries of `withheld` that go with one entry of change."""
    if entry["verdict"] == "too_few":
        return [{"what": "change", "domain": entry["domain"], "why": "too_few_pairs"}]
    if entry["improved"] is not None:
        return []
    no_step = scale is not None and step_of_change(scale["low"], scale["high"]) is None
    why = "no_step" if no_step else "too_few_people"
    return [{"what": "distribution", "domain": entry["domain"], "why": why}]


def _quotes(release: Document) -> Problems:
    domains = {domain for _instrument, domain in scales(release)}
    for quote in release["quotes"]:
        if quote["domain"] not in domains:
            yield f"A quote belongs to {quote['domain']}, which is not among the instruments."
        if not quote["text"].strip():
            yield f"A quote about {quote['domain']} has no words."
    if release["quotes"] and release["population"]["people"]["both"] < release["method"]["minimum_pairs"]:
        yield "There are quotes although too few people answered both times."


def _told(release: Document) -> list[Document]:
    """Entries of change that carry numbers."""
    return [entry for entry in release["change"] if entry["verdict"] != "too_few"]


def _close(one: float, other: float, tolerance: float) -> bool:
    return abs(one - other) <= tolerance + SLACK


def _name(entry: Document) -> str:
    return f"{entry['instrument']}/{entry['domain']}"
