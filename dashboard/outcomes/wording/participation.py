"""What people do, where they stand on the ladder, and what gets in the way: counts of people, no scores."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.outcomes.wording.language import Language

Release = Mapping[str, Any]
Names = Mapping[str, str]
#: So many kinds of activity are named in a sentence.
NAMED = 3


def ladder_sentence(release: Release, language: Language) -> str:
    ladder = release["ladder"]
    if not ladder:
        if any(item["what"] == "ladder" for item in release["withheld"]):
            return language.gettext(
                "No figure about steps on the ladder is shown: it would be about too few people."
            )
        return language.gettext("No steps on the ladder of participation were recorded.")
    if ladder["up"] is None:
        return language.gettext(
            "This is where people stood on the ladder of participation. How many went up or down is not shown: one of "
            "these groups is too small."
        )
    return language.gettext(
        "About %(up)s of about %(people)s people stand higher on the ladder of participation than at the start; about "
        "%(down)s stand lower."
    ) % {key: language.count(ladder[key]) for key in ("up", "down", "people")}


def work_sentence(release: Release, names: Names, language: Language) -> str:
    """Paid work if that can be said, else what most people did. `names` of kinds, as inside a sentence."""
    rows = kinds(release["participation"])
    for row in rows:
        if row["kind"] == "paid_work":
            return language.gettext(
                "Of about %(of)s people who answered both times, about %(people)s did paid work during the programme."
            ) % {key: language.count(row[key]) for key in ("people", "of")}
    if rows:
        return _most(rows, names, language)
    if any(item["what"] == "participation" for item in release["withheld"]):
        return language.gettext("No activity had enough people in it to show a figure.")
    return language.gettext("No activities were recorded.")


def _most(rows: Sequence[Mapping[str, Any]], names: Names, language: Language) -> str:
    """What most people did; several that as many did."""
    most = max(rows, key=lambda row: row["people"])
    found = [row for row in rows if row["people"] == most["people"]][:NAMED]
    return language.ngettext(
        "As far as it can be shown, %(kinds)s was most common: for about %(people)s of about %(of)s people.",
        "As far as it can be shown, %(kinds)s were most common: each for about %(people)s of about %(of)s people.",
        len(found),
    ) % {
        "kinds": language.listed([names[row["kind"]] for row in found]),
        "people": language.count(most["people"]),
        "of": language.count(most["of"]),
    }


def kinds(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows about everyone and a whole kind."""
    return [row for row in rows if row["group"] is None and row["activity"] is None]


def obstacle_sentence(release: Release, names: Names, language: Language) -> str:
    """The obstacle of most people. `names` of domains, as inside a sentence."""
    obstacles = [link for link in release["links"] if link["kind"] == "obstacle"]
    if not obstacles:
        if any(item["what"] == "links" for item in release["withheld"]):
            return language.gettext("No obstacle was noted for enough people to show it.")
        return language.gettext("No obstacles were noted.")
    most = max(obstacles, key=lambda link: link["people"])
    return language.gettext("Noted most: %(from)s holds %(to)s back, for about %(people)s people.") % {
        "from": names[most["from"]],
        "to": names[most["to"]],
        "people": language.count(most["people"]),
    }
