"""What is not shown and why: one sentence for each kind and reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.outcomes.wording.language import Language
from dashboard.outcomes.wording.summary import NAMED_CHANGES, which

Release = Mapping[str, Any]
Items = Sequence[Mapping[str, Any]]
Names = Mapping[str, str]


def withheld_sentences(
    release: Release, names: Names, language: Language, dimensions: Names | None = None
) -> list[str]:
    """`names` of domains and `dimensions` of what people are compared by, by code, as they stand inside a sentence."""
    grouped: dict[tuple[str, str, str | None], list[Mapping[str, Any]]] = {}
    for item in release["withheld"]:
        # Domains that are left out of a breakdown stand in a sentence about that breakdown alone.
        by = item["dimension"] if item["domain"] and item["what"] == "breakdown" else None
        grouped.setdefault((item["what"], item["why"], by), []).append(item)
    found = [
        _sentence(release, what, why, items, names, dimensions or {}, language)
        for (what, why, _by), items in grouped.items()
    ]
    return list(dict.fromkeys(found))


def _sentence(
    release: Release, what: str, why: str, items: Items, names: Names, dimensions: Names, language: Language
) -> str:
    method = release["method"]
    minimum = release["k"]
    if what in ("change", "distribution", "quotes", "follow_up"):
        minimum = method["distribution_minimum" if what == "distribution" else "minimum_pairs"]
    about = [item for item in items if item["domain"] is not None]
    by = dict.fromkeys(item["dimension"] for item in items if item.get("dimension"))
    values = {
        "domains": which(about, names, NAMED_CHANGES, language),
        "dimensions": language.listed([dimensions.get(code, code) for code in by]),
        "minimum": language.count(minimum),
        "k": language.count(release["k"]),
    }
    if why == "few_changed":
        return _as_before(language)
    if why == "no_spread":
        return _alike(what, language) % values
    if what in ("change", "follow_up", "distribution", "quotes"):
        return _of_scores(what, why, minimum, language) % values
    return _of_groups(what, bool(about), language) % values


def _as_before(language: Language) -> str:
    return language.gettext(
        "Some figures are those of an earlier release: since then too few people came to show them anew."
    )


def _alike(what: str, language: Language) -> str:
    if what == "follow_up":
        return language.gettext(
            "What changed later for %(domains)s is not shown: nearly everyone changed alike, so a figure would "
            "tell something about each of them."
        )
    return language.gettext(
        "The figures for %(domains)s are not shown: nearly everyone answered or changed alike, so a figure would "
        "tell something about each of them."
    )


def _of_scores(what: str, why: str, minimum: int, language: Language) -> str:
    if what == "quotes":
        return language.ngettext(
            "Quotes are not shown: fewer than %(minimum)s person answered both times, or too few may be quoted.",
            "Quotes are not shown: fewer than %(minimum)s people answered both times, or too few may be quoted.",
            minimum,
        )
    if what == "change":
        return language.ngettext(
            "The figures for %(domains)s are not shown: fewer than %(minimum)s person answered both times.",
            "The figures for %(domains)s are not shown: fewer than %(minimum)s people answered both times.",
            minimum,
        )
    if what == "follow_up":
        return language.ngettext(
            "What changed later for %(domains)s is not shown: fewer than %(minimum)s person answered again.",
            "What changed later for %(domains)s is not shown: fewer than %(minimum)s people answered again.",
            minimum,
        )
    if why == "no_step":
        return language.gettext(
            "For %(domains)s we do not show how many people improved or declined: for this scale it was not "
            "agreed from which difference that counts."
        )
    return language.ngettext(
        "For %(domains)s we do not show how many people improved or declined: that takes at least %(minimum)s person "
        "who answered both times, and at least %(k)s who rose, %(k)s who stayed and %(k)s who fell.",
        "For %(domains)s we do not show how many people improved or declined: that takes at least %(minimum)s people "
        "who answered both times, and at least %(k)s who rose, %(k)s who stayed and %(k)s who fell.",
        minimum,
    )


def _of_groups(what: str, of_domains: bool, language: Language) -> str:
    """Where the number of people in a group, or outside it, decides."""
    if what == "breakdown" and of_domains:
        return language.gettext(
            "By %(dimensions)s there are no figures for %(domains)s: in one of the groups, or outside it, fewer than "
            "%(minimum)s people answered both times."
        )
    texts = {
        "breakdown": language.gettext(
            "There are no figures by %(dimensions)s: every group needs at least %(minimum)s people in it and as many "
            "outside it, and few people are compared in few ways."
        ),
        "ladder": language.gettext(
            "On the ladder we do not show everything: a figure needs at least %(minimum)s people, and as many others."
        ),
        "participation": language.gettext(
            "Some activities are not shown: fewer than %(minimum)s people took part, or fewer than so many did not."
        ),
        "themes": language.gettext(
            "Themes in the notes of casemanagers are not shown where fewer than %(minimum)s notes name them, or notes "
            "about fewer than so many people."
        ),
        "links": language.gettext(
            "What got in the way of fewer than %(minimum)s people, or helped so few, is not shown."
        ),
        "targets": language.gettext(
            "For some targets no figure is shown: it would be about fewer than %(minimum)s people, or leave fewer than "
            "so many out."
        ),
    }
    return texts[what]
