"""A picture of the screen on which a text stands: the participant's own page with invented content, the text marked.

Which texts of the interface stand on which screen is found by making each screen once with keys in it. A text that no
screen shows by itself, such as what is said of a wrong code, gets the page on which such things are said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from flask import render_template

from instruments import library
from instruments.model import Domain, Instrument, Item
from instruments.translation import SOURCE, String, Words
from survey.languages import speaking
from survey.reviewing import screens
from survey.wording.kept import Kept, interface_of
from survey.wording.texts import INTERFACE, Forms, Text, all_texts

#: Around the text that is looked at while the page is made. Nobody types these: they belong to no script.
START, END = "\ue000", "\ue001"
MARKED = re.compile(f"{START}(.*?){END}", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
SCRIPT = re.compile(r"<script\b[^>]*></script>")


def picture(language: str, text: Text, here: Kept) -> str:
    """The page, in the words of `here`."""
    marked = {**here, text.key: tuple(f"{START}{form}{END}" for form in here.get(text.key) or text.source)}
    by_key = all_texts(language).by_key
    own = {by_key[key].string: forms[0] for key, forms in marked.items() if by_key[key].catalog != INTERFACE}
    with speaking(language, interface_of(language, marked)):
        return _with_mark(_page(language, text, own, marked))


def _page(language: str, text: Text, own: Mapping[String, str], marked: Kept) -> str:
    place = _question_with(text.string) if text.catalog != INTERFACE else None
    if place is not None:
        instrument, domain, item = place
        return _question(Words(instrument, language, own), domain, item)
    if text.catalog != INTERFACE:
        return screens.message(marked[text.key][0])
    name = screens_of_texts().get(text.key)
    return screens.make(name) if name else screens.message(marked[text.key][0])


def _question(said: Words, domain: Domain, item: Item) -> str:
    shown = {
        "id": item.id, "text": said.question(item.id), "hint": said.hint(item.id), "scale": item.scale,
        "not_applicable": item.not_applicable,
    }  # fmt: skip
    return render_template(
        "respond/page.html", domain=domain, words=said, items=[shown], progress=(3, 12), answers={}, errors={},
        start="first", again=False, action="", **screens.around(),
    )  # fmt: skip


@lru_cache(maxsize=1000)
def _question_with(string: String) -> tuple[Instrument, Domain, Item] | None:
    """Where a text of an instrument is read: with which item, in the newest version that has it."""
    kind, _, name = string.context.partition(": ")
    for instrument, domain, item in _items():
        scale = instrument.scale_of(item.id)
        if (
            (kind in ("item", "hint") and item.id == name and string.text in (item.text, item.hint))
            or (kind == "scale" and scale.key == name and string.text in scale.labels)
            or (kind == "domain" and domain.code == name and domain.name == string.text)
        ):
            return instrument, domain, item
    return None


def _items() -> Iterator[tuple[Instrument, Domain, Item]]:
    """Of questionnaires: an intake is filled in together, and has no screen of the participant's own."""
    for one in (one for one in library.instruments() if not one.intake):
        for number in reversed(library.versions(one.key)):
            instrument = library.load(one.key, number)
            yield from ((instrument, domain, item) for domain in instrument.domains for item in domain.items)


class Named(dict[String, Forms]):
    """For every text of the interface that text itself, with its key around it."""

    def __bool__(self) -> bool:
        return True

    def get(self, string: String, otherwise: Any = None) -> Any:
        key = all_texts(SOURCE).keys_by_string.get(string)
        return (f"{START}{key}{END}{string.text}",) if key else otherwise


@cache
def screens_of_texts() -> Mapping[str, str]:
    """By key of a text, the first screen on which it is seen or said."""
    found: dict[str, str] = {}
    for name in screens.SCREENS:
        with speaking(SOURCE, Named()):
            _head, _body, seen = screens.make(name).partition("<body")
        for key in MARKED.findall(seen):
            found.setdefault(key, name)
    return found


def _with_mark(page: str) -> str:
    """In the text itself a mark around it; in a label that only a screen reader says, on what carries it."""
    head, body, rest = SCRIPT.sub("", page).partition("<body")
    pieces, last = [], 0
    text = body + rest
    for tag in TAG.finditer(text):
        pieces += [_marked(text[last : tag.start()]), _carrying(tag[0])]
        last = tag.end()
    pieces.append(_marked(text[last:]))
    sheet = f'<link rel="stylesheet" href="{screens.sheet()}">'
    return _bare(head).replace("</head>", f"{sheet}</head>") + "".join(pieces)


def _marked(text: str) -> str:
    return MARKED.sub(r'<mark class="looked-at" id="looked-at">\1</mark>', text)


def _carrying(tag: str) -> str:
    if tag.startswith("<body"):
        return tag.replace("<body", "<body inert", 1)
    return _bare(tag).removesuffix(">") + ' data-looked-at="">' if START in tag else tag


def _bare(text: str) -> str:
    return text.replace(START, "").replace(END, "")
