"""An instrument in a language: the languages there are, the catalogs, and the words of every question.

Catalogs are gettext .po files read as they are. Beside its text each entry says who stands behind it, in a
translator's comment: `# status: draft` (drafted by a machine, reviewed by nobody) or `# status: approved`.
English is the source text and counts as approved; its own catalog holds the few texts that people read in other words
than the framework's. A language lacks a string or has it; nothing falls back to another.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Literal, NamedTuple

from babel.messages.catalog import Catalog as BabelCatalog
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from instruments.model import Instrument, Item

Status = Literal["draft", "approved"]
STATUS_COMMENT = re.compile(r"status: (draft|approved)(?: by .+ on \d{4}-\d{2}-\d{2})?")
ENTRY = re.compile(rb"^msgid ", re.MULTILINE)
SOURCE = "en"
#: What only staff read is translated into these.
STAFF_LANGUAGES = ("nl", "en")


@dataclass(frozen=True)
class Language:
    """A language to ask questions in: its own name for itself, its direction, script and Babel locale.

    Babel's name is also that of the folder with the interface's texts, for that is where it looks. `speech` is the
    BCP 47 tag of the voice that reads it out; a voice of another region will do, unless the tag names no region.
    """

    code: str
    name: str
    direction: Literal["ltr", "rtl"]
    script: str
    locale: str
    speech: str


# The one language table. A language is added here, with a catalog, and nowhere else.
LANGUAGES = {
    language.code: language
    for language in (
        Language("nl", "Nederlands", "ltr", "Latin", "nl", "nl-NL"),
        Language("en", "English", "ltr", "Latin", "en_GB", "en-GB"),
        Language("uk", "Українська", "ltr", "Cyrillic", "uk", "uk-UA"),
        Language("ru", "Русский", "ltr", "Cyrillic", "ru", "ru-RU"),
        Language("ar", "العربية", "rtl", "Arabic", "ar", "ar-SA"),
        Language("ti", "ትግርኛ", "ltr", "Ethiopic", "ti", "ti-ER"),
        Language("fa", "فارسی", "rtl", "Arabic", "fa", "fa-IR"),
        Language("fa_AF", "دری", "rtl", "Arabic", "fa_AF", "fa-AF"),
        Language("so", "Soomaali", "ltr", "Latin", "so", "so-SO"),
        Language("tr", "Türkçe", "ltr", "Latin", "tr", "tr-TR"),
        Language("kmr", "Kurmancî", "ltr", "Latin", "ku", "ku"),
    )
}


class String(NamedTuple):
    """One English text in its place; equal texts in different places are translated apart."""

    context: str
    text: str


class UnknownLanguage(LookupError):
    """A language that is not in the table."""


class Untranslated(LookupError):
    """A language lacks strings of an instrument; `strings` names them all."""

    def __init__(self, instrument: Instrument, language: str, strings: list[String]) -> None:
        self.language, self.strings = language, strings
        named = "; ".join(f'{string.context} "{string.text}"' for string in strings)
        title = f"{instrument.key} version {instrument.version}"
        super().__init__(f"{title} is not complete in {language}: {named}")


@dataclass(frozen=True)
class Entry:
    """A translation as it stands in a catalog: one text, or one per plural form; status None when invalid."""

    texts: tuple[str, ...]
    status: Status | None
    fuzzy: bool
    #: The English text, or its singular and plural.
    source: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return all(self.texts) and not self.fuzzy


class Catalog:
    """A .po file: per (context, English text) a translation and its review status.

    `read` raises babel.messages.pofile.PoFileError for a file that is not gettext's.
    """

    def __init__(self, catalog: BabelCatalog, repeated: int = 0) -> None:
        self.repeated = repeated
        self.language = str(catalog.locale_identifier or "")
        self.obsolete = [_key(message) for message in catalog.obsolete.values()]
        self.entries = {_key(message): _entry(message) for message in catalog if message.id}

    @classmethod
    def read(cls, file: Traversable) -> "Catalog":
        raw = file.read_bytes()
        catalog = read_po(BytesIO(raw), abort_invalid=True)
        # Babel keeps the last of two entries for one string without a word; the header is an entry too.
        repeated = len(ENTRY.findall(raw)) - 1 - sum(1 for message in catalog if message.id)
        return cls(catalog, repeated)

    def text(self, text: str, context: str = "") -> str | None:
        """The translation; None when there is none, or a fuzzy one."""
        entry = self.entries.get(String(context, text))
        return entry.texts[0] if entry and entry.complete else None

    def status(self, text: str, context: str = "") -> Status | None:
        """How far the translation was reviewed, None when there is none; an invalid status is a draft."""
        entry = self.entries.get(String(context, text))
        return (entry.status or "draft") if entry and entry.complete else None


def _key(message: Message) -> String:
    return String(message.context or "", message.id if isinstance(message.id, str) else message.id[0])


def _entry(message: Message) -> Entry:
    texts = (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))
    source = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    found = [match[1] for comment in message.user_comments if (match := STATUS_COMMENT.fullmatch(comment))]
    status: Status | None = None
    if found == ["draft"]:
        status = "draft"
    elif found == ["approved"]:
        status = "approved"
    return Entry(texts, status, message.fuzzy, source)


def catalog_file(language: str) -> Traversable:
    """Where the question texts of a language are kept."""
    return files("instruments").joinpath("translations", language, "LC_MESSAGES", "instruments.po")


@cache
def catalog(language: str) -> Catalog:
    """The question texts of a language, read once; an empty catalog while a language has no file yet."""
    file = catalog_file(language)
    return Catalog.read(file) if file.is_file() else Catalog(BabelCatalog())


def strings(instrument: Instrument) -> list[String]:
    """Every string of an instrument that anybody may see, in the order of the definition, each once."""
    return list(dict.fromkeys(_strings(instrument)))


def _strings(instrument: Instrument) -> Iterator[String]:
    yield String(f"instrument: {instrument.key}", instrument.name)
    for scale in instrument.scales:
        yield from (String(f"scale: {scale.key}", label) for label in scale.labels if label)
    for domain in instrument.domains:
        if domain.heading:
            yield String(f"heading: {domain.heading}", domain.heading)
        yield String(f"domain: {domain.code}", domain.name)
        for item in domain.items:
            yield String(f"item: {item.id}", item.text)
            if item.hint:
                yield String(f"hint: {item.id}", item.hint)


def purposes(instrument: Instrument) -> list[String]:
    """For what the items of an intake are asked: staff read it, so it is in their languages alone."""
    return [String(f"purpose: {item.id}", item.purpose) for item in instrument.items if item.purpose]


def wanted(instrument: Instrument, language: str) -> list[String]:
    """Every string that the catalog of a language holds of an instrument."""
    return [*strings(instrument), *(purposes(instrument) if language in STAFF_LANGUAGES else ())]


def purpose(item: Item, language: str) -> str:
    """For what an item of an intake is asked; in English where there is no translation."""
    return _text(String(f"purpose: {item.id}", item.purpose), language) or item.purpose


class Words:
    """An instrument in one language, whole or not at all: raises Untranslated naming all it lacks.

    `own` holds texts that take the place of those of the catalog.
    """

    def __init__(
        self, instrument: Instrument, language: str, own: Mapping[String, str] | None = None
    ) -> None:
        if language not in LANGUAGES:
            raise UnknownLanguage(f'there is no language "{language}"; there is {", ".join(LANGUAGES)}')
        self.instrument = instrument
        self.language = LANGUAGES[language]
        wanted = strings(instrument)
        texts = {string: (own or {}).get(string) or _text(string, language) for string in wanted}
        if missing := [string for string in wanted if texts[string] is None]:
            raise Untranslated(instrument, language, missing)
        self._texts = {string: text for string, text in texts.items() if text is not None}

    def name(self) -> str:
        return self._texts[String(f"instrument: {self.instrument.key}", self.instrument.name)]

    def question(self, item_id: str) -> str:
        return self._texts[String(f"item: {item_id}", self.instrument.item(item_id).text)]

    def hint(self, item_id: str) -> str | None:
        hint = self.instrument.item(item_id).hint
        return self._texts[String(f"hint: {item_id}", hint)] if hint else None

    def options(self, item_id: str) -> list[tuple[int, str]]:
        """(code, label) from low to high. A label is "" where the scale shows only the number itself.

        None where the answer is written.
        """
        if not self.instrument.item(item_id).scale:
            return []
        scale = self.instrument.scale_of(item_id)
        context = f"scale: {scale.key}"
        return [
            (code, self._texts[String(context, label)] if label else "")
            for code, label in zip(scale.codes, scale.labels, strict=True)
        ]

    def domain(self, code: str) -> str:
        return self._texts[String(f"domain: {code}", self.instrument.domain(code).name)]

    def heading(self, heading: str) -> str:
        return self._texts[String(f"heading: {heading}", heading)]


@lru_cache(maxsize=256)
def words(instrument: Instrument, language: str) -> Words:
    """The words of an instrument in a language, made once; raises Untranslated or UnknownLanguage."""
    return Words(instrument, language)


def coverage(instrument: Instrument) -> dict[str, dict[str, int]]:
    """Per shipped language how many strings there are, how many are translated, how many approved."""
    wanted = strings(instrument)
    return {
        language: {
            "strings": len(wanted),
            "translated": sum(_text(string, language) is not None for string in wanted),
            "approved": sum(_status(string, language) == "approved" for string in wanted),
        }
        for language in LANGUAGES
    }


@lru_cache(maxsize=256)
def is_approved(instrument: Instrument, language: str) -> bool:
    """Whether every string of an instrument may be shown to participants without a second thought."""
    counts = coverage(instrument).get(language)
    return counts is not None and counts["approved"] == counts["strings"]


def _text(string: String, language: str) -> str | None:
    found = catalog(language).text(string.text, string.context)
    return found or string.text if language == SOURCE else found


def _status(string: String, language: str) -> Status | None:
    return "approved" if language == SOURCE else catalog(language).status(string.text, string.context)
