"""A first look at a rewritten quote: which words could tell who said it. It warns and decides nothing: an editor reads.

It knows capitals, numbers, names of months and days, words for relatives, and countries, peoples and languages (CLDR).
It does not know a rare job, nor a village written small.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from babel import Locale

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
SENTENCE_END = re.compile(r"[.!?:]\s*[\"“”'‘’)]*\s*$|^[\s\"“”'‘’(]*$")
#: What stays of the name of a country when it becomes a people or a language: Eritrea, Eritrean.
ENDING = re.compile(r"(istan|land|ië|ije|ia|a|e)$")
SHORTEST_STEM, LONGEST_ENDING = 4, 4
#: Words with a capital that tell nothing.
PLAIN = {
    "nl": {"nederland", "nederlands", "nederlandse", "europa", "digid", "lets"},
    "en": {"i", "i'm", "i've", "i'd", "i'll", "dutch", "netherlands", "europe", "english", "digid"},
}
RELATIVES = {
    "nl": "moeder mama vader papa ouders zoon zoontje dochter dochtertje broer broertje zus zusje zuster man vrouw "
          "echtgenoot echtgenote vriend vriendin partner kind kinderen kindje baby tweeling oma opa kleinkind "
          "tante oom neef nicht gezin zwanger gescheiden scheiding weduwe weduwnaar verloofd trouwen getrouwd",
    "en": "mother mum father dad parents son daughter brother sister husband wife partner boyfriend girlfriend child "
          "children baby twins grandmother grandfather grandchild aunt uncle cousin nephew niece family pregnant "
          "divorced divorce widow widower engaged married",
}  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """A part of the text, and what it could be: number, day, relative, origin or name; None where nothing is seen."""

    text: str
    why: str | None


def look(text: str, language: str) -> list[Piece]:
    """The whole text in pieces, in order."""
    pieces, end = [], 0
    for start, stop, why in _seen(text, language):
        pieces += [Piece(text[end:start], None)] if start > end else []
        pieces.append(Piece(text[start:stop], why))
        end = stop
    return [*pieces, *([Piece(text[end:], None)] if end < len(text) else [])]


def words_seen(pieces: list[Piece]) -> str:
    """By which one can tell whether an editor was shown these words."""
    return " ".join(piece.text for piece in pieces if piece.why)


def _seen(text: str, language: str) -> Iterator[tuple[int, int, str]]:
    for word in WORD.finditer(text):
        why = _why(word.group(), language, is_first=bool(SENTENCE_END.search(text[: word.start()])))
        if why:
            yield word.start(), word.end(), why


def _why(word: str, language: str, *, is_first: bool) -> str | None:
    small = word.casefold()
    if small in PLAIN.get(language, ()):
        return None
    if any(letter.isdigit() for letter in word):
        return "number"
    if small in _days(language):
        return "day"
    if small in RELATIVES.get(language, "").split():
        return "relative"
    if _is_origin(small, language):
        return "origin"
    return "name" if word[0].isupper() and not is_first else None


@cache
def _days(language: str) -> frozenset[str]:
    """Months and days of the week; not `mei` and `may`, which are other words too, nor what is short for one."""
    locale = Locale.parse(language)
    names = [*locale.months["format"]["wide"].values(), *locale.days["format"]["wide"].values()]
    return frozenset(name.casefold() for name in names) - {"may"}


def _is_origin(small: str, language: str) -> bool:
    return any(
        small.startswith(stem) and len(small) <= len(stem) + LONGEST_ENDING
        for stem in _stems(language, small[:4])
    )


def _stems(language: str, beginning: str) -> tuple[str, ...]:
    return _origins(language).get(beginning, ())


@cache
def _origins(language: str) -> dict[str, tuple[str, ...]]:
    """Stems of countries and languages, by their first four letters."""
    locale = Locale.parse(language)
    countries = [name for code, name in locale.territories.items() if len(code) == 2]
    names = {name.casefold() for name in (*countries, *locale.languages.values()) if " " not in name}
    found: dict[str, list[str]] = {}
    for name in sorted(names - PLAIN.get(language, set())):
        stem = ENDING.sub("", name)
        stem = stem if len(stem) >= SHORTEST_STEM else name
        if len(stem) >= SHORTEST_STEM:
            found.setdefault(stem[:4], []).append(stem)
    return {beginning: tuple(stems) for beginning, stems in found.items()}
