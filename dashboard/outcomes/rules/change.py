"""The entries of change and follow_up: what must hang together, and what may not be told."""

from __future__ import annotations

from collections import Counter

from dashboard.outcomes.method import step_of_change
from dashboard.outcomes.release.sums import FREE_TO_DIFFER
from dashboard.outcomes.rules.places import (
    ABOVE,
    BELOW,
    ROUNDED,
    Document,
    Problems,
    close,
    name,
    scales,
    told,
    too_few,
)

PARTS = ("improved", "maintained", "declined")


def _domains(release: Document) -> Problems:
    """One entry of change for every domain, and none for any other; the same of the later wave if there is one."""
    by_key = scales(release)
    if len(by_key) < sum(len(instrument["domains"]) for instrument in release["instruments"]):
        yield "A domain is listed twice."
    for section in ("change", *(["follow_up"] if release["waves"]["follow_up"] else ())):
        entries = Counter((entry["instrument"], entry["domain"]) for entry in release[section])
        for instrument, domain in sorted(set(by_key) | set(entries)):
            if (instrument, domain) not in by_key:
                yield f"{instrument}/{domain} has an entry of {section} but is not among the instruments."
            elif entries[instrument, domain] != 1:
                yield f"{instrument}/{domain} has {entries[instrument, domain]} entries of {section}, not one."
    if release["follow_up"] and not release["waves"]["follow_up"]:
        yield "There are entries of follow_up without a later wave."
    for entry in [*release["change"], *release["follow_up"]]:
        known = by_key.get((entry["instrument"], entry["domain"]))
        if known and known["heading"] != entry["heading"]:
            yield f"{name(entry)} stands under another heading than in the instruments."
    for (instrument, code), domain in by_key.items():
        if domain["low"] >= domain["high"]:
            yield f"The scale of {instrument}/{code} has no length."


def _pairs(release: Document) -> Problems:
    """Enough people, and of the cohorts that there are."""
    both, frozen = release["population"]["people"]["both"], release["population"]["cohorts"]
    releases = {cohort["release"] for cohort in frozen}
    for entry in [*told(release["change"]), *told(release["follow_up"])]:
        if too_few(entry["pairs"], release["method"]["minimum_pairs"]):
            yield f"{name(entry)} has numbers although there are too few pairs."
    for entry in told(release["change"]):
        if entry["pairs"] > both:
            yield f"{name(entry)} has more pairs than people who answered both times."
        if entry["release"] not in releases:
            yield f"{name(entry)} is of a release without people of its own."
    for entry in told(release["follow_up"]):
        if entry["pairs"] > (release["population"]["people"]["follow_up"] or 0):
            yield f"{name(entry)} has more pairs than people who answered the later wave."
        if entry["release"] > release["number"]:
            yield f"{name(entry)} is of a release that comes after this one."


def _numbers(release: Document) -> Problems:
    """Means within the scale and away from its ends, and the difference between them."""
    for entry in told(release["change"]):
        yield from means(entry, scales(release).get((entry["instrument"], entry["domain"])), name(entry))


def means(entry: Document, scale: Document | None, place: str) -> Problems:
    """Of an entry of change or of a group."""
    for key in ("before_mean", "after_mean"):
        if scale and not scale["low"] <= entry[key] <= scale["high"]:
            yield f"{key} of {place} lies outside the scale."
        elif scale and _is_near_an_end(entry[key], scale, entry["pairs"]):
            yield f"{key} of {place} is so near an end of the scale that it tells of single people."
    if not close(entry["after_mean"] - entry["before_mean"], entry["difference"], 3 * ROUNDED):
        yield f"The difference of {place} is not that of its means."
    yield from interval(entry, place)


def _is_near_an_end(mean: float, scale: Document, pairs: int) -> bool:
    length = scale["high"] - scale["low"]
    least = FREE_TO_DIFFER * length / (pairs + BELOW) - ROUNDED - 1e-9
    return bool(min(mean - scale["low"], scale["high"] - mean) < least)


def interval(entry: Document, place: str) -> Problems:
    """The difference in the middle of its interval, and a verdict that agrees, as far as rounded numbers can tell."""
    low, high = entry["low"], entry["high"]
    for key in ("before_mean", "after_mean", "difference", "low", "high"):
        if entry.get(key) is not None and entry[key] != round(entry[key], 1):
            yield f"{key} of {place} has more than one decimal."
    if not low <= entry["difference"] <= high:
        yield f"The difference of {place} lies outside its interval."
    elif not close((low + high) / 2, entry["difference"], 2 * ROUNDED):
        yield f"The difference of {place} is not in the middle of its interval."
    agrees = {"rose": low >= 0, "fell": high <= 0, "not_shown": low <= 0 <= high}
    if not agrees.get(entry["verdict"], False):
        yield f"The verdict {entry['verdict']} of {place} does not agree with its interval."


def _later(release: Document) -> Problems:
    known = {(entry["instrument"], entry["domain"]) for entry in told(release["change"])}
    for entry in told(release["follow_up"]):
        if (entry["instrument"], entry["domain"]) not in known:
            yield f"{name(entry)} is told of the later wave, but left out of change."
        yield from interval(entry, f"{name(entry)} at the later wave")
        gained, kept = entry["gained"], entry["kept"]
        if (gained is None) != (kept is None):
            yield f"{name(entry)} has only part of who gained and who kept it."
        elif gained is not None and (
            min(kept, gained - kept + ABOVE) + ABOVE < release["k"] or gained > entry["pairs"] + BELOW + ABOVE
        ):
            yield f"{name(entry)} tells of too few people who kept or lost a gain."


def _corrections(release: Document) -> Problems:
    for entry in told(release["change"]):
        if (entry["holm"] or entry["bh"]) and entry["verdict"] not in ("rose", "fell"):
            yield f"{name(entry)} passes a correction although no difference was shown."
        if entry["holm"] and not entry["bh"]:
            yield f"{name(entry)} passes the stricter correction but not the milder one."


def _distributions(release: Document) -> Problems:
    """Improved, maintained and declined: all three, or who improved, or none; each of enough people."""
    for entry in told(release["change"]):
        parts = [entry[key] for key in PARTS]
        if parts == [None] * 3:
            continue
        yield from _distribution(entry, parts, release)
        scale = scales(release).get((entry["instrument"], entry["domain"]))
        if scale and step_of_change(scale["low"], scale["high"]) is None:
            yield f"{name(entry)} says how many improved, but its scale has no agreed step of change."


def _distribution(entry: Document, parts: list[int | None], release: Document) -> Problems:
    pairs, k = entry["pairs"], release["k"]
    if too_few(pairs, release["method"]["distribution_minimum"]):
        yield f"{name(entry)} says how many improved although there are too few pairs."
    improved, *others = parts
    known = [part for part in parts if part is not None]
    if improved is None or 0 < others.count(None) < 2:
        yield f"{name(entry)} has only part of improved, maintained and declined."
    elif len(known) == 3 and not -3 * ABOVE - ABOVE <= sum(known) - pairs <= 3 * ABOVE + BELOW:
        yield f"Improved, maintained and declined of {name(entry)} do not add up to its pairs."
    if min(known) + ABOVE < k or (len(known) == 1 and pairs + BELOW - known[0] + ABOVE < k):
        yield f"{name(entry)} tells how so few people changed."


CHECKS = (_domains, _pairs, _numbers, _later, _corrections, _distributions)
