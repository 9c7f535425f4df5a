"""Pages of answers as the database sends them, decoded and scored once for each different text."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from instruments import library, scoring
from instruments.model import Instrument

Answers = dict[str, scoring.Answer]

#: Wave (0 or 1), instrument and version of a response.
Asked = tuple[int, str, int]
#: For what is not asked any more in the version that is reported.
NOWHERE = -1


class PageTexts(dict[tuple[int, str], int]):
    """Numbers the different pages: equal pages, equal number, from 0 in order of arrival.

    A page is told by the index of its response in `asked`, and its domain with the answers as a JSON object:
    `work{"work_1":3,"work_2":"na"}`. `places` are the domains that are reported, in order.
    """

    def __init__(self, instruments: Sequence[Instrument], asked: Sequence[Asked]) -> None:
        super().__init__()
        self._asked = asked
        self.places = [(instrument, domain) for instrument in instruments for domain in instrument.domains]
        self._numbers = {(each.key, domain.code): number for number, (each, domain) in enumerate(self.places)}
        self._waves: list[int] = []
        self._places: list[int] = []
        self._scores: list[float] = []
        self._answered: list[bool] = []
        self._points: list[tuple[int, ...] | None] = []
        self._occurrences = np.zeros(0, dtype=np.int64)

    def __missing__(self, page: tuple[int, str]) -> int:
        wave, key, version = self._asked[page[0]]
        code, brace, rest = page[1].partition("{")
        instrument, answers = library.load(key, version), json.loads(brace + rest)
        score = scoring.score(instrument, code, answers)
        place = self._numbers.get((key, code), NOWHERE)
        # Items of another wording are not put under those of the version that is reported.
        same = place != NOWHERE and self.places[place][0].version == instrument.version
        self._waves.append(wave)
        self._places.append(place)
        self._scores.append(np.nan if score is None or place == NOWHERE else score)
        self._answered.append(bool(answers))
        self._points.append(scoring.complete(instrument, code, answers) if same else None)
        self[page] = len(self)
        return self[page]

    def count(self, asked: NDArray[np.intp], texts: Sequence[str]) -> NDArray[np.intp]:
        """The number of each page; how often each occurs is kept."""
        pages = zip(asked.tolist(), texts, strict=True)
        numbers = np.fromiter(map(self.__getitem__, pages), dtype=np.intp, count=len(texts))
        occurrences = np.bincount(numbers, minlength=len(self))
        occurrences[: len(self._occurrences)] += self._occurrences
        self._occurrences = occurrences
        return numbers

    def arrays(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64], NDArray[np.bool_]]:
        """By number: wave, place (index in `places`), score (NaN for none), whether it holds any answer."""
        return (
            np.array(self._waves, dtype=np.intp),
            np.array(self._places, dtype=np.intp),
            np.array(self._scores),
            np.array(self._answered, dtype=bool),
        )

    def complete(self, wave: int, place: int) -> NDArray[np.int16]:
        """The points of everyone who answered all items of a domain in that wave, shape (people, items)."""
        items = len(self.places[place][1].items)
        rows = zip(self._waves, self._places, self._points, self._occurrences, strict=True)
        found = [
            (points, times) for its_wave, its_place, points, times in rows
            if points is not None and (its_wave, its_place) == (wave, place)
        ]  # fmt: skip
        different = np.array([points for points, _ in found], dtype=np.int16).reshape(len(found), items)
        return np.repeat(different, np.array([times for _, times in found], dtype=np.int64), axis=0)
