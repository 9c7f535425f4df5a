"""How a person's scores of each domain stand beside each other, wave after wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from instruments import library
from instruments.translation import words
from survey.casework.agreed import OwnScore, own_scores
from survey.casework.change.precision import margins
from survey.models import Enrolment, Wave


@dataclass(frozen=True)
class Line:
    """One domain: (wave, score) from the earliest on, on a scale from `low` to `high`."""

    name: str
    low: int
    high: int
    scores: list[tuple[Wave, float]]
    #: A change from this on is larger than error of measurement; None where that is not known.
    margin: float | None

    @property
    def came_to(self) -> str:
        """From the first score to the last: higher, lower or alike; unknown without a margin, once with one score."""
        if len(self.scores) < 2:
            return "once"
        if self.margin is None:
            return "unknown"
        change = self.scores[-1][1] - self.scores[0][1]
        if abs(change) < self.margin:
            return "alike"
        return "higher" if change > 0 else "lower"


@dataclass(frozen=True)
class Table:
    """An instrument of a programme."""

    enrolment: Enrolment
    name: str
    #: Those with scores, from the earliest on.
    waves: list[Wave]
    lines: list[Line]


def tables(enrolments: Sequence[Enrolment], viewer: UUID, language: str) -> list[Table]:
    """Only what each person lets their own casemanager see, who asks here."""
    scores = [one for one in own_scores(enrolments, viewer) if one.score is not None]
    scores.sort(key=_belongs)
    return [_table(list(group), language) for _, group in groupby(scores, _belongs)]


def _belongs(score: OwnScore) -> tuple[object, ...]:
    """The instruments of a programme in the order in which they are asked."""
    order = score.enrolment.programme.instruments
    place = order.index(score.instrument) if score.instrument in order else len(order)
    return score.enrolment.started_on, str(score.enrolment.id), place, score.instrument


def _table(scores: list[OwnScore], language: str) -> Table:
    scores.sort(key=lambda one: one.wave.weeks)
    first = scores[0]
    instrument = library.load(first.instrument, max(one.version for one in scores))
    said = words(instrument, language)
    first_asked = {one.version: one.wave for one in reversed(scores)}
    known = {version: margins(wave, first.instrument, version) for version, wave in first_asked.items()}
    lines = []
    for domain in instrument.domains:
        its = [one for one in scores if one.domain == domain.code]
        if its:
            shown = [(one.wave, one.score) for one in its if one.score is not None]
            low, high = instrument.score_range(domain.code)
            lines.append(Line(said.domain(domain.code), low, high, shown, _margin((its[0], its[-1]), known)))
    waves = list({one.wave.id: one.wave for one in scores}.values())
    return Table(first.enrolment, said.name(), waves, lines)


def _margin(ends: tuple[OwnScore, OwnScore], known: Mapping[int, Mapping[str, float]]) -> float | None:
    """Of the two versions of the questions between which is compared the wider one; None where one is not known."""
    found = [known[one.version].get(one.domain) for one in ends]
    return None if None in found else max(margin for margin in found if margin is not None)
