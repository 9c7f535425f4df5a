"""What a release says of one group beside others."""

from collections.abc import Sequence

from dashboard.outcomes.wording.language import Language


def group_sentence(group: str, verdicts: Sequence[str], language: Language) -> str:
    """For how many domains a higher and a lower score was shown. `group`: what it is called, with a capital.
    `verdicts`: one for each domain."""
    rose, fell = verdicts.count("rose"), verdicts.count("fell")
    numbers = {"rose": rose, "fell": fell, "total": len(verdicts)}
    said = {key: language.count(number) for key, number in numbers.items()}
    return _text(bool(rose), bool(fell), len(verdicts), language) % {"group": group, **said}


def _text(rose: bool, fell: bool, total: int, language: Language) -> str:
    if rose and fell:
        return language.gettext(
            "%(group)s: a higher score for %(rose)s and a lower one for %(fell)s of the %(total)s areas."
        )
    if rose:
        return language.ngettext(
            "%(group)s: a higher score for the one area.",
            "%(group)s: a higher score for %(rose)s of the %(total)s areas.",
            total,
        )
    if fell:
        return language.ngettext(
            "%(group)s: a lower score for the one area.",
            "%(group)s: a lower score for %(fell)s of the %(total)s areas.",
            total,
        )
    return language.ngettext(
        "%(group)s: no clear difference for the one area.",
        "%(group)s: no clear difference for any of the %(total)s areas.",
        total,
    )
