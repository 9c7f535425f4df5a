"""Whether what a programme was to bring was reached: the summary, and one sentence for each target."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.outcomes.wording.language import Language

Entry = Mapping[str, Any]
#: Where no target of a result was reached, the first of these verdicts is what can be said of the result.
WORST = ("not_reached", "not_yet", "about", "not_shown")
#: Reached what was agreed; or, where no number was, went the intended way.
WENT_WELL = {"reached", "moved"}


def result_state(entries: Sequence[Entry]) -> str:
    """Of one intended result with these targets: reached (all of them), moved (all went the intended way, but no number
    was agreed for any), partly (some); else the worst that can be said of one of them, or unknown where nothing can be
    said of any."""
    verdicts = [entry["verdict"] for entry in entries]
    if WENT_WELL.issuperset(verdicts):
        return "reached" if "reached" in verdicts else "moved"
    if not WENT_WELL.isdisjoint(verdicts):
        return "partly"
    return next((verdict for verdict in WORST if verdict in verdicts), "unknown")


def glance(results: Sequence[Sequence[Entry]], language: Language) -> list[str]:
    """One sentence for each state in which there is any result, the best first; none without results."""
    found = Counter(result_state(entries) for entries in results)
    total = len(results)
    if total > 1:
        return _of_many(results, found, language)
    texts = {
        "reached": language.gettext("The one intended result was reached."),
        "moved": language.gettext(
            "The one intended result went the way that was intended; no number was agreed."
        ),
        "partly": language.gettext("The one intended result came about in part."),
        "not_reached": language.gettext("The one intended result was not reached."),
        "not_yet": language.gettext("The one intended result was not reached yet."),
        "about": language.gettext("The one intended result is close to its target."),
        "not_shown": language.gettext("Of the one intended result no clear difference was found."),
        "unknown": language.gettext("Whether the one intended result was reached cannot be said."),
    }
    return [texts[state] for state in texts if found[state]]


def _of_many(results: Sequence[Sequence[Entry]], found: Counter[str], language: Language) -> list[str]:
    texts = {
        "moved": language.ngettext(
            "%(count)s went the intended way, without an agreed number.",
            "%(count)s went the intended way, without an agreed number.",
            found["moved"],
        ),
        "partly": language.ngettext(
            "%(count)s came about in part.", "%(count)s came about in part.", found["partly"]
        ),
        "not_reached": language.gettext("Not reached: %(count)s."),
        "not_yet": language.gettext("Not reached yet: %(count)s."),
        "about": language.gettext("Close to the target: %(count)s."),
        "not_shown": language.gettext("No clear difference: %(count)s."),
        "unknown": language.gettext("About %(count)s nothing can be said."),
    }
    first, told = _first(found, language)
    rest = [
        texts[state] % {"count": language.count(found[state])}
        for state in texts
        if found[state] and state not in told
    ]
    numbers = {key: language.count(found[key]) for key in ("reached", "moved", "partly")}
    opening = first % {"total": language.count(len(results)), **numbers}
    return [opening, *(_no_number(results, language) if told else []), *rest]


def _first(found: Counter[str], language: Language) -> tuple[str, tuple[str, ...]]:
    """What is said before all else, and of which states it tells besides what was reached."""
    if found["reached"]:
        return language.gettext("Of the %(total)s intended results, %(reached)s can be called reached."), ()
    if found["moved"] and found["partly"]:
        return language.ngettext(
            "Of the %(total)s intended results, %(moved)s went the intended way and %(partly)s did so in part.",
            "Of the %(total)s intended results, %(moved)s went the intended way and %(partly)s did so in part.",
            found["moved"],
        ), ("moved", "partly")
    if found["moved"]:
        return language.ngettext(
            "Of the %(total)s intended results, %(moved)s went the intended way.",
            "Of the %(total)s intended results, %(moved)s went the intended way.",
            found["moved"],
        ), ("moved",)
    if found["partly"]:
        return language.gettext("Of the %(total)s intended results, %(partly)s came about in part."), (
            "partly",
        )
    return language.gettext("None of the %(total)s intended results can be called reached."), ()


def _no_number(results: Sequence[Sequence[Entry]], language: Language) -> list[str]:
    """Why nothing is called reached, where something went the intended way."""
    if any(entry["verdict"] == "reached" for entries in results for entry in entries):
        return []
    return [language.gettext("How far it should go was not agreed, so nothing here is called reached.")]


def target_sentence(entry: Entry, language: Language) -> str:
    """The verdict on one target, and why it is not another one."""
    if entry["verdict"] in ("unknown", "withheld", "not_shown"):
        return _no_verdict(entry, language)
    if entry["verdict"] == "moved":
        return _went(entry["comparator"], language)
    texts = {
        "reached": language.gettext("Reached."),
        "not_reached": language.gettext("Not reached."),
        "not_yet": language.gettext("Not reached yet; there is still time."),
        "about": language.gettext(
            "Close to the target. Numbers of people are rounded, so we do not say on which side."
        ),
    }
    return texts[entry["verdict"]]


def _went(comparator: str, language: Language) -> str:
    """No number was agreed, so nothing was reached; it went the way that was intended."""
    if comparator == "more":
        return language.gettext(
            "Higher than at the start, as intended. How much higher it should be was not agreed."
        )
    return language.gettext(
        "Lower than at the start, as intended. How much lower it should be was not agreed."
    )


def _no_verdict(entry: Entry, language: Language) -> str:
    if entry["verdict"] == "withheld" and entry["now"] is not None:
        return language.gettext(
            "The figure from the start is not shown: it would tell something about too few people. So nothing can be "
            "compared."
        )
    if entry["verdict"] == "withheld":
        return language.gettext("Not shown: the figure would tell something about too few people.")
    if entry["verdict"] == "not_shown":
        return language.gettext("A difference was not shown. That does not mean that nothing changed.")
    texts = {
        "no_target": language.gettext("No target was set, so whether this was reached cannot be said."),
        "no_value": language.gettext("No number was agreed, so whether this was reached cannot be said."),
        "no_before": language.gettext("There is no figure from the start to compare with."),
        "too_few_people": language.gettext("Too little is known about this: of too few people."),
    }
    return texts.get(entry["why"], language.gettext("Nothing was recorded about this."))
