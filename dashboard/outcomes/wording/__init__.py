"""What a release says, in whole sentences.

A change is never called more than a change: there was no comparison group. Words that claim a cause, in any
language of the dashboard, have no place here (a test looks for them). "Not shown" is not "unchanged", and too
few to say is a normal answer. The words themselves come from the catalog of the reader's language.
"""

from collections.abc import Mapping
from typing import Any

from dashboard.outcomes.wording.certainty import (
    answered_sentence,
    certainty,
    may_be_chance,
    missing_sentence,
    no_comparison_group,
    not_corrected,
    took_part_sentence,
)
from dashboard.outcomes.wording.domain import change_sentence, distribution_sentence
from dashboard.outcomes.wording.groups import group_sentence, group_sizes, groups_summary
from dashboard.outcomes.wording.language import Language
from dashboard.outcomes.wording.later import (
    answered_later_sentence,
    later_lead,
    later_sentence,
    later_summary,
    weeks_later,
)
from dashboard.outcomes.wording.participation import ladder_sentence, obstacle_sentence, work_sentence
from dashboard.outcomes.wording.summary import by_chance, lead, opening_sentence
from dashboard.outcomes.wording.targets import WENT_WELL, glance, result_state, target_sentence
from dashboard.outcomes.wording.withheld import withheld_sentences

__all__ = [
    "WENT_WELL",
    "Language",
    "answered_later_sentence",
    "answered_sentence",
    "by_chance",
    "certainty",
    "change_sentence",
    "distribution_sentence",
    "glance",
    "group_sentence",
    "group_sizes",
    "groups_summary",
    "ladder_sentence",
    "later_lead",
    "later_sentence",
    "later_summary",
    "lead",
    "may_be_chance",
    "missing_sentence",
    "no_comparison_group",
    "not_corrected",
    "obstacle_sentence",
    "opening_sentence",
    "result_state",
    "sentences",
    "target_sentence",
    "took_part_sentence",
    "weeks_later",
    "withheld_sentences",
    "work_sentence",
]

Release = Mapping[str, Any]
Names = Mapping[str, str]


def sentences(release: Release, names: Names, language: Language) -> dict[str, Any]:
    """Every sentence about the change of a release.

    `names` gives each domain's name by its code, as it stands inside a sentence in the reader's language.
    `domains` has one entry per entry of `change`, in the same order; `distribution` and `comparison` are None
    where there is nothing to say.
    """
    return {
        "opening": opening_sentence(release, names, language),
        "lead": lead(release, names, language),
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
