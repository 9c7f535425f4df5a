"""What a release says, in whole sentences.

A change is never called more than a change: there was no comparison group. Words that claim a cause, in any
language of the dashboard, have no place here (a test looks for them). "Not shown" is not "unchanged", and too
few to say is a normal answer. The words themselves come from the catalog of the reader's language.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.outcomes.certainty import certainty, no_comparison_group
from dashboard.outcomes.domain_wording import change_sentence, distribution_sentence
from dashboard.outcomes.language import Language

__all__ = [
    "Language",
    "certainty",
    "change_sentence",
    "distribution_sentence",
    "lead",
    "no_comparison_group",
    "opening_sentence",
    "sentences",
    "withheld_sentences",
]

Release = Mapping[str, Any]
Entries = Sequence[Mapping[str, Any]]
Names = Mapping[str, str]

# More than this many domains read better as a number than by name.
NAMED_CHANGES = 5
NAMED_UNSHOWN = 2


def sentences(release: Release, names: Names, language: Language) -> dict[str, Any]:
    """Every sentence about a release.

    `names` gives each domain's name by its code, as it stands inside a sentence in the reader's language.
    `domains` has one entry per entry of `change`, in the same order; `distribution` and `comparison` are None
    where there is nothing to say.
    """
    return {
        "opening": opening_sentence(release, names, language),
        "lead": lead(release, language),
        "certainty": certainty(release, language),
        "withheld": withheld_sentences(release, names, language),
        "domains": [
            {
                "instrument": entry["instrument"],
                "domain": entry["domain"],
                "change": change_sentence(release, entry, names[entry["domain"]], language),
                "distribution": distribution_sentence(release, entry, language),
                "comparison": no_comparison_group(language) if entry["verdict"] in ("rose", "fell") else None,
            }
            for entry in release["change"]
        ],
    }


def opening_sentence(release: Release, names: Names, language: Language) -> str:
    """What the dashboard opens with: which domains rose and fell, and for how many nothing was shown."""
    rose, fell, unshown = (_with_verdict(release, verdict) for verdict in ("rose", "fell", "not_shown"))
    if rose and fell:
        text = _both_ways(unshown, language)
    elif rose:
        text = _higher(unshown, language)
    elif fell:
        text = _lower(unshown, language)
    else:
        text = _neither(unshown, language)
    return text % {
        "rose": _which(rose, names, NAMED_CHANGES, language),
        "fell": _which(fell, names, NAMED_CHANGES, language),
        "unshown": _which(unshown, names, NAMED_UNSHOWN, language),
        "count": language.count(len(unshown)),
    }


def lead(release: Release, language: Language) -> list[str]:
    """Under the opening: on how many of all domains, for how many there were too few people, the caveat."""
    rose, fell, too_few = (len(_with_verdict(release, verdict)) for verdict in ("rose", "fell", "too_few"))
    values = {"rose": rose, "fell": fell, "too_few": too_few, "total": len(release["change"])}
    texts = _how_many(language, **values)
    caveat = [no_comparison_group(language)] if rose or fell else []
    return [text % {key: language.count(number) for key, number in values.items()} for text in texts] + caveat


def _how_many(language: Language, rose: int, fell: int, too_few: int, total: int) -> list[str]:
    texts = {
        language.ngettext(
            "A higher score was shown for the one area that was measured.",
            "A higher score was shown for %(rose)s of the %(total)s areas.",
            total,
        ): rose,
        language.ngettext(
            "A lower score was shown for the one area that was measured.",
            "A lower score was shown for %(fell)s of the %(total)s areas.",
            total,
        ): fell,
        language.ngettext(
            "For %(too_few)s area too few people answered both times to say anything.",
            "For %(too_few)s areas too few people answered both times to say anything.",
            too_few,
        ): too_few,
    }
    return [text for text, areas in texts.items() if areas]


def withheld_sentences(release: Release, names: Names, language: Language) -> list[str]:
    """What is not shown and why: one sentence for each reason, with the domains it is about."""
    method = release["method"]
    grouped: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for item in release["withheld"]:
        grouped.setdefault((item["what"], item["why"]), []).append(item)
    found = []
    for (what, why), items in grouped.items():
        minimum = method["distribution_minimum" if what == "distribution" else "minimum_pairs"]
        about = [item for item in items if item["domain"] is not None]
        values = {
            "domains": _which(about, names, NAMED_CHANGES, language),
            "minimum": language.count(minimum),
        }
        found.append(_withheld(what, why, minimum, language) % values)
    return found


def _withheld(what: str, why: str, minimum: int, language: Language) -> str:
    if what == "quotes":
        return language.ngettext(
            "Quotes are not shown: fewer than %(minimum)s person answered both times.",
            "Quotes are not shown: fewer than %(minimum)s people answered both times.",
            minimum,
        )
    if what == "change":
        return language.ngettext(
            "The figures for %(domains)s are not shown: fewer than %(minimum)s person answered both times.",
            "The figures for %(domains)s are not shown: fewer than %(minimum)s people answered both times.",
            minimum,
        )
    if why == "no_step":
        return language.gettext(
            "For %(domains)s we do not show how many people improved or declined: for this scale it was not "
            "agreed from which difference that counts."
        )
    return language.ngettext(
        "For %(domains)s we do not show how many people improved or declined: that takes at least "
        "%(minimum)s person who answered both times.",
        "For %(domains)s we do not show how many people improved or declined: that takes at least "
        "%(minimum)s people who answered both times.",
        minimum,
    )


def _both_ways(unshown: Entries, language: Language) -> str:
    if not unshown:
        return language.gettext(
            "The second time, participants gave themselves a higher score for %(rose)s and a lower score "
            "for %(fell)s."
        )
    return language.gettext(
        "The second time, participants gave themselves a higher score for %(rose)s and a lower score for "
        "%(fell)s; for %(unshown)s no difference was shown."
    )


def _higher(unshown: Entries, language: Language) -> str:
    if not unshown:
        return language.gettext("The second time, participants gave themselves a higher score for %(rose)s.")
    return language.gettext(
        "The second time, participants gave themselves a higher score for %(rose)s; for %(unshown)s no "
        "difference was shown."
    )


def _lower(unshown: Entries, language: Language) -> str:
    if not unshown:
        return language.gettext("The second time, participants gave themselves a lower score for %(fell)s.")
    return language.gettext(
        "The second time, participants gave themselves a lower score for %(fell)s; for %(unshown)s no "
        "difference was shown."
    )


def _neither(unshown: Entries, language: Language) -> str:
    if not unshown:
        return language.gettext("We cannot say what changed between the first and the second time.")
    return language.ngettext(
        "For the one area with enough answers no difference was shown between the first and the second time.",
        "For none of the %(count)s areas with enough answers a difference was shown between the first and "
        "the second time.",
        len(unshown),
    )


def _which(entries: Entries, names: Names, limit: int, language: Language) -> str:
    """The names of the domains, or how many there are when that would be a long list."""
    if len(entries) <= limit:
        return language.listed([names[entry["domain"]] for entry in entries])
    text = language.ngettext("%(areas)s area", "%(areas)s areas", len(entries))
    return text % {"areas": language.count(len(entries))}


def _with_verdict(release: Release, verdict: str) -> Entries:
    return [entry for entry in release["change"] if entry["verdict"] == verdict]
