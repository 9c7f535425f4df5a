"""Pages of answers as the database sends them, decoded and scored once for each different text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instruments import library, scoring
from instruments.model import Instrument

Answers = dict[str, scoring.Answer]
Integers = NDArray[np.intp]
Small = NDArray[np.int8]

#: Slot (a wave through the eyes of one respondent, as a number), instrument and version of a response.
Asked = tuple[int, str, int]
#: A domain of an instrument: their keys.
Place = tuple[str, str]
#: For what is not asked any more in the versions that are reported.
NOWHERE = -1
#: The scale of most items: the same answer to all of them says something only where they share a scale.
COMMON_SCALE = (1, 2, 3, 4, 5)
#: The most answers that a page which looks back can hold.
MOST_LOOKED_BACK = 2


@dataclass(frozen=True)
class Texts:
    """What each different page says, by its number.

    `place` is an index in `places`, or NOWHERE; `score` NaN for none. `answered`: whether it holds any answer, `whole`
    whether one to every item. `common`: how many items on the common scale, with the `lowest` and the `highest` answer.
    For what looks back, `item` are indexes in `looking_back`, or NOWHERE, and `answer` what was answered to them.
    """

    slot: Integers
    place: Integers
    score: NDArray[np.float64]
    answered: NDArray[np.bool_]
    whole: NDArray[np.bool_]
    common: Small
    lowest: Small
    highest: Small
    item: Integers
    answer: Small


class PageTexts(dict[tuple[int, str], int]):
    """Numbers the different pages: equal pages, equal number, from 0 in order of arrival.

    A page is told by the index of its response in `asked`, and its domain with the answers as a JSON object:
    `work{"work_1":3,"work_2":"na"}`. `places` are the domains that are reported, `looking_back` the items of those
    instruments that look back.
    """

    def __init__(self, places: Sequence[Place], looking_back: Sequence[str], asked: Sequence[Asked]) -> None:
        super().__init__()
        self._asked = asked
        self._places = {place: number for number, place in enumerate(places)}
        self._looking_back = {item: number for number, item in enumerate(looking_back)}
        self._rows: list[tuple[int, int, float, bool, bool, int, int, int]] = []
        self._looked_back: list[tuple[tuple[int, int], ...]] = []
        self._points: list[tuple[tuple[int, str, int, str], tuple[int, ...] | None]] = []
        self._occurrences = np.zeros(0, dtype=np.int64)

    def __missing__(self, page: tuple[int, str]) -> int:
        slot, key, version = self._asked[page[0]]
        code, brace, rest = page[1].partition("{")
        instrument, answers = library.load(key, version), json.loads(brace + rest)
        score = scoring.score(instrument, code, answers)
        place = self._places.get((key, code), NOWHERE)
        told = np.nan if score is None or place == NOWHERE else score
        answered = bool(answers) and not instrument.looks_back
        points = None if instrument.looks_back else scoring.complete(instrument, code, answers)
        whole = points is not None
        self._rows.append((slot, place, told, answered, whole, *_on_common_scale(instrument, answers)))
        self._looked_back.append(self._looking_back_at(answers) if instrument.looks_back else ())
        self._points.append(((slot, key, version, code), points))
        self[page] = len(self)
        return self[page]

    def _looking_back_at(self, answers: Answers) -> tuple[tuple[int, int], ...]:
        codes = {item: answer for item, answer in answers.items() if isinstance(answer, int)}
        return tuple(
            (self._looking_back[item], code) for item, code in codes.items() if item in self._looking_back
        )

    def count(self, asked: Integers, texts: Sequence[str]) -> Integers:
        """The number of each page; how often each occurs is kept."""
        pages = zip(asked.tolist(), texts, strict=True)
        numbers = np.fromiter(map(self.__getitem__, pages), dtype=np.intp, count=len(texts))
        occurrences = np.bincount(numbers, minlength=len(self))
        occurrences[: len(self._occurrences)] += self._occurrences
        self._occurrences = occurrences
        return numbers

    def arrays(self) -> Texts:
        columns: list[Sequence[float]] = list(zip(*self._rows, strict=True)) or [()] * 8
        pairs = np.array(
            [(*row, *[(NOWHERE, 0)] * (MOST_LOOKED_BACK - len(row))) for row in self._looked_back],
            dtype=np.intp,
        ).reshape(-1, MOST_LOOKED_BACK, 2)
        slot, place, score, answered, whole, common, lowest, highest = columns
        return Texts(
            np.array(slot, dtype=np.intp), np.array(place, dtype=np.intp), np.array(score, dtype=np.float64),
            np.array(answered, dtype=bool), np.array(whole, dtype=bool), _small(common), _small(lowest),
            _small(highest), pairs[:, :, 0], _small(pairs[:, :, 1]),
        )  # fmt: skip

    def complete(self) -> dict[tuple[int, str, int, str], NDArray[np.int16]]:
        """By slot, instrument, version and domain: the points of everyone who answered all its items, (people, items).
        Answers in another version are not put together: the items may be others."""
        rows = [
            (where, points, times)
            for (where, points), times in zip(self._points, self._occurrences.tolist(), strict=True)
            if points is not None
        ]
        found = {}
        for where, together in groupby(sorted(rows, key=itemgetter(0)), key=itemgetter(0)):
            _, different, times = zip(*together, strict=True)
            found[where] = np.repeat(np.array(different, dtype=np.int16), np.array(times), axis=0)
        return found


def _small(numbers: Any) -> Small:
    return np.array(numbers, dtype=np.int8)


def _on_common_scale(instrument: Instrument, answers: Answers) -> tuple[int, int, int]:
    """How many answers there are on the common scale, the lowest and the highest of them."""
    codes = [
        answer
        for item, answer in answers.items()
        if isinstance(answer, int) and instrument.scale_of(item).codes == COMMON_SCALE
    ]
    return (len(codes), min(codes), max(codes)) if codes and instrument.is_questionnaire else (0, 99, 0)
