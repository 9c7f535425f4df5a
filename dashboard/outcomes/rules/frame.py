"""Date, thresholds, waves and population."""

from __future__ import annotations

from datetime import date

from dashboard.outcomes.method import DISTRIBUTION_MINIMUM, MINIMUM_PAIRS
from dashboard.outcomes.rules.places import ABOVE, BELOW, Document, Problems, too_few


def _frame(release: Document) -> Problems:
    try:
        date.fromisoformat(release["built_on"])
    except ValueError:
        yield f"built_on is {release['built_on']!r}, which is not a date."
    method, k = release["method"], release["k"]
    if method["minimum_pairs"] != max(MINIMUM_PAIRS, k):
        yield "method.minimum_pairs does not go with k."
    if method["breakdown_minimum"] != 2 * k:
        yield "method.breakdown_minimum does not go with k."
    if method["distribution_minimum"] != max(DISTRIBUTION_MINIMUM, k):
        yield "method.distribution_minimum does not go with k."
    keys = [wave["key"] for wave in release["waves"].values() if wave]
    if len(set(keys)) < len(keys):
        yield "Two of the waves are the same wave."


def _population(release: Document) -> Problems:
    people, k = release["population"]["people"], release["k"]
    if people["both"] > min(people["before"], people["after"]):
        yield "More people answered both times than one of the times."
    if max(people["before"], people["after"], people["follow_up"] or 0) > people["enrolled"]:
        yield "More people answered than were enrolled."
    if (people["follow_up"] is None) != (release["waves"]["follow_up"] is None):
        yield "The people of the later wave are told without that wave, or the wave without its people."
    for key, count in people.items():
        if count and too_few(count, k):
            yield f"population tells of fewer than {k} people: {key}."


def _cohorts(release: Document) -> Problems:
    people, cohorts = release["population"]["people"], release["population"]["cohorts"]
    numbers = [cohort["release"] for cohort in cohorts]
    if numbers != sorted(set(numbers)) or any(number > release["number"] for number in numbers):
        yield "The cohorts are not in the order of their releases, or come after this one."
    if any(too_few(cohort["people"], release["k"]) for cohort in cohorts):
        yield "A cohort has too few people."
    together, off = sum(cohort["people"] for cohort in cohorts), len(cohorts)
    if not -ABOVE - off * BELOW <= together - people["both"] <= BELOW + off * ABOVE:
        yield "The cohorts are not the people who answered both times."


CHECKS = (_frame, _population, _cohorts)
