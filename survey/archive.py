"""Whether it is safe to open a workbook: an XLSX file is a zip archive of XML, and both can be weapons.

Sizes, ratios and names are judged by the archive's directory, before anything is inflated; zipfile never
reads more from an entry than the directory says.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from itertools import pairwise
from xml.etree.ElementTree import ParseError

from flask_babel import gettext as _
from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import TranslatorError
from openpyxl.utils.exceptions import InvalidFileException

from survey.refusal import NotImported, refuse_file

MOST_ENTRIES = 1_000
LARGEST_INFLATED = 512 * 1024 * 1024
#: A sheet of answers shrinks some twenty to forty times; small entries may shrink any amount.
LARGEST_RATIO = 100
SMALL = 1024 * 1024
LOCAL_HEADER = 30
CHUNK = 1024 * 1024
WORKBOOK = {"[Content_Types].xml", "xl/workbook.xml"}
#: Programs, other files inside, and data fetched from elsewhere.
UNWANTED = re.compile(
    r"(?:.*/)?(?:vbaProject|vbaData|activeX|macrosheets|embeddings|externalLinks?|connections|queryTables?)\b.*",
    re.IGNORECASE,
)
FORBIDDEN_MARKUP = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
#: What openpyxl raises on XML that is well-formed and makes no sense as a workbook.
NONSENSE = (
    AttributeError, EOFError, IndexError, InvalidFileException, KeyError, OSError, OverflowError, ParseError,
    RecursionError, TokenizerError, TranslatorError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")


def check(content: bytes) -> None:
    """NotImported when the archive is damaged, no workbook, or holds what a table of answers never needs."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_directory(archive)
            for entry in archive.infolist():
                _check_markup(archive, entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, ValueError):
        raise damaged() from None


def damaged() -> NotImported:
    return refuse_file(
        _("This XLSX file is damaged or was not made by a spreadsheet. Save it again as XLSX.")
    )


def _check_directory(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if not set(names) >= WORKBOOK:
        raise refuse_file(_("This is a zip archive, but not an XLSX file."))
    if len(entries) > MOST_ENTRIES or len(set(names)) != len(names) or _overlap(archive):
        raise damaged()
    if sum(entry.file_size for entry in entries) > LARGEST_INFLATED or any(map(_is_bomb, entries)):
        raise refuse_file(_("This file would become far larger when opened. Save it as CSV UTF-8 instead."))
    if any(map(_is_misplaced, entries)):
        raise refuse_file(_("This file wants to write outside its own place."))
    if any(UNWANTED.fullmatch(name) for name in names):
        raise refuse_file(
            _("This file holds macros, links to other files or embedded files. Save it as CSV UTF-8.")
        )


def _overlap(archive: zipfile.ZipFile) -> bool:
    """Whether entries share bytes, or run into the directory: the trick of the smallest bombs."""
    entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    ends = [
        entry.header_offset + LOCAL_HEADER + len(entry.filename) + entry.compress_size for entry in entries
    ]
    starts = [*(entry.header_offset for entry in entries[1:]), archive.start_dir]
    return any(end > start for end, start in zip(ends, starts, strict=True)) or any(
        first == second for first, second in pairwise(starts)
    )


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > SMALL and entry.file_size > LARGEST_RATIO * max(entry.compress_size, 1)


def _is_misplaced(entry: zipfile.ZipInfo) -> bool:
    parts = re.split(r"[/\\]", entry.filename)
    return ".." in parts or parts[0] == "" or ":" in parts[0] or stat.S_ISLNK(entry.external_attr >> 16)


def _check_markup(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Refuse document types and entities, in every entry that an XML reader might be led to."""
    if entry.flag_bits & 1:
        raise refuse_file(_("This file has a password. Save it without."))
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise damaged()
    with archive.open(entry) as part:
        chunk = part.read(CHUNK)
        if not _is_markup(entry, chunk):
            return
        _check_encoding(chunk)
        tail = b""
        while chunk:
            if FORBIDDEN_MARKUP.search(tail + chunk):
                raise refuse_file(_("This file holds a document type, which no spreadsheet writes."))
            tail, chunk = chunk[-16:], part.read(CHUNK)


def _is_markup(entry: zipfile.ZipInfo, start: bytes) -> bool:
    if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
        return True
    return start[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")


def _check_encoding(start: bytes) -> None:
    """Only UTF-8: in another encoding the markup above could hide."""
    declared = DECLARED.match(start.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in start[:4] or start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise damaged()
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
        raise damaged()
