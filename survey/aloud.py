"""Every text a participant meets can be heard: templates pass it through `heard`, and a script (listen.js) puts
buttons there where the organisation has a recording of it or the device can speak the language by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from flask import Flask, current_app, g, url_for
from jinja2 import Environment, pass_environment

from instruments.asking import Versions
from survey import recordings
from survey.models import Organisation, Programme
from survey.recordings import State, text_hash
from survey.wording.kept import Kept, hash_of
from survey.wording.rule import Words, organisation_words


class Asker(NamedTuple):
    """What the screens of a questionnaire say of who asks."""

    organisation: str
    help_contact: str
    fictitious: bool
    basis: str


#: Renders all screens of a questionnaire, for `texts` to hear.
Screens = Callable[[Asker, Versions, str, Kept], None]
#: Lists of texts that are kept, of some twenty kilobytes each.
MOST = 200
_heard: dict[tuple[Any, ...], tuple[str, ...]] = {}


def init_app(app: Flask) -> None:
    app.jinja_env.filters["heard"] = heard


def declare_screens(app: Flask, screens: Screens) -> None:
    """Say what a participant sees from agreeing to the end; the journey itself knows that."""
    app.extensions["telvertel_screens"] = screens


@pass_environment
def heard(environment: Environment, text: str) -> Any:
    """A text of a participant's page, marked as one that can be heard, with the recording if there is one."""
    listeners: list[str] | None = g.get("listeners")
    if listeners is not None:
        listeners.append(" ".join(text.split()))
    sounds: Mapping[str, str] = g.get("sounds") or {}
    sound = sounds.get(text_hash(text)) if sounds else None
    module: Any = environment.get_template("participant/heard.html").module
    return module.heard(text, url_for("respond.sound", sound=sound) if sound else None)


@contextmanager
def sounding(language: str, recorded: State | None) -> Iterator[None]:
    """For a while, what is spoken in this language has the recordings there are of it."""
    before = g.get("sounds")
    g.sounds = recordings.sounds(recorded, language)
    try:
        yield
    finally:
        g.sounds = before


def texts(asker: Asker, programme: Programme, language: str) -> tuple[str, ...]:
    """All that can be heard on the screens of a programme's questionnaire, in order, each once."""
    words = {**Words(programme).in_force(language), **organisation_words(language)}
    screens: Screens = current_app.extensions["telvertel_screens"]
    key = (screens, asker, versions_of(programme), language, hash_of(language, words))
    if key not in _heard:
        while len(_heard) >= MOST:
            _heard.pop(next(iter(_heard)), None)
        _heard[key] = _listen(lambda: screens(asker, versions_of(programme), language, words))
    return _heard[key]


def _listen(render: Callable[[], None]) -> tuple[str, ...]:
    g.listeners = []
    try:
        render()
        return tuple(dict.fromkeys(filter(None, g.listeners)))
    finally:
        g.pop("listeners")


def asker_of(organisation: Organisation) -> Asker:
    return Asker(
        organisation.name, organisation.help_contact, organisation.fictitious, organisation.taking_part_basis
    )


def versions_of(programme: Programme) -> Versions:
    """Every version of the instruments that a programme asks or is about to ask."""
    asked = {pair for wave in programme.waves if wave.state != "closed" for pair in wave.asked}
    return tuple(sorted(asked))


def is_recorded(programme: Programme, language: str) -> bool:
    """Whether every screen of this programme can be heard from recordings."""
    organisation = programme.organisation
    have = recordings.sounds(recordings.state(organisation.sounds), language)
    if not have:
        return False
    return all(text_hash(text) in have for text in texts(asker_of(organisation), programme, language))
