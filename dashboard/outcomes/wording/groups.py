"""What a release says of one group beside others."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.outcomes.wording.language import Language
from dashboard.outcomes.wording.summary import NAMED_UNSHOWN, Names, which


def groups_summary(by: str, entries: Sequence[Mapping[str, Any]], language: Language) -> str:
    """In how many comparisons there is a difference. `by`: what people are divided by, as it stands after "by"."""
    found = [entry for entry in entries if entry["verdict"] not in ("too_few", "no_spread")]
    shown = sum(entry["verdict"] != "not_shown" for entry in found)
    if shown:
        text = language.gettext(
            "By %(by)s, a clear difference was shown in %(shown)s of %(total)s comparisons."
        )
    else:
        text = language.gettext("By %(by)s, no clear difference was shown in any of %(total)s comparisons.")
    return text % {"by": by, "shown": language.count(shown), "total": language.count(len(found))}


def group_sizes(people: Sequence[int], language: Language) -> str:
    least, most = min(people), max(people)
    if least == most:
        text = language.gettext("Each group is of about %(least)s people.")
    else:
        text = language.gettext("Each group is of about %(least)s to %(most)s people.")
    return text % {"least": language.count(least), "most": language.count(most)}


def group_sentence(group: str, entries: Sequence[Mapping[str, Any]], names: Names, language: Language) -> str:
    """For which domains a higher and a lower score was shown. `group`: what it is called, with a capital."""
    rose, fell = ([entry for entry in entries if entry["verdict"] == verdict] for verdict in ("rose", "fell"))
    values = {"group": group, "rose": which(rose, names, NAMED_UNSHOWN, language)}
    values["fell"] = which(fell, names, NAMED_UNSHOWN, language)
    if rose and fell:
        text = language.gettext("%(group)s: a higher score for %(rose)s and a lower one for %(fell)s.")
    elif rose:
        text = language.gettext("%(group)s: a higher score for %(rose)s.")
    elif fell:
        text = language.gettext("%(group)s: a lower score for %(fell)s.")
    else:
        text = language.gettext("%(group)s: no clear difference for any area.")
    return text % values
