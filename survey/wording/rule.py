"""The programme's language rule: in which languages it may ask, and in which words it does.

Questions, their answers and the three ways not to answer are asked in the words fixed at the first sitting in that
language, so that waves stay comparable, until a coordinator moves on to newer ones. The rest of the interface always
says what is in force now.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from instruments import asking
from instruments.translation import SOURCE
from survey.models import Programme, ProgrammeWording
from survey.wording import kept
from survey.wording.kept import Kept
from survey.wording.standing import Held, Standing, editions, standing
from survey.wording.texts import all_texts, question_keys


class Words:
    """The words of a programme, language by language."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.fixed: dict[str, ProgrammeWording] = {one.language: one for one in programme.wordings}
        self._editions = editions()

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """Keys of what this programme asks: in the newest versions, and in those of waves that were opened."""
        return tuple(dict.fromkeys(self._questions()))

    def _questions(self) -> Iterator[str]:
        own = self.programme.instruments
        order = [*own, *asking.LOOKING_BACK]
        asked = {*asking.newest(own), *(pair for wave in self.programme.waves for pair in wave.asked)}
        for instrument in asking.instruments(
            tuple(sorted(asked, key=lambda pair: (order.index(pair[0]), pair)))
        ):
            yield from question_keys(instrument)

    def standing(self, language: str) -> Standing:
        return standing(language, self._editions.get(language))

    def asked(self, language: str) -> tuple[str, ...]:
        """Keys of all that makes how a question is asked."""
        return (*self.questions, *all_texts(language).non_answers)

    def current(self, language: str) -> Kept:
        """The words in which it would ask if it began today."""
        here = self.standing(language)
        return {key: here[key].texts for key in self.asked(language) if here[key].texts}

    def in_force(self, language: str) -> Kept:
        """The words in which it asks: the fixed ones, and today's for what was not asked before."""
        fixed = self.fixed.get(language)
        return {**self.current(language), **kept.texts_of(fixed.wording)} if fixed else self.current(language)

    def newer(self, language: str) -> list[str]:
        """Keys of texts that would be others if it moved on to today's words."""
        if language not in self.fixed:
            return []
        current, in_force = self.current(language), self.in_force(language)
        return [key for key in current if in_force[key] != current[key]]

    def is_approved(self, language: str) -> bool:
        """Whether somebody stands behind every text that a participant reads, in the words they read it in."""
        if language == SOURCE:
            return True
        here = self.standing(language)
        if not all(here[key].good for key in all_texts(language).interface):
            return False
        fixed = self.fixed.get(language)
        asked_in = kept.texts_of(fixed.wording) if fixed else {}
        was_approved = fixed is not None and fixed.approved
        return all(_is_good(here[key], asked_in.get(key), was_approved) for key in self.questions)

    def is_refused(self, language: str) -> bool:
        """Whether a reviewer refused a text that a participant would read."""
        here = self.standing(language)
        return any(here[key].state == "refused" for key in (*self.questions, *all_texts(language).interface))

    def is_complete(self, language: str) -> bool:
        """Whether every question exists in this language, approved or not."""
        here = self.standing(language)
        return all(here[key].texts for key in self.questions)

    def stands_behind_all(self, language: str) -> bool:
        """Whether all of today's words are approved."""
        here = self.standing(language)
        return all(here[key].good for key in self.asked(language))


def _is_good(here: Held, asked_in: tuple[str, ...] | None, was_approved: bool) -> bool:
    """A text that was approved when it was fixed stays so, until it is refused."""
    if asked_in is None:
        return here.good
    if here.state == "refused":
        return False
    return was_approved or (here.good and here.texts == asked_in)


def is_approved(programme: Programme, language: str) -> bool:
    return Words(programme).is_approved(language)


def organisation_words(language: str) -> dict[str, tuple[str, ...]]:
    """The interface's texts that reviewers here changed, by key."""
    here = standing(language, editions().get(language))
    return {key: here[key].texts for key in all_texts(language).interface if here[key].state == "changed"}
