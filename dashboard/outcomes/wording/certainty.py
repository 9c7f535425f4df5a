"""How sure is this? How many people, what a margin is, what chance can do, what we cannot know."""

from collections.abc import Mapping, Sequence
from math import ceil
from statistics import median
from typing import Any

from dashboard.outcomes.rules import scales
from dashboard.outcomes.wording.language import Language

Release = Mapping[str, Any]
Entries = Sequence[Mapping[str, Any]]


def certainty(release: Release, language: Language, shown: Entries | None = None) -> list[str]:
    """The sentences of the paragraph, in order. `shown`: what a page shows instead of the change of everyone, as
    entries with an instrument, a domain and an interval."""
    entries = release["change"] if shown is None else shown
    return [
        answered_sentence(release, language),
        language.gettext("The scores are what people say about themselves."),
        *_margin(release, entries, language),
        *_smallest_visible(release, entries, language),
        *(_corrected(release, language) if shown is None else _not_corrected(entries, language)),
        *_not_shown(entries, language),
        no_comparison_group(language),
        language.gettext(
            "Many people find their way as time goes by. The season and the labour market play a part too."
        ),
        language.gettext("Numbers of people are rounded to multiples of %(rounding)s.")
        % {"rounding": language.count(release["method"]["rounding"])},
    ]


def no_comparison_group(language: Language) -> str:
    """The caveat that belongs with every change that was shown."""
    return language.gettext(
        "There was no comparison group. So we do not know whether this would also have happened without the "
        "programme."
    )


def not_corrected(language: Language) -> str:
    """The caveat that belongs with many differences at once, where no correction was worked out."""
    return language.gettext(
        "Whoever compares many figures often finds some that differ by chance; here no correction was made for that."
    )


def may_be_chance(entry: Mapping[str, Any], language: Language) -> list[str]:
    """Beside one domain whose difference does not stand up to the strict correction for looking at many."""
    if entry["verdict"] not in ("rose", "fell") or entry["holm"]:
        return []
    return [
        language.gettext(
            "This may be chance: after a strict correction for comparing many areas, this difference is gone."
        )
    ]


def missing_sentence(release: Release, language: Language) -> str:
    return language.gettext(
        "Of people who did not answer both times we know nothing here. They may be better off, or worse."
    )


def answered_sentence(release: Release, language: Language) -> str:
    people, minimum = release["population"]["people"], release["method"]["minimum_pairs"]
    if people["both"] < minimum:
        return language.ngettext(
            "Fewer than %(minimum)s person answered both times.",
            "Fewer than %(minimum)s people answered both times.",
            minimum,
        ) % {"minimum": language.count(minimum)}
    return language.ngettext(
        "About %(before)s person answered the first time. About %(both)s of them also answered the second "
        "time.",
        "About %(before)s people answered the first time. About %(both)s of them also answered the second "
        "time.",
        people["before"],
    ) % {"before": language.count(people["before"]), "both": language.count(people["both"])}


def took_part_sentence(release: Release, language: Language) -> str:
    """The same beside everybody who takes part, where that can be said."""
    people = release["population"]["people"]
    if people["enrolled"] is None or people["both"] < release["method"]["minimum_pairs"]:
        return answered_sentence(release, language)
    return language.gettext(
        "Of about %(enrolled)s people in the programme, about %(both)s filled in the questionnaire both times."
    ) % {key: language.count(people[key]) for key in ("enrolled", "both")}


def _margin(release: Release, entries: Entries, language: Language) -> list[str]:
    if all(entry["low"] is None for entry in entries):
        return []
    text = language.gettext(
        "The margin shows how precise a figure is. If we measured many groups like this one, the real "
        "average change would lie within the margin about %(sure)s times out of %(times)s."
    )
    times = 100
    sure = round(times * release["method"]["confidence"])
    return [text % {"sure": language.count(sure), "times": language.count(times)}]


def _smallest_visible(release: Release, entries: Entries, language: Language) -> list[str]:
    """Half the width of the middle interval, over the entries that share the most common scale."""
    by_key = scales(release)
    halves: dict[tuple[float, float], list[float]] = {}
    for entry in entries:
        if entry["low"] is not None:
            scale = by_key[entry["instrument"], entry["domain"]]
            halves.setdefault((scale["low"], scale["high"]), []).append((entry["high"] - entry["low"]) / 2)
    if not halves:
        return []
    (lowest, highest), most_common = max(halves.items(), key=lambda found: len(found[1]))
    margin = ceil(round(10 * median(most_common), 6)) / 10
    if not margin:
        return []
    text = language.gettext(
        "With this number of people, a difference smaller than about %(margin)s points on the scale from %(lowest)s to "
        "%(highest)s is hard to tell from chance."
    )
    ends = {"lowest": language.count(round(lowest)), "highest": language.count(round(highest))}
    return [text % {"margin": language.points(margin), **ends}]


def _corrected(release: Release, language: Language) -> list[str]:
    """What is left of the differences when looking at many domains at once is taken into account."""
    shown = [entry for entry in release["change"] if entry["verdict"] in ("rose", "fell")]
    if not shown or len(release["change"]) < 2:
        return []
    remain = sum(bool(entry["holm"]) for entry in shown)
    if remain:
        text = language.ngettext(
            "When many areas are compared, some differ by chance alone. After a strict correction for that "
            "we still see the one difference.",
            "When many areas are compared, some differ by chance alone. After a strict correction for that "
            "we still see %(remain)s of the %(total)s differences.",
            len(shown),
        )
    else:
        text = language.ngettext(
            "When many areas are compared, some differ by chance alone. After a strict correction for that "
            "we no longer see the one difference.",
            "When many areas are compared, some differ by chance alone. After a strict correction for that "
            "we no longer see any of the %(total)s differences.",
            len(shown),
        )
    return [text % {"remain": language.count(remain), "total": language.count(len(shown))}]


def _not_corrected(entries: Entries, language: Language) -> list[str]:
    """Of entries for which no correction was worked out."""
    shown = sum(entry["verdict"] in ("rose", "fell") for entry in entries)
    if not shown or len(entries) < 2:
        return []
    text = language.ngettext(
        "When this many figures are compared, some differ by chance alone. No correction was made for that here, so "
        "read the one difference with care.",
        "When this many figures are compared, some differ by chance alone. No correction was made for that here, so "
        "read the %(shown)s differences with care.",
        shown,
    )
    return [text % {"shown": language.count(shown)}]


def _not_shown(entries: Entries, language: Language) -> list[str]:
    if all(entry["verdict"] != "not_shown" for entry in entries):
        return []
    return [language.gettext("When no difference was shown, that does not mean that nothing changed.")]
