"""The questionnaire on paper: what stands on it, in the participant's language, with their code as a QR square."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import count
from typing import Any

import segno
from flask import current_app, url_for

from instruments import asking
from instruments.model import Instrument, Item
from instruments.translation import LANGUAGES, Words
from survey import languages
from survey.models import Enrolment, Wave
from survey.print import pdf
from survey.privacy.codes import Code
from survey.wording.kept import Spoken, interface_in, words_in

#: Points, by how large the letters are to be.
SIZES = {"normal": 10.5, "large": 14.0, "largest": 19.0}
#: What is typed for an answer that is none, and printed beside its box. For other answers it is the code itself.
NON_ANSWER_KEYS = {"na": "a", "dk": "b", "pna": "c"}


def paper_form(enrolment: Enrolment, wave: Wave, code: Code, spoken: Spoken, size: str) -> bytes:
    """A PDF. Raises KeyError for a size that is not in SIZES."""
    language = LANGUAGES[spoken.language]
    programme = enrolment.programme
    organisation = programme.organisation
    with languages.speaking(language.code, interface_in(*spoken)):
        said = _module(
            "participant/paper_words.html",
            organisation=organisation.name,
            fictitious=organisation.fictitious,
            first_wave=wave.key == "before",
        )
        values = {
            **{name: text or None for name, text in said.words.items()},
            "size": SIZES[size],
            "code": code.grouped,
            "qr": _qr_code(url_for("respond.link", _external=True, _anchor=code.selector + code.secret)),
            "domains": list(_domains(wave.asked, spoken, said.quiet)),
            "footer": organisation.help_contact or organisation.name,
        }
        return pdf("paper_form", language, values)


def _domains(
    asked: asking.Versions, spoken: Spoken, non_answers: Mapping[str | None, str]
) -> Iterator[dict[str, Any]]:
    """Questions are numbered through, as on the page where answers are entered."""
    numbers = count(1)
    draw = _module("participant/pictograms.html").pictogram
    for instrument in asking.instruments(asked):
        said = words_in(instrument, spoken.language, spoken.wording)
        for domain in instrument.domains:
            items = [
                {
                    "number": next(numbers),
                    **_item(instrument, item, said),
                    "quiet": [
                        {"code": shown, "label": non_answers[answer]}
                        for answer, shown in NON_ANSWER_KEYS.items()
                        if answer != "na" or item.not_applicable
                    ],
                }
                for item in domain.items
            ]
            yield {"name": said.domain(domain.code), "picture": _svg(draw(domain.code)), "items": items}


def _item(instrument: Instrument, item: Item, said: Words) -> dict[str, Any]:
    options = said.options(item.id)
    pictures = _module("participant/answers.html")
    is_five = len(options) == 5

    def picture(place: int) -> str:
        if is_five and item.scale in pictures.felt_scales:
            return _svg(pictures.face(place + 1))
        if is_five and item.scale in pictures.change_scales:
            return _svg(pictures.arrow(place + 1))
        return _svg(pictures.bars(place, len(options) - 1))

    return {
        "text": said.question(item.id),
        "hint": said.hint(item.id),
        "is_ruler": not all(label for _code, label in options),
        "options": [
            {
                "code": code,
                "label": label,
                "picture": picture(place),
            }
            for place, (code, label) in enumerate(options)
        ],
    }


def _module(template: str, **values: Any) -> Any:
    """What a template sets and defines, in the language that is spoken now."""
    return current_app.jinja_env.get_template(template).make_module(values)


def _svg(drawn: object) -> str:
    """A picture of the pages, as a file of its own."""
    return (
        str(drawn)
        .replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
        .replace("currentColor", "#000")
    )


def _qr_code(address: str) -> str:
    file = BytesIO()
    segno.make(address, error="m", micro=False).save(file, kind="svg", border=4, light="#fff")
    return file.getvalue().decode()
