"""How people answered: what may stand in the way of comparing waves. Everything is a count; nobody is left out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: From so many answers on the same scale: that all are equal no longer comes about by chance.
LEAST_ANSWERS = 8
#: Said instead of a number.
NO_SPEED = "No times of answers are kept, so nobody can say who went through fast."

Entry = dict[str, Any]
Codes = NDArray[np.integer[Any]]


def straight_lined(common: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Whether somebody gave the same answer throughout. `common`: how many answers on the scale of most items, with the
    lowest and the highest of them, (3, ...)."""
    number, lowest, highest = common
    return (number >= LEAST_ANSWERS) & (lowest == highest)


def how_answered(
    present: NDArray[np.bool_], common: NDArray[np.int8], mode: Codes, language: Codes,
    names: tuple[Sequence[str], Sequence[str]], waves: Sequence[str],
) -> list[Entry]:  # fmt: skip
    """Per wave: people, how many gave the same answer throughout, and how many answered in each mode and language.

    All arrays are (waves, people), `common` (3, waves, people); `mode` and `language` are indexes in `names`.
    """
    same = straight_lined(common)
    return [
        {
            "wave": wave, "people": int(present[place].sum()),
            "enough_to_judge": int((common[0, place] >= LEAST_ANSWERS).sum()),
            "straight_lined": int(same[place].sum()),
            "modes": _counted(mode[place], names[0]), "languages": _counted(language[place], names[1]),
            "speed": None, "note": NO_SPEED,
        }
        for place, wave in enumerate(waves)
    ]  # fmt: skip


def _counted(codes: Codes, names: Sequence[str]) -> dict[str, int]:
    times = np.bincount(codes[codes >= 0], minlength=len(names))
    return {name: int(number) for name, number in zip(names, times, strict=True) if number}


def answered_otherwise(
    present: NDArray[np.bool_], mode: Codes, language: Codes, waves: Sequence[str]
) -> list[Entry]:
    """For each two waves: of how many who answered both, how many did so in another mode or another language."""
    found = []
    for one, other in combinations(range(len(waves)), 2):
        both = present[one] & present[other]
        found.append(
            {
                "before": waves[one], "after": waves[other], "people": int(both.sum()),
                "other_mode": int((mode[one] != mode[other])[both].sum()),
                "other_language": int((language[one] != language[other])[both].sum()),
            }
        )  # fmt: skip
    return found
