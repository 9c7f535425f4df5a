"""Targets: their numbers are those of the release, and the verdict follows from them."""

from __future__ import annotations

from dashboard.outcomes.method import ROUNDING
from dashboard.outcomes.release.aims import NUMBERS, TOLD, from_change, judge, verdict_of
from dashboard.outcomes.release.people import of_counts
from dashboard.outcomes.rules.places import ABOVE, BELOW, SLACK, Document, Problems

COUNTED = {"now": "share", "people": "people", "of": "of", "low": "low", "high": "high"}


def _targets(release: Document) -> Problems:
    for entry in release["targets"]:
        place = f"The target “{entry['result'][:40]}”"
        if (verdict_of(entry), entry["why"]) != judge(entry, release):
            yield f"{place} has another verdict than its numbers."
        numbers = {key: entry[key] for key in NUMBERS if entry[key] is not None}
        if entry["measure"] == "domain_change":
            if numbers != {
                key: value for key, value in from_change(entry, release).items() if value is not None
            }:
                yield f"{place} has other numbers than the change that it is about."
        elif entry["measure"] in TOLD or not entry["measure"]:
            if set(numbers) - {"before", "now"}:
                yield f"{place} has numbers that nobody told."
        elif numbers:
            yield from _share(entry, place, release)


def _share(entry: Document, place: str, release: Document) -> Problems:
    if entry["people"] is None or entry["of"] is None or entry["interval_of"] != "now":
        yield f"{place} has a share without the people that it is of."
        return
    people, of, k = entry["people"], entry["of"], release["k"]
    if not 0 < people < of:
        yield f"{place} tells that nobody does, or everybody."
        return
    expected = of_counts(people, of)
    if entry["difference"] is not None or any(entry[key] != expected[name] for key, name in COUNTED.items()):
        yield f"The share of {place.lower()} is not that of its counts."
    counts = [people]
    if entry["before"] is not None:
        counts.append(round(entry["before"] * of))
        if abs(entry["before"] - round(ROUNDING * round(entry["before"] * of / ROUNDING) / of, 2)) > SLACK:
            yield f"{place} has a share before that no counts in fives give."
    if entry["measure"] != "answered" and any(
        count + ABOVE < k or of + BELOW - count + ABOVE < k for count in counts
    ):
        yield f"{place} is of too few people."


CHECKS = (_targets,)
