"""Every text a participant may read, in each language, as the program ships it.

That is the questions of all instruments in all their versions, and the interface around them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from instruments import library, translation
from instruments.model import Instrument
from instruments.translation import LANGUAGES, SOURCE, Catalog, Status, String, strings
from survey.models.base import compact_json

TRANSLATIONS = Path(__file__).parents[1] / "translations"
INSTRUMENTS, INTERFACE = "instruments", "participant"
#: What one can answer besides the options of a scale: part of how a question is asked, though it stands in the
#: catalog of the interface.
NON_ANSWERS = ("Does not apply", "I do not know", "I would rather not say")
#: One text, or one for each plural form.
Forms = tuple[str, ...]


class Text(NamedTuple):
    """A text in its place, with the translation that the program ships; no forms where there is none."""

    key: str
    catalog: str
    context: str
    source: Forms
    shipped: Forms
    status: Status | None

    @property
    def string(self) -> String:
        return String(self.context, self.source[0])


class Texts:
    """All texts in one language, by key: questions first, in the order in which they are asked."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.by_key = {text.key: text for text in (*_questions(language), *_interface(language))}

    @cached_property
    def interface(self) -> tuple[str, ...]:
        return tuple(key for key, text in self.by_key.items() if text.catalog == INTERFACE)

    @cached_property
    def non_answers(self) -> tuple[str, ...]:
        return tuple(key_of(INTERFACE, "", (text,)) for text in NON_ANSWERS)

    @cached_property
    def keys_by_string(self) -> dict[String, str]:
        """For files that name a text by context and source."""
        return {text.string: key for key, text in self.by_key.items()}


@cache
def all_texts(language: str) -> Texts:
    return Texts(language)


@cache
def question_keys(instrument: Instrument) -> tuple[str, ...]:
    return tuple(key_of(INSTRUMENTS, string.context, (string.text,)) for string in strings(instrument))


def key_of(catalog: str, context: str, source: Forms) -> str:
    return digest([catalog, context, *source])


def digest(of: object) -> str:
    """80 bits of a hash: none can be made to fit another."""
    return hashlib.sha256(compact_json(of).encode()).hexdigest()[:20]


def _questions(language: str) -> Iterator[Text]:
    entries = translation.catalog(language).entries
    versions = [
        library.load(one.key, number)
        for one in library.instruments()
        for number in reversed(library.versions(one.key))
    ]
    for string in dict.fromkeys(string for one in versions for string in strings(one)):
        source = (string.text,)
        entry = entries.get(string)
        done = entry if entry is not None and entry.complete else None
        yield Text(
            key_of(INSTRUMENTS, string.context, source), INSTRUMENTS, string.context, source,
            done.texts if done else source if language == SOURCE else (),
            "approved" if language == SOURCE else (done.status or "draft") if done else None,
        )  # fmt: skip


def _interface(language: str) -> Iterator[Text]:
    """English has no catalog: it is what the others translate."""
    for string, entry in interface_catalog("nl" if language == SOURCE else language).entries.items():
        shipped = entry.source if language == SOURCE else entry.texts if entry.complete else ()
        status: Status | None = "approved" if language == SOURCE else (entry.status or "draft")
        yield Text(
            key_of(INTERFACE, string.context, entry.source), INTERFACE, string.context, entry.source,
            shipped, status if shipped else None,
        )  # fmt: skip


@cache
def interface_catalog(language: str) -> Catalog:
    """The participant's interface texts, with their review status."""
    folder = TRANSLATIONS / LANGUAGES[language].locale
    return Catalog.read(folder / "LC_MESSAGES" / "participant.po")
