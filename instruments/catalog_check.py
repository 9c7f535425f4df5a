"""What is wrong with translations: `check_catalogs` for the questions, `check_catalog` for any catalog."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from babel.messages.pofile import PoFileError

from instruments.library import instruments, load, versions
from instruments.translation import LANGUAGES, SOURCE, Catalog, Entry, Language, String, catalog, wanted

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
# Letters of the right script but of another language: Russian in Ukrainian, Persian in Arabic.
FOREIGN_LETTERS = {"uk": frozenset("ыэёъЫЭЁЪ"), "ar": frozenset("پچژگکیۀەھے")}
# Question texts that read the same in both languages, each with the reason. Numbers need none.
SAME_AS_ENGLISH: dict[tuple[str, str], str] = {}

#: Written alike in every language: levels of language, as they stand on certificates, and the Dutch log-in.
NAMES = ("A1", "A2", "B1", "B2", "C1", "C2", "DigiD")

Problem = tuple[str, str]


def check_catalogs() -> list[Problem]:
    """Every (place, message) of what is wrong with the question texts in any language; empty when fine."""
    shipped = [
        load(instrument.key, number) for instrument in instruments() for number in versions(instrument.key)
    ]
    problems: list[Problem] = []
    for language in LANGUAGES.values():
        needed = dict.fromkeys(string for one in shipped for string in wanted(one, language.code))
        if language.code == SOURCE:  # which needs none: only what is said in other words
            needed = {string: None for string in needed if string in catalog(SOURCE).entries}
        same = {text: why for (code, text), why in SAME_AS_ENGLISH.items() if code == language.code}
        try:
            problems += check_catalog(catalog(language.code), language, needed, same, NAMES)
        except PoFileError as error:
            problems.append((language.code, f"is not a gettext file: {error}"))
    return problems


def check_catalog(
    found: Catalog,
    language: Language,
    wanted: Iterable[String],
    same_as_english: Mapping[str, str] | None = None,
    foreign_words: Iterable[str] = (),
) -> list[Problem]:
    """Every (place, message) of what is wrong with one catalog.

    `wanted` are the strings it must hold, no fewer and no more. `same_as_english` gives texts that may
    equal the English with the reason; `foreign_words` are names written in another script, such as a
    product's.
    """
    wanted = set(wanted)
    problems = []
    if found.language != language.code:
        problems.append((language.code, f'its header says Language "{found.language}"'))
    if found.repeated:
        problems.append((language.code, f"gives strings more than once ({found.repeated} too many)"))
    problems += [(_place(language, string), "is missing") for string in sorted(wanted - set(found.entries))]
    problems += [(_place(language, string), "is kept, but used nowhere") for string in found.obsolete]
    for string, entry in found.entries.items():
        if string not in wanted:
            problems.append((_place(language, string), "is stale: no instrument asks for it"))
        messages = _faults(string, entry, language, same_as_english or {}, foreign_words)
        problems += [(_place(language, string), message) for message in messages]
    return problems


def _faults(
    string: String, entry: Entry, language: Language, same: Mapping[str, str], foreign: Iterable[str]
) -> Iterator[str]:
    if entry.fuzzy:
        yield "is marked fuzzy; review it and remove the mark"
    if entry.status is None:
        yield 'needs one comment "status: draft" or "status: approved", bare or with "by NAME on YYYY-MM-DD"'
    for text in entry.texts:
        if not text.strip():
            yield "is empty"
            continue
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(string.text)):
            yield "does not keep the placeholders of the English text"
        if letters := wrong_letters(text, language, foreign):
            yield f'has letters that are not {language.name}: "{letters}"'
        if text == string.text and _has_letters(text) and text not in same:
            yield "is the English text"


def wrong_letters(text: str, language: Language, foreign_words: Iterable[str] = ()) -> str:
    """The letters of a text that do not belong to its language, each once; placeholders are passed over."""
    text = PLACEHOLDER.sub(" ", text)
    for word in foreign_words:
        text = text.replace(word, " ")
    foreign = FOREIGN_LETTERS.get(language.code, frozenset())
    return "".join(
        dict.fromkeys(c for c in text if c.isalpha() and (c in foreign or not _is_of(c, language.script)))
    )


def _is_of(letter: str, script: str) -> bool:
    return unicodedata.name(letter, "").startswith(f"{script.upper()} ")


def _has_letters(text: str) -> bool:
    return any(c.isalpha() for c in PLACEHOLDER.sub(" ", text))


def _place(language: Language, string: String) -> str:
    return f'{language.code}, {string.context or "no context"}, "{string.text}"'
