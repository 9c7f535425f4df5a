"""The texts of a language as a gettext catalog, which translation programs open.

What gettext has no place for stands in a translator's comments: `back: ...`, `remark: ...`. These programs wrap long
comments, so they are cut into lines of one kind, and put together again.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from textwrap import wrap

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po
from flask_babel import gettext as _

from instruments.translation import ENTRY, LANGUAGES, String
from survey.refusal import NotImported, Refusal, refuse_file
from survey.reviewing.queries import REVIEWED, Row
from survey.typed import one_line, paragraphs
from survey.wording.texts import all_texts

#: babel wraps comments behind this many characters.
WIDTH = 70
NOTES = re.compile(r"(back|remark|status|wording): ?(.*)", re.DOTALL)


def write(language: str, texts: Sequence[Row]) -> bytes:
    locale = LANGUAGES[language].locale
    catalog = Catalog(
        locale=locale, header_comment=f"# Telvertel: {language}", fuzzy=False, project="Telvertel"
    )
    for row in texts:
        source, shown = row.text.source, row.shown
        catalog.add(
            source[0] if len(source) == 1 else source,
            shown[0] if len(source) == 1 else shown,
            context=row.text.context or None,
            user_comments=[
                f"status: {row.held.state}",
                *([f"wording: {row.wording}"] if row.wording else []),
                *_noted("back", row.back_translation),
                *_noted("remark", row.remark),
            ],
            flags=["python-format"] if "%(" in source[-1] else [],
        )
    stream = io.BytesIO()
    write_po(stream, catalog, width=0, no_location=True)
    return stream.getvalue()


def _noted(name: str, text: str) -> list[str]:
    """Lines that are short, or one word: neither is wrapped once more."""
    lines = wrap(text, WIDTH - len(name) - 2, break_long_words=False, break_on_hyphens=False)
    return [f"{name}: {line}" if len(line) < WIDTH - len(name) else f"{name}:{line}" for line in lines]


def read(language: str, content: bytes) -> Iterator[tuple[int, str, tuple[str, ...], str, str]]:
    """Place, key, texts, back-translation and remark of each text that is not marked as unfinished."""
    catalog = _catalog(content)
    locale = LANGUAGES[language].locale
    named = str(catalog.locale_identifier or "")
    if named != locale:
        known = next(
            (LANGUAGES[code].name for code in REVIEWED if LANGUAGES[code].locale == named), named or "–"
        )
        raise refuse_file(_("This file is for another language: %(language)s.", language=known))
    keys = all_texts(language).keys_by_string
    messages = [message for message in catalog if message.id]
    if reasons := [reason for message in messages if (reason := _reason(message, keys))]:
        raise NotImported(reasons)
    for message in messages:
        if not message.fuzzy:
            yield (
                message.lineno or 0, keys[_string(message)], tuple(map(paragraphs, _forms(message.string))),
                _note(message, "back"), _note(message, "remark"),
            )  # fmt: skip


def _catalog(content: bytes) -> Catalog:
    try:
        catalog = read_po(io.BytesIO(content), abort_invalid=True)
    except (PoFileError, ValueError, LookupError, TypeError, AttributeError, IndexError, RecursionError):
        raise refuse_file(_("This is neither an XLSX nor a PO file, or it is damaged.")) from None
    # babel keeps the last of two entries for one text without a word; the header is an entry too.
    if len(ENTRY.findall(content)) - 1 > sum(1 for message in catalog if message.id):
        raise refuse_file(_("A text is there twice. Take one of them out."))
    return catalog


def _string(message: Message) -> String:
    return String(message.context or "", _forms(message.id)[0])


def _reason(message: Message, keys: dict[String, str]) -> Refusal | None:
    if _string(message) in keys:
        return None
    reason = _("This is not our source text. Export the file anew, or put it back.")
    return Refusal(message.lineno, _forms(message.id)[0], reason)


def _forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text) if isinstance(text, tuple | list) else ("",)


def _note(message: Message, name: str) -> str:
    """A note, put together; a line that begins no note belongs to the one before it."""
    lines: list[str] = []
    inside = False
    for comment in message.user_comments:
        found = NOTES.match(comment)
        inside = found[1] == name if found else inside
        if inside:
            lines.append(found[2] if found else comment)
    return one_line(" ".join(lines))
