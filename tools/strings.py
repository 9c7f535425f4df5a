"""Collect the texts people see from code and templates into translation catalogs, or check the catalogs.

A new text comes in untranslated and without a status; the translator adds both, the status as a comment above
the entry: `# status: draft` until somebody who speaks the language has read it, then `# status: approved` or
`# status: approved by NAME on DATE`. Questions have catalogs of their own, in `instruments`.

Usage: .venv/bin/python tools/strings.py [--check]
"""

from __future__ import annotations

import io
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from instruments.placeholders import faults
from instruments.translation import LANGUAGES, SOURCE, STATUS_COMMENT

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
#: The name of the key in a TOML file that names those whose texts people read.
READ_BY_PEOPLE = "translated"
PASSING_HEADER = re.compile(r'"(Project-Id|Report-|POT-|PO-|Last-|Language-Team|Generated-)')


def texts_in_toml(file: IO[bytes], *_: Any, **__: Any) -> Iterator[tuple[int, str, str, list[str]]]:
    """As Babel wants it: the texts under the keys that the file itself names."""
    found = tomllib.load(file)
    yield from ((0, "gettext", text, []) for text in _texts(found, found.get(READ_BY_PEOPLE, ())))


def _texts(found: Any, keys: Sequence[str]) -> Iterator[str]:
    for part in found if isinstance(found, list) else ():
        yield from _texts(part, keys)
    for key, value in found.items() if isinstance(found, dict) else ():
        if isinstance(value, str) and key in keys:
            yield value
        yield from _texts(value, keys)


READERS: dict[str, Any] = {
    ".py": "python", ".html": "jinja2.ext:babel_extract", ".txt": "jinja2.ext:babel_extract", ".toml": texts_in_toml,
}  # fmt: skip


@dataclass(frozen=True)
class Domain:
    """One catalog per language, for one kind of reader: the texts of a floor, or of some places on it."""

    name: str
    floor: str
    places: tuple[str, ...]
    without: tuple[str, ...]
    languages: tuple[str, ...]

    def catalog_file(self, language: str) -> Path:
        folder = ROOT / self.floor / "translations" / LANGUAGES[language].locale
        return folder / "LC_MESSAGES" / f"{self.name}.po"

    def sources(self) -> Iterator[Path]:
        for file in sorted((ROOT / self.floor).rglob("*")):
            place = file.relative_to(ROOT).as_posix()
            if (
                file.suffix in READERS
                and place.startswith(self.places)
                and not place.startswith(self.without)
            ):
                yield file


PARTICIPANT = ("survey/respond/", "survey/templates/participant/", "survey/errors.py")
DOMAINS = (
    Domain("participant", "survey", PARTICIPANT, (), tuple(code for code in LANGUAGES if code != SOURCE)),
    Domain("staff", "survey", ("survey/",), (*PARTICIPANT, "survey/static/"), ("nl",)),
    Domain("dashboard", "dashboard", ("dashboard/",), ("dashboard/static/",), ("nl",)),
)


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    if not arguments:
        update()
        return 0
    problems = [problem for domain in DOMAINS for problem in domain_problems(domain)] + [*clashes()]
    print("\n".join(problems) or "Every text is in its catalogs, translated, with a status.")
    return 1 if problems else 0


def update() -> None:
    """Bring every catalog up to date with the sources; translations of texts that are gone go too."""
    for domain in DOMAINS:
        extracted = extract(domain)
        for language in domain.languages:
            file = domain.catalog_file(language)
            catalog = read(file, language) if file.exists() else new_catalog(domain, language)
            catalog.update(extracted, no_fuzzy_matching=True, update_creation_date=False)
            if len(catalog) or file.exists():
                write(file, catalog)
            untranslated = sum(not is_translated(message) for message in entries(catalog))
            print(f"{file.relative_to(ROOT)}: {len(catalog)} texts, {untranslated} to translate")


def extract(domain: Domain) -> Catalog:
    """The texts of a domain's sources, without places, so that moving code changes no catalog."""
    found = Catalog()
    for file in domain.sources():
        # `silent`: a template that cannot be read must stop us, not lose its texts.
        options = {"encoding": "utf-8", "silent": "false"}
        texts = extract_from_file(READERS[file.suffix], file, KEYWORDS, ("Translators:",), options, True)
        for _line, text, comments, context in texts:
            found.add(text, auto_comments=comments, context=context)
    return found


def new_catalog(domain: Domain, language: str) -> Catalog:
    header = f"# Telvertel, {domain.name} texts in {language}."
    return Catalog(locale=LANGUAGES[language].locale, header_comment=header, fuzzy=False)


def read(file: Path, language: str) -> Catalog:
    with file.open("rb") as text:
        return read_po(text, locale=LANGUAGES[language].locale, abort_invalid=True)


def write(file: Path, catalog: Catalog) -> None:
    """Write a catalog so that the same texts give the same file: sorted, without places, dates or tools."""
    out = io.BytesIO()
    write_po(out, catalog, width=110, no_location=True, sort_output=True, ignore_obsolete=True)
    lines = out.getvalue().decode().splitlines(keepends=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(line for line in lines if not PASSING_HEADER.match(line)), "utf-8")


def entries(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def domain_problems(domain: Domain) -> Iterator[str]:
    """Everything wrong with a domain's catalogs, a line each: file, what, which text."""
    extracted = {(message.context, message.id) for message in entries(extract(domain))}
    for language in domain.languages:
        file = domain.catalog_file(language)
        place = file.relative_to(ROOT)
        if not file.exists():
            yield from [f"{place}: is missing; make strings makes it"] if extracted else []
            continue
        catalog = read(file, language)
        stored = {(message.context, message.id) for message in entries(catalog)}
        for _, text in sorted(extracted - stored, key=str):
            yield f"{place}: not in the catalog; make strings adds it: {text!r}"
        for _, text in sorted(stored - extracted, key=str):
            yield f"{place}: no longer used; make strings drops it: {text!r}"
        for message in entries(catalog):
            yield from (
                f"{place}: {problem}: {message.id!r}" for problem in message_problems(message, catalog)
            )


def clashes() -> Iterator[str]:
    """Texts with two translations in one language. A page finds the catalogs of its language as one: the last would be
    read everywhere, by participants too.
    """
    for language in dict.fromkeys(language for domain in DOMAINS for language in domain.languages):
        first: dict[tuple[Any, Any], tuple[Path, Any]] = {}
        for domain in DOMAINS:
            file = domain.catalog_file(language)
            if language not in domain.languages or not file.exists():
                continue
            for message in entries(read(file, language)):
                other, said = first.setdefault((message.context, message.id), (file, message.string))
                if said != message.string:
                    places = f"{file.relative_to(ROOT)} and {other.relative_to(ROOT)}"
                    yield f"{places}: one text, two translations: {message.id!r}"


def message_problems(message: Message, catalog: Catalog) -> Iterator[str]:
    """What is wrong with one entry of a catalog."""
    if not is_translated(message):
        yield "not translated"
        return
    if not any(STATUS_COMMENT.fullmatch(comment) for comment in message.user_comments):
        yield "no `# status: draft` or `# status: approved` above it"
    if message.fuzzy:
        yield "marked fuzzy"
    texts = forms(message.string)
    for fault in faults(forms(message.id), texts, str(catalog.locale_identifier)):
        if fault.kind == "forms":
            yield f"has {len(texts)} plural forms, the language has {fault.what}"
        else:
            yield f"placeholders differ: {fault.kind} {fault.what}"


def forms(text: object) -> tuple[str, ...]:
    """A text of an entry, or its singular and plural forms."""
    return (text,) if isinstance(text, str) else tuple(text) if isinstance(text, (tuple, list)) else ()


def is_translated(message: Message) -> bool:
    return bool(message.string) and all(forms(message.string))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
