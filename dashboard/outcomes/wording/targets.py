"""Whether what a programme was to bring was reached: the summary, and one sentence for each target."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.outcomes.wording.language import Language

Entry = Mapping[str, Any]
#: Where no target of a result was reached, the first of these verdicts is what can be said of the result.
WORST = ("not_reached", "not_yet", "about", "not_shown")
#: What is aimed at where no number was agreed: more than at the start, or less.
DIRECTIONS = ("more", "less")


def result_state(entries: Sequence[Entry]) -> str:
    """Of one intended result with these targets: reached (all of them), moved (all went the intended way, but no number
    was agreed for any), partly (some); else the worst that can be said of one of them, or unknown where nothing can be
    said of any."""
    verdicts = [entry["verdict"] for entry in entries]
    if all(verdict == "reached" for verdict in verdicts):
        return "moved" if all(entry["comparator"] in DIRECTIONS for entry in entries) else "reached"
    if "reached" in verdicts:
        return "partly"
    return next((verdict for verdict in WORST if verdict in verdicts), "unknown")


def glance(results: Sequence[Sequence[Entry]], language: Language) -> list[str]:
    """One sentence for each state in which there is any result, the best first; none without results."""
    found = Counter(result_state(entries) for entries in results)
    total = len(results)
    texts = {
        "reached": language.ngettext(
            "The one intended result was reached.",
            "Of the %(total)s intended results, %(count)s can be called reached.",
            total,
        ),
        "moved": language.ngettext(
            "The one intended result went the way that was intended; no number was agreed.",
            "The intended way, without an agreed number: %(count)s.",
            total,
        ),
        "partly": language.ngettext(
            "The one intended result came about in part.", "In part: %(count)s.", total
        ),
        "not_reached": language.ngettext(
            "The one intended result was not reached.", "Not reached: %(count)s.", total
        ),
        "not_yet": language.ngettext(
            "The one intended result was not reached yet.", "Not reached yet: %(count)s.", total
        ),
        "about": language.ngettext(
            "The one intended result is close to its target.", "Close to the target: %(count)s.", total
        ),
        "not_shown": language.ngettext(
            "Of the one intended result no clear difference was found.",
            "No clear difference: %(count)s.",
            total,
        ),
        "unknown": language.ngettext(
            "Whether the one intended result was reached cannot be said.",
            "Cannot be said: %(count)s.",
            total,
        ),
    }
    if not found["reached"] and total > 1:
        texts["reached"] = language.gettext("None of the %(total)s intended results can be called reached.")
    said = [state for state in texts if found[state] or (state == "reached" and total > 1)]
    values = {
        state: {"total": language.count(total), "count": language.count(found[state])} for state in said
    }
    return [texts[state] % values[state] for state in said] if total else []


def target_sentence(entry: Entry, language: Language) -> str:
    """The verdict on one target, and why it is not another one."""
    if entry["verdict"] in ("unknown", "withheld", "not_shown"):
        return _no_verdict(entry, language)
    if entry["verdict"] == "reached" and entry["comparator"] in DIRECTIONS:
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
