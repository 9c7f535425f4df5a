"""What a release says about one domain, in whole sentences."""

from collections.abc import Mapping
from typing import Any

from dashboard.outcomes.method import step_of_change
from dashboard.outcomes.rules import scales
from dashboard.outcomes.wording.language import Language

Release = Mapping[str, Any]
Entry = Mapping[str, Any]


def change_sentence(release: Release, entry: Entry, name: str, language: Language) -> str:
    """What happened to one domain, with its margin and the number of people.

    `name` is the domain's name as it stands inside a sentence. A fall is told in points lower, so no sentence
    has a minus sign.
    """
    verdict = entry["verdict"]
    if verdict == "too_few":
        return _too_few(release["method"]["minimum_pairs"], name, language)
    if verdict == "no_spread":
        return _no_spread(language) % {"domain": name}
    if verdict == "not_shown":
        text = _not_shown(entry, language)
    elif verdict == "rose":
        text = _rose(entry, language)
    else:
        text = _fell(entry, language)
    return text % _values(release, entry, name, language)


def distribution_sentence(release: Release, entry: Entry, language: Language) -> str | None:
    """How many people scored at least a step higher, lower, and in between; None when that is withheld."""
    scale = scales(release)[entry["instrument"], entry["domain"]]
    step = step_of_change(scale["low"], scale["high"])
    if step is None or entry["maintained"] is None:
        return None
    values = {key: language.count(entry[key]) for key in ("improved", "maintained", "declined")}
    return language.ngettext(
        "Of about %(people)s person, about %(improved)s scored at least %(step)s points higher and about "
        "%(declined)s at least %(step)s points lower; for about %(maintained)s the difference was smaller.",
        "Of about %(people)s people, about %(improved)s scored at least %(step)s points higher and about "
        "%(declined)s at least %(step)s points lower; for about %(maintained)s the difference was smaller.",
        entry["pairs"],
    ) % (values | {"people": language.count(entry["pairs"]), "step": language.points(step)})


def _values(release: Release, entry: Entry, name: str, language: Language) -> dict[str, str]:
    """What the sentences may say: sizes without a sign; `near` and `far` are the ends of the margin as seen
    from zero, `down` and `up` the lower and the higher end."""
    scale = scales(release)[entry["instrument"], entry["domain"]]
    low, high = abs(entry["low"] or 0.0), abs(entry["high"] or 0.0)
    return {
        "domain": name,
        "people": language.count(entry["pairs"]),
        "difference": language.points(abs(entry["difference"])),
        "near": near_end(low, high, language),
        "far": language.points(max(low, high)),
        "down": language.points(low),
        "up": language.points(high),
        "lowest": language.count(round(scale["low"])),
        "highest": language.count(round(scale["high"])),
    }


def near_end(low: float, high: float, language: Language) -> str:
    """The end of a margin on one side of zero that is nearest to it; one that rounds to zero is said not to be it."""
    if min(low, high) == 0 < max(low, high):
        return language.gettext("just above 0")
    return language.points(min(low, high))


def _rose(entry: Entry, language: Language) -> str:
    if entry["difference"] == 0:
        return language.ngettext(
            "The second time, participants scored slightly higher for %(domain)s: on average less than a "
            "tenth of a point, on a scale from %(lowest)s to %(highest)s (margin %(near)s to %(far)s; about "
            "%(people)s person).",
            "The second time, participants scored slightly higher for %(domain)s: on average less than a "
            "tenth of a point, on a scale from %(lowest)s to %(highest)s (margin %(near)s to %(far)s; about "
            "%(people)s people).",
            entry["pairs"],
        )
    return language.ngettext(
        "The second time, participants scored on average %(difference)s points higher for %(domain)s, on a "
        "scale from %(lowest)s to %(highest)s (margin %(near)s to %(far)s; about %(people)s person).",
        "The second time, participants scored on average %(difference)s points higher for %(domain)s, on a "
        "scale from %(lowest)s to %(highest)s (margin %(near)s to %(far)s; about %(people)s people).",
        entry["pairs"],
    )


def _fell(entry: Entry, language: Language) -> str:
    if entry["difference"] == 0:
        return language.ngettext(
            "The second time, participants scored slightly lower for %(domain)s: on average less than a "
            "tenth of a point, on a scale from %(lowest)s to %(highest)s (margin %(near)s to %(far)s; about "
            "%(people)s person).",
            "The second time, participants scored slightly lower for %(domain)s: on average less than a "
            "tenth of a point, on a scale from %(lowest)s to %(highest)s (margin %(near)s to %(far)s; about "
            "%(people)s people).",
            entry["pairs"],
        )
    return language.ngettext(
        "The second time, participants scored on average %(difference)s points lower for %(domain)s, on a "
        "scale from %(lowest)s to %(highest)s (margin %(near)s to %(far)s; about %(people)s person).",
        "The second time, participants scored on average %(difference)s points lower for %(domain)s, on a "
        "scale from %(lowest)s to %(highest)s (margin %(near)s to %(far)s; about %(people)s people).",
        entry["pairs"],
    )


def _not_shown(entry: Entry, language: Language) -> str:
    """An end of the margin that rounds to zero lies on its side of it."""
    if entry["low"] and entry["high"]:
        return language.gettext(
            "No difference was shown for %(domain)s: the margin runs from %(down)s points lower to %(up)s points "
            "higher (about %(people)s people). That does not mean that nothing changed."
        )
    if entry["low"]:
        return language.gettext(
            "No difference was shown for %(domain)s: the margin runs from %(down)s points lower to just above 0 (about "
            "%(people)s people). That does not mean that nothing changed."
        )
    if entry["high"]:
        return language.gettext(
            "No difference was shown for %(domain)s: the margin runs from just below 0 to %(up)s points higher (about "
            "%(people)s people). That does not mean that nothing changed."
        )
    return language.gettext(
        "No difference was shown for %(domain)s: the margin lies close around 0 (about %(people)s people). That does "
        "not mean that nothing changed."
    )


def _no_spread(language: Language) -> str:
    return language.gettext(
        "For %(domain)s nearly everyone answered or changed alike. A figure would tell something about each of them, "
        "so none is shown."
    )


def _too_few(minimum: int, name: str, language: Language) -> str:
    return language.ngettext(
        "We cannot say anything about %(domain)s: fewer than %(minimum)s person answered both times.",
        "We cannot say anything about %(domain)s: fewer than %(minimum)s people answered both times.",
        minimum,
    ) % {"domain": name, "minimum": language.count(minimum)}
