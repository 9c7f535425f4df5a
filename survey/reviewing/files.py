"""One file with every text of a language, for a translator from outside: as XLSX, or as PO for a translation program.

What comes back is held against what is here: a text whose source is not ours, or whose translation lost a placeholder,
is a reason to refuse the file. Every reason is told at once, with its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import NamedTuple

from flask_babel import gettext as _

from survey.refusal import NotImported, Refusal, refuse_file
from survey.reviewing import po
from survey.reviewing.queries import Row, rows
from survey.typed import OVERRIDES
from survey.wording.operations import Proposal, Unfit, check
from survey.wording.texts import Forms, all_texts

LARGEST = 600_000
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "po": "text/x-gettext-translation",
}


class Returned(NamedTuple):
    """One text as it came back; `place` is its line or row in the file."""

    place: int
    key: str
    texts: Forms
    back_translation: str
    remark: str


class Read(NamedTuple):
    """What a file would change: the rows as they are, each with what is proposed; and how many stay as they are."""

    changes: list[tuple[Row, Proposal]]
    unchanged: int
    #: Texts of ours that the file does not have, or without a translation, or marked as unfinished.
    absent: int


def write(language: str, kind: str) -> bytes:
    texts = rows(language)
    return _workbook().write(language, texts) if kind == "xlsx" else po.write(language, texts)


def _workbook() -> ModuleType:
    from survey.reviewing import workbook  # openpyxl loads NumPy, which no page of a participant needs

    return workbook


def read(language: str, content: bytes) -> Read:
    """NotImported with every reason to refuse the file."""
    if not content or len(content) > LARGEST:
        raise refuse_file(_("Choose a file of at most %(size)s kB.", size=LARGEST // 1000))
    reader = _workbook().read if content.startswith(b"PK") else po.read
    returned = [Returned(*each) for each in reader(language, content)]
    if reasons := list(_reasons(language, returned)):
        raise NotImported(reasons)
    return _compared(language, returned)


def _reasons(language: str, returned: Sequence[Returned]) -> Iterator[Refusal]:
    places: dict[str, int] = {}
    texts = all_texts(language).by_key
    for one in returned:
        text = texts[one.key]
        first = places.setdefault(one.key, one.place)
        if first != one.place:
            yield Refusal(
                one.place, text.source[0], _("This text is there twice: also at %(place)s.", place=first)
            )
        elif any(one.texts):
            try:
                check(text, language, one.texts)
            except Unfit as unfit:
                yield Refusal(one.place, text.source[0], str(unfit))
            if any(OVERRIDES & set(form) for form in one.texts):
                reason = _("This holds characters that turn the direction of text. Type it again.")
                yield Refusal(one.place, text.source[0], reason)


def _compared(language: str, returned: Iterable[Returned]) -> Read:
    given = {one.key: one for one in returned if any(one.texts)}
    changes, unchanged = [], 0
    here = rows(language)
    for row in here:
        one = given.get(row.text.key)
        if one is None:
            continue
        proposal = Proposal(one.key, one.texts, one.back_translation, one.remark)
        if _says_more(row, proposal):
            changes.append((row, proposal))
        else:
            unchanged += 1
    return Read(changes, unchanged, len(here) - len(given))


def _says_more(row: Row, proposal: Proposal) -> bool:
    remark = row.remark
    return (
        proposal.texts != row.shown
        or proposal.back_translation not in ("", row.back_translation)
        or proposal.remark not in ("", remark)
    )
