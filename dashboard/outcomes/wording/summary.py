"""The summary of a release: what rose and fell, of how many areas, with which caveat."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.outcomes.wording.certainty import no_comparison_group
from dashboard.outcomes.wording.language import Language

Release = Mapping[str, Any]
Entries = Sequence[Mapping[str, Any]]
Names = Mapping[str, str]

# More than this many domains read better as a number than by name.
NAMED_CHANGES = 5
NAMED_UNSHOWN = 2


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
        "rose": which(rose, names, NAMED_CHANGES, language),
        "fell": which(fell, names, NAMED_CHANGES, language),
        "unshown": which(unshown, names, NAMED_UNSHOWN, language),
        "count": language.count(len(unshown)),
    }


def lead(release: Release, names: Names, language: Language) -> list[str]:
    """Under the opening: on how many of all domains, for how many there were too few people, where it may be chance,
    the caveat."""
    rose, fell, too_few = (len(_with_verdict(release, verdict)) for verdict in ("rose", "fell", "too_few"))
    values = {"rose": rose, "fell": fell, "too_few": too_few, "total": len(release["change"])}
    texts = _how_many(language, **values)
    caveat = [no_comparison_group(language)] if rose or fell else []
    found = [text % {key: language.count(number) for key, number in values.items()} for text in texts]
    return found + by_chance(release, names, language) + caveat


def by_chance(release: Release, names: Names, language: Language) -> list[str]:
    """The differences that do not stand up to the strict correction for looking at many domains."""
    found = [
        entry for entry in release["change"] if entry["verdict"] in ("rose", "fell") and not entry["holm"]
    ]
    if not found:
        return []
    text = language.gettext(
        "For %(areas)s that may be chance: whoever compares many areas often finds some that differ."
    )
    return [text % {"areas": which(found, names, NAMED_CHANGES, language)}]


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


def _both_ways(unshown: Entries, language: Language) -> str:
    if not unshown:
        return language.gettext(
            "The second time, participants on average gave themselves a higher score for %(rose)s and a lower score "
            "for %(fell)s."
        )
    return language.gettext(
        "The second time, participants on average gave themselves a higher score for %(rose)s and a lower score for "
        "%(fell)s; for %(unshown)s no difference was shown."
    )


def _higher(unshown: Entries, language: Language) -> str:
    if not unshown:
        return language.gettext(
            "The second time, participants on average gave themselves a higher score for %(rose)s."
        )
    return language.gettext(
        "The second time, participants on average gave themselves a higher score for %(rose)s; for %(unshown)s no "
        "difference was shown."
    )


def _lower(unshown: Entries, language: Language) -> str:
    if not unshown:
        return language.gettext(
            "The second time, participants on average gave themselves a lower score for %(fell)s."
        )
    return language.gettext(
        "The second time, participants on average gave themselves a lower score for %(fell)s; for %(unshown)s no "
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


def which(entries: Entries, names: Names, limit: int, language: Language) -> str:
    """The names of the domains, or how many there are when that would be a long list."""
    if len(entries) <= limit:
        return language.listed([names[entry["domain"]] for entry in entries])
    text = language.ngettext("%(areas)s area", "%(areas)s areas", len(entries))
    return text % {"areas": language.count(len(entries))}


def _with_verdict(release: Release, verdict: str) -> Entries:
    return [entry for entry in release["change"] if entry["verdict"] == verdict]
