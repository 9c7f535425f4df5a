"""What is counted of people, notes and quotes: ladder, participation, links, themes, quotes."""

from __future__ import annotations

from collections import Counter

from dashboard.outcomes.ladder import STEPS
from dashboard.outcomes.release.people import (
    QUOTES_AT_A_TIME,
    QUOTES_OF_A_DOMAIN,
    STEPS_OF_SHARE,
    of_counts,
)
from dashboard.outcomes.rules.places import ABOVE, BELOW, SLACK, Document, Problems, newest, scales, too_few


def _ladder(release: Document) -> Problems:
    ladder, k = release["ladder"], release["k"]
    if ladder is None:
        return
    bands = [[band["step"] for band in ladder[wave]] for wave in ("before", "after")]
    if bands[0] != bands[1] or len(bands[0]) < 2 or not _is_whole(bands[0]):
        yield "The bands of the ladder are not its six steps, merged with their neighbours, the same both times."
    if too_few(ladder["people"], release["method"]["distribution_minimum"]):
        yield "The ladder tells of too few people."
    if ladder["people"] > release["population"]["people"]["both"] or ladder["release"] > newest(release):
        yield "The ladder tells of more people than answered both times, or of a release without people of its own."
    moves = [ladder[key] for key in ("up", "same", "down")]
    if None in moves and moves != [None] * 3:
        yield "The ladder has only part of up, same and down."
    counted = [[band["people"] for band in ladder[wave]] for wave in ("before", "after")]
    for parts in [*counted, *([moves] if None not in moves else [])]:
        if min(parts) + ABOVE < k:
            yield "A number on the ladder is of too few people."
        if not -ABOVE * (len(parts) + 1) <= sum(parts) - ladder["people"] <= ABOVE * len(parts) + BELOW:
            yield "The numbers on the ladder do not add up to its people."


def _is_whole(bands: list[str]) -> bool:
    """Whether these are all six steps, in order."""
    ends = [(band[0], band[-1]) for band in bands]
    return [step for low, high in ends for step in STEPS if low <= step <= high] == list(STEPS)


def _participation(release: Document) -> Problems:
    both, k = release["population"]["people"]["both"], release["k"]
    names = Counter(
        (row["kind"], row["activity"] or "", row["group"] or "") for row in release["participation"]
    )
    if list(names) != sorted(names) or max(names.values(), default=1) > 1:
        yield "The rows of participation are not in order, or one stands there twice."
    for row in release["participation"]:
        place = f"participation in {row['kind']}"
        if row["people"] + ABOVE < k or row["of"] + BELOW - row["people"] + ABOVE < k:
            yield f"{place} tells that few people do it, or few do not."
        elif {key: row[key] for key in ("people", "of", "share", "low", "high")} != of_counts(
            row["people"], row["of"]
        ):
            yield f"The share of {place} is not that of its counts."
        if row["of"] > max(both, row["people"] + 5) or row["release"] > newest(release):
            yield f"{place} is of more people than answered both times, or of a release without people of its own."


def _links(release: Document) -> Problems:
    names = Counter((link["kind"], link["from"], link["to"]) for link in release["links"])
    if list(names) != sorted(names) or max(names.values(), default=1) > 1:
        yield "The links are not in order, or one stands there twice."
    both = release["population"]["people"]["both"]
    for link in release["links"]:
        if link["people"] + ABOVE < release["k"] or link["people"] > both:
            yield f"The link from {link['from']} to {link['to']} is of too few or too many people."
        if link["release"] > newest(release):
            yield f"The link from {link['from']} to {link['to']} is of a release without people of its own."


def _themes(release: Document) -> Problems:
    themes = release["themes"]
    order = [(theme["label"] is None, -theme["share"], theme["label"] or "") for theme in themes]
    if [one[0] for one in order] != sorted(one[0] for one in order) or len(
        {t["label"] for t in themes}
    ) < len(themes):
        yield "The themes are not in order, or one stands there twice."
    named = [one for one in order if not one[0]]
    if named != sorted(named) or (themes and not named):
        yield "The themes are not in the order of their shares."
    for theme in themes:
        steps = theme["share"] * STEPS_OF_SHARE
        if abs(steps - round(steps)) > SLACK * STEPS_OF_SHARE or not 0 < theme["share"] < 1:
            yield f"The share of the theme {theme['label']} is not a step between none and all."


def _quotes(release: Document) -> Problems:
    domains = {domain for _instrument, domain in scales(release)}
    quotes = release["quotes"]
    for quote in quotes:
        if quote["domain"] not in domains:
            yield f"A quote belongs to {quote['domain']}, which is not among the instruments."
        if not quote["text"].strip():
            yield f"A quote about {quote['domain']} has no words."
    if len(quotes) % QUOTES_AT_A_TIME:
        yield "The number of quotes is no multiple of three."
    if max(Counter(quote["domain"] for quote in quotes).values(), default=0) > QUOTES_OF_A_DOMAIN:
        yield "There are more than two quotes about one domain."
    order = [tuple(quote[key] for key in ("domain", "stance", "language", "text")) for quote in quotes]
    if order != sorted(set(order)):
        yield "The quotes are not in the order of their domains and words."
    if quotes and not release["population"]["cohorts"]:
        yield "There are quotes although too few people answered both times."


CHECKS = (_ladder, _participation, _links, _themes, _quotes)
