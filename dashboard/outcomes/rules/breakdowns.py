"""Breakdowns: one kind of group at a time, from the closed list, and no group or its complement too small."""

from __future__ import annotations

from collections import Counter

from dashboard.outcomes.release.cells import DIMENSIONS
from dashboard.outcomes.rules.change import means
from dashboard.outcomes.rules.places import ABOVE, BELOW, Document, Problems, newest, scales, told, too_few


def _groups(release: Document) -> Problems:
    people = release["population"]["people"]["both"]
    dimensions = Counter(breakdown["dimension"] for breakdown in release["breakdowns"])
    for dimension in (dimension for dimension, times in dimensions.items() if times > 1):
        yield f"There are two breakdowns by {dimension}."
    for breakdown in release["breakdowns"]:
        dimension, cells = breakdown["dimension"], breakdown["cells"]
        if tuple(value for cell in cells for value in cell["values"]) != DIMENSIONS[dimension]:
            yield f"The groups by {dimension} are not those of the list, merged in its order."
        if any(too_few(cell["people"], release["method"]["minimum_pairs"]) for cell in cells):
            yield f"A group by {dimension} has too few people."
        if too_few(people, release["method"]["breakdown_minimum"]):
            yield f"There are too few people for a breakdown by {dimension}."
        if sum(cell["people"] for cell in cells) > people + BELOW + len(cells) * ABOVE:
            yield f"The groups by {dimension} have more people than answered both times."
        if breakdown["release"] > newest(release):
            yield f"The breakdown by {dimension} is of a release without people of its own."


def _compared(release: Document) -> Problems:
    """Every domain once, and told of all groups and of everybody."""
    by_key = scales(release)
    known = {(entry["instrument"], entry["domain"]) for entry in told(release["change"])}
    for breakdown in release["breakdowns"]:
        entries = [(entry["instrument"], entry["domain"]) for entry in breakdown["change"]]
        if len(set(entries)) < len(entries) or not set(entries) <= known:
            yield f"The breakdown by {breakdown['dimension']} has a domain twice, or one that is not told of everybody."
        for entry in breakdown["change"]:
            place = f"{entry['instrument']}/{entry['domain']} by {breakdown['dimension']}"
            if len(entry["cells"]) != len(breakdown["cells"]):
                yield f"{place} has not one entry for every group."
            for cell, group in zip(entry["cells"], breakdown["cells"], strict=False):
                if cell["pairs"] > group["people"] or too_few(
                    cell["pairs"], release["method"]["minimum_pairs"]
                ):
                    yield f"{place} has too few or too many pairs in a group."
                yield from means(cell, by_key.get((entry["instrument"], entry["domain"])), place)


CHECKS = (_groups, _compared)
