"""What is left out is listed with its reason, and nothing else is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dashboard.outcomes.method import step_of_change
from dashboard.outcomes.rules.places import Document, Problems, newest, scales, told

Item = Document


def must_be_listed(release: Document, menu: Sequence[str]) -> list[Item]:
    """`withheld` as it has to be. `menu`: the dimensions that this programme breaks down by."""
    return [
        *_change(release),
        *_follow_up(release),
        *_breakdowns(release, menu),
        *_counts(release),
    ]


def _item(what: str, why: str, domain: str | None = None, dimension: str | None = None) -> Item:
    return {"what": what, "domain": domain, "dimension": dimension, "why": why}


def _change(release: Document) -> Iterator[Item]:
    last, by_key = newest(release), scales(release)
    for entry in release["change"]:
        reason = _reason(entry, last)
        if reason:
            yield _item("change", reason, entry["domain"])
        if entry["pairs"] is not None and entry["improved"] is None:
            scale = by_key.get((entry["instrument"], entry["domain"]))
            no_step = scale is not None and step_of_change(scale["low"], scale["high"]) is None
            yield _item("distribution", "no_step" if no_step else "too_few_people", entry["domain"])


def _follow_up(release: Document) -> Iterator[Item]:
    last = max((entry["release"] for entry in told(release["follow_up"])), default=0)
    for entry in release["follow_up"]:
        reason = _reason(entry, last)
        if reason:
            yield _item("follow_up", reason, entry["domain"])


def _reason(entry: Document, last: int) -> str | None:
    """Why numbers are not there, or are those of an earlier release."""
    if entry["pairs"] is None:
        return "no_spread" if entry["verdict"] == "no_spread" else "too_few_pairs"
    return "few_changed" if entry["release"] < last else None


def _breakdowns(release: Document, menu: Sequence[str]) -> Iterator[Item]:
    shown = {breakdown["dimension"]: breakdown for breakdown in release["breakdowns"]}
    for dimension in menu:
        if dimension not in shown:
            yield _item("breakdown", "too_few_people", dimension=dimension)
    for dimension, breakdown in shown.items():
        if breakdown["release"] < newest(release):
            yield _item("breakdown", "few_changed", dimension=dimension)
        there = {(entry["instrument"], entry["domain"]) for entry in breakdown["change"]}
        for entry in told(release["change"]):
            if (entry["instrument"], entry["domain"]) not in there:
                yield _item("breakdown", "too_few_people", entry["domain"], dimension)


def _counts(release: Document) -> Iterator[Item]:
    """Sections with nothing in them, and those with something of an earlier release."""
    for what in ("ladder", "participation", "themes", "links", "quotes"):
        if not release[what]:
            yield _item(what, "too_few_people")
    if any(entry["verdict"] == "withheld" for entry in release["targets"]):
        yield _item("targets", "too_few_people")
    ladder = [release["ladder"]] if release["ladder"] else []
    for what, rows in (
        ("ladder", ladder),
        ("participation", release["participation"]),
        ("links", release["links"]),
    ):
        if any(row["release"] < newest(release) for row in rows):
            yield _item(what, "few_changed")


def _withheld(release: Document) -> Problems:
    listed = Counter(map(_key, release["withheld"]))
    shown = {breakdown["dimension"] for breakdown in release["breakdowns"]}
    whole = {
        item["dimension"]
        for item in release["withheld"]
        if item["what"] == "breakdown" and not item["domain"]
    }
    menu = sorted((whole - shown) - {None})
    expected = Counter(map(_key, must_be_listed(release, menu)))
    for what, domain, dimension, _why in sorted((expected - listed).keys(), key=str):
        where = " by ".join(filter(None, (domain, dimension))) or "everybody"
        yield f"The {what} of {where} is left out, but withheld does not say so, or gives another reason."
    for what, domain, dimension, _why in sorted((listed - expected).keys(), key=str):
        where = " by ".join(filter(None, (domain, dimension))) or "everybody"
        yield f"withheld lists the {what} of {where}, which is not left out for that reason."


def _key(item: Item) -> tuple[str | None, ...]:
    return item["what"], item["domain"], item["dimension"], item["why"]


CHECKS = (_withheld,)
