"""Workbooks: read like text, and refused where they hold more than a table."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from datetime import time as clock

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import archive
from survey.exchange import read
from survey.refusal import NotImported
from tests.fixtures.application import Town
from tests.survey.exchange.conftest import PROFILE
from tests.survey.exchange.files import Folder, bring, places, refused, repacked, row, take

MIDNIGHT = datetime.combine(date(2026, 3, 1), clock.min)
SHEET = "xl__worksheets__sheet1_dot_xml"


def test_a_workbook_is_read_like_text(town: Town, folder: Folder) -> None:
    """Codes as numbers or text, dates as dates or text."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(
        ["participant", "wave", "instrument", "date", "language", "wellbeing_1", "wellbeing_2", "enrolled_on"]
    )
    sheet.append([])
    sheet.append([7, "before", "wellbeing", date(2026, 3, 2), "nl", 4, "dk", MIDNIGHT])
    sheet.append(["=text", "before", "wellbeing", "2026-03-02", "nl", "4", 3.0])
    sheet["A4"].data_type = "s"
    path = folder.new("xlsx")
    book.save(path)
    assert bring(town, path).added == 2
    content = take(town, folder.new()).decode()
    assert "7,before,wellbeing,1,self,2026-03-02,nl,self" in content
    assert "'=text,before,wellbeing,1,self,2026-03-02,nl,self" in content


def test_the_sheet_is_the_only_one_or_the_one_named_so(town: Town, folder: Folder) -> None:
    assert places(refused(town, folder.xlsx(row(), sheets=("One", "Two")))) == [(None, None)]
    assert bring(town, folder.xlsx(row(), sheets=("responses", "Notes"))).added == 1


def test_cells_that_a_spreadsheet_changed_are_refused_at_their_place(town: Town, folder: Folder) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    heading = [*row(), "household"]
    sheet.append(heading)
    sheet.append([*row("P1").values(), "=1+1"])
    sheet.append([*row("P2", wellbeing_1=date(2026, 3, 1)).values()])
    sheet.append([*row("P3", wellbeing_1=4.5, date=MIDNIGHT.replace(hour=10)).values()])
    sheet.append([*row(date(2026, 3, 1)).values(), True])  # type: ignore[arg-type]  # a date where a code belongs
    sheet.append([*row(12345678901234567).values()])  # type: ignore[arg-type]  # likewise
    sheet.append([*row("P6", wellbeing_1="#N/A").values()])
    sheet.append([*row("P7").values(), None, None, 5])
    path = folder.new("xlsx")
    book.save(path)
    assert places(refused(town, path)) == [
        (2, "household"), (3, "wellbeing_1"), (4, "date"), (4, "wellbeing_1"), (5, "participant"),
        (5, "household"), (6, "participant"), (7, "wellbeing_1"), (8, None),
    ]  # fmt: skip


def test_a_formula_is_refused_whatever_value_it_had(town: Town, folder: Folder, book: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(book)) as entries:
        sheet = entries.read("xl/worksheets/sheet1.xml")
    for formula in (
        b"<f>2+2</f>",
        b'<f t="shared" si="0">2+2</f>',
        b'<f t="array" ref="F2">2+2</f>',
        b"<f/>",
    ):
        changed = sheet.replace(b'<c r="F2">', b'<c r="F2">' + formula)
        assert changed != sheet
        assert places(refused(town, folder.holding(repacked(book, **{SHEET: changed})))) == [
            (2, "wellbeing_1")
        ]


def nested(book: bytes) -> bytes:
    return repacked(book, xl__embeddings__more_dot_xlsx=book)


def bomb(book: bytes) -> bytes:
    """200 MB of spaces in a few hundred kB: made small by hand, so that making it takes no time."""
    return repacked(book, xl__theme__theme1_dot_xml=b"<a>" + b" " * 30_000_000 + b"</a>")


def climbing(book: bytes) -> bytes:
    return repacked(book, **{"..__..__evil_dot_xml": b"<a/>"})


def absolute(book: bytes) -> bytes:
    return repacked(book, **{"__etc__passwd": b"x"})


def linked(book: bytes) -> bytes:
    result = io.BytesIO(book)
    with zipfile.ZipFile(result, "a") as entries:
        link = zipfile.ZipInfo("xl/link.xml")
        link.external_attr = 0o120777 << 16
        entries.writestr(link, "/etc/passwd")
    return result.getvalue()


def overlapping(book: bytes) -> bytes:
    """Two names in the directory for the same bytes."""
    result = io.BytesIO(book)
    with zipfile.ZipFile(result, "a") as entries:
        first = entries.infolist()[0]
        twin = zipfile.ZipInfo("xl/twin.xml")
        for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
            setattr(twin, name, getattr(first, name))
        entries.filelist.append(twin)
        entries.NameToInfo[twin.filename] = twin
        entries._didModify = True  # type: ignore[attr-defined]  # so that the directory is written again
    return result.getvalue()


def locked(book: bytes) -> bytes:
    """The flag of a password on the first entry, in its header and in the directory."""
    at = book.index(b"PK\x01\x02") + 8
    return book[:6] + bytes([book[6] | 1]) + book[7:at] + bytes([book[at] | 1]) + book[at + 1 :]


def declared(book: bytes, heading: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as entries:
        sheet = entries.read("xl/worksheets/sheet1.xml")
    return repacked(book, **{SHEET: heading + sheet.split(b"?>", 1)[1].lstrip()})


def laughing(book: bytes) -> bytes:
    return declared(book, b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]>')


def external_entity(book: bytes) -> bytes:
    return declared(book, b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>')


def in_another_encoding(book: bytes, heading: bytes, encoding: str) -> bytes:
    """A sheet that could be read, with a document type that a search of its bytes does not find."""
    with zipfile.ZipFile(io.BytesIO(book)) as entries:
        sheet = entries.read("xl/worksheets/sheet1.xml").decode().split("?>", 1)[1].lstrip()
    hidden = '<!DOCTYPE worksheet [<!ENTITY b "4">]>' + sheet.replace("<v>4</v>", "<v>&b;</v>")
    return repacked(book, **{SHEET: heading + hidden.encode(encoding)})


def hidden_in_utf_16(book: bytes) -> bytes:
    return in_another_encoding(book, b"", "utf-16")


def hidden_in_utf_16_without_mark(book: bytes) -> bytes:
    return in_another_encoding(
        book, '<?xml version="1.0" encoding="UTF-16LE"?>'.encode("utf-16-le"), "utf-16-le"
    )


def hidden_in_another_alphabet(book: bytes) -> bytes:
    return in_another_encoding(book, b'<?xml version="1.0" encoding="cp037"?>', "cp037")


def cut_off(book: bytes) -> bytes:
    return book[: len(book) // 2]


def without_workbook(book: bytes) -> bytes:
    return repacked(book, xl__workbook_dot_xml=None)


def not_xml(book: bytes) -> bytes:
    return repacked(book, **{SHEET: b"<worksheet><unclosed>"})


def other_compression(book: bytes) -> bytes:
    result = io.BytesIO(book)
    with zipfile.ZipFile(result, "a") as entries:
        entries.writestr("xl/more.xml", b"<a/>" * 99, zipfile.ZIP_LZMA)
    return result.getvalue()


def with_macros(book: bytes) -> bytes:
    return repacked(book, xl__vbaProject_dot_bin=b"Sub AutoOpen()")


def with_links(book: bytes) -> bytes:
    return repacked(book, xl__externalLinks__externalLink1_dot_xml=b"<externalLink/>")


@pytest.mark.parametrize(
    "attack",
    [
        nested, bomb, climbing, absolute, linked, overlapping, locked, laughing, external_entity,
        hidden_in_utf_16, hidden_in_utf_16_without_mark, hidden_in_another_alphabet, cut_off,
        without_workbook, not_xml, other_compression, with_macros, with_links,
    ],
)  # fmt: skip
def test_a_hostile_workbook_is_refused(
    town: Town, folder: Folder, book: bytes, attack: Callable[[bytes], bytes]
) -> None:
    hostile = attack(book)
    assert hostile != book
    started = time.process_time()
    assert places(refused(town, folder.holding(hostile, "xlsx"))) == [(None, None)]
    assert time.process_time() - started < 2


@pytest.mark.parametrize("attack", [bomb, nested, climbing, absolute, linked, overlapping, with_macros])
def test_what_the_directory_shows_is_refused_before_anything_is_opened(
    town: Town, book: bytes, attack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*arguments: object, **options: object) -> None:
        raise AssertionError("an entry was opened")

    content = attack(book)
    monkeypatch.setattr(zipfile.ZipFile, "open", opened)
    with town.app.app_context(), pytest.raises(NotImported):
        archive.check(content)


@pytest.mark.parametrize("size", [b"A1", b"A1:B2", b"A1:XFD1048576"])
def test_what_a_sheet_says_of_its_size_means_nothing(
    town: Town, folder: Folder, book: bytes, size: bytes
) -> None:
    with zipfile.ZipFile(io.BytesIO(book)) as entries:
        sheet = entries.read("xl/worksheets/sheet1.xml")
    changed = sheet.replace(b'ref="A1:G3"', b'ref="' + size + b'"')
    assert changed != sheet
    assert bring(town, folder.holding(repacked(book, **{SHEET: changed}))).added == 2


@pytest.mark.parametrize("place", ["A900000", "XFD4", "A999999999999", "ZZZZ1"])
def test_a_cell_far_away_takes_no_time(town: Town, folder: Folder, book: bytes, place: str) -> None:
    with zipfile.ZipFile(io.BytesIO(book)) as entries:
        sheet = entries.read("xl/worksheets/sheet1.xml")
    far = f'<row r="{place.lstrip("AXFDZ")}"><c r="{place}"><v>1</v></c></row></sheetData>'.encode()
    changed = sheet.replace(b"</sheetData>", far)
    started = time.process_time()
    assert refused(town, folder.holding(repacked(book, **{SHEET: changed})))
    assert time.process_time() - started < 5


@PROFILE
@given(data=st.data())
def test_a_damaged_workbook_is_read_or_refused(town: Town, folder: Folder, data: st.DataObject) -> None:
    """Bytes of an entry changed at random, and packed again so that its checksum holds."""
    book = folder.xlsx(row(), row("P2")).read_bytes()
    with zipfile.ZipFile(io.BytesIO(book)) as entries:
        names = [name for name in entries.namelist() if name != "docProps/app.xml"]
        name = data.draw(st.sampled_from(names))
        content = bytearray(entries.read(name))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=4))
    path = folder.holding(repacked(book, **{name: bytes(content)}), "xlsx")
    with town.app.app_context():
        try:
            assert read.table(path).columns
        except NotImported as refusal:
            assert refusal.refusals
