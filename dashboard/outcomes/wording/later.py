"""What a later wave says: whether the difference with the start was still there. Changes only, never levels."""

from collections.abc import Mapping
from typing import Any

from dashboard.outcomes.wording.certainty import not_corrected
from dashboard.outcomes.wording.domain import near_end
from dashboard.outcomes.wording.language import Language
from dashboard.outcomes.wording.summary import NAMED_CHANGES, NAMED_UNSHOWN, Entries, which

Release = Mapping[str, Any]
Entry = Mapping[str, Any]
Names = Mapping[str, str]


def later_summary(release: Release, names: Names, language: Language) -> str:
    """For how many domains scores rose and fell from the start to the later wave. None of several is named: nothing was
    corrected for looking at many, so one alone may be chance.
    """
    found = {
        verdict: [entry for entry in release["follow_up"] if entry["verdict"] == verdict]
        for verdict in ("rose", "fell", "not_shown")
    }
    rose, fell, unshown = found.values()
    limit = 1 if len(release["follow_up"]) == 1 else 0
    values = {
        "weeks": language.count(weeks_later(release)),
        "rose": which(rose, names, limit, language),
        "fell": which(fell, names, limit, language),
        "unshown": which(unshown, names, limit, language),
    }
    return _summary(bool(rose), bool(fell), bool(unshown), language) % values


def later_lead(release: Release, names: Names, language: Language) -> list[str]:
    """That nothing was corrected for looking at many domains; which rose and fell, where few did; and for how many
    nothing was shown."""
    found = [entry for entry in release["follow_up"] if entry["verdict"] == "not_shown"]
    shown = [entry for entry in release["follow_up"] if entry["verdict"] in ("rose", "fell")]
    said = [not_corrected(language)] if shown and len(release["follow_up"]) > 1 else []
    said += _named(shown, names, language) if len(release["follow_up"]) > 1 else []
    if found and shown:
        text = language.gettext("For %(unshown)s no difference was shown.")
        said.append(text % {"unshown": which(found, names, NAMED_UNSHOWN, language)})
    return said


def _named(shown: Entries, names: Names, language: Language) -> list[str]:
    texts = {
        "rose": language.gettext("Higher than at the start: %(areas)s."),
        "fell": language.gettext("Lower than at the start: %(areas)s."),
    }
    found = {verdict: [entry for entry in shown if entry["verdict"] == verdict] for verdict in texts}
    return [
        texts[verdict] % {"areas": which(entries, names, NAMED_CHANGES, language)}
        for verdict, entries in found.items()
        if 0 < len(entries) <= NAMED_CHANGES
    ]


def answered_later_sentence(release: Release, language: Language) -> list[str]:
    """How many are compared with their own start; nothing where too few answered again."""
    people = release["population"]["people"]["follow_up"]
    if people is None or people < release["method"]["minimum_pairs"]:
        return []
    text = language.gettext("About %(people)s people answered at the start and again after %(weeks)s weeks.")
    return [text % {"people": language.count(people), "weeks": language.count(weeks_later(release))}]


def weeks_later(release: Release) -> int:
    """From the start to the later wave."""
    waves = release["waves"]
    weeks: int = waves["follow_up"]["weeks"] - waves["before"]["weeks"]
    return weeks


def _summary(rose: bool, fell: bool, unshown: bool, language: Language) -> str:
    if rose and fell:
        return language.gettext(
            "After %(weeks)s weeks, participants scored higher than at the start for %(rose)s and lower for %(fell)s."
        )
    if rose:
        return language.gettext(
            "After %(weeks)s weeks, participants scored higher than at the start for %(rose)s."
        )
    if fell:
        return language.gettext(
            "After %(weeks)s weeks, participants scored lower than at the start for %(fell)s."
        )
    if unshown:
        return language.gettext(
            "After %(weeks)s weeks, no difference with the start was shown for %(unshown)s."
        )
    return language.gettext(
        "We cannot say how participants scored after %(weeks)s weeks: too few of them answered again."
    )


def later_sentence(entry: Entry, name: str, language: Language) -> str:
    """One domain: the difference between the start and the later wave, and for how many a gain was kept."""
    if entry["verdict"] in ("too_few", "no_spread"):
        return language.gettext("What changed later for %(domain)s is not shown.") % {"domain": name}
    text = {
        "rose": language.gettext(
            "Later, the score for %(domain)s was %(difference)s points higher than at the start (margin %(near)s to "
            "%(far)s; about %(people)s people)."
        ),
        "fell": language.gettext(
            "Later, the score for %(domain)s was %(difference)s points lower than at the start (margin %(near)s to "
            "%(far)s; about %(people)s people)."
        ),
        "not_shown": language.gettext(
            "Later, no difference with the start was shown for %(domain)s (about %(people)s people)."
        ),
    }[entry["verdict"]]
    said = text % _values(entry, name, language)
    kept = _kept(entry, language)
    return said if kept is None else " ".join([said, kept])


def _values(entry: Entry, name: str, language: Language) -> dict[str, str]:
    low, high = abs(entry["low"]), abs(entry["high"])
    return {
        "domain": name,
        "people": language.count(entry["pairs"]),
        "difference": language.points(abs(entry["difference"])),
        "near": near_end(low, high, language),
        "far": language.points(max(low, high)),
    }


def _kept(entry: Entry, language: Language) -> str | None:
    if entry["kept"] is None:
        return None
    return language.gettext("Of about %(gained)s people who had gone up, about %(kept)s had kept that.") % {
        key: language.count(entry[key]) for key in ("gained", "kept")
    }
