"""What a release says of one group beside others."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.outcomes.wording.language import Language
from dashboard.outcomes.wording.summary import NAMED_UNSHOWN, Names, which


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
