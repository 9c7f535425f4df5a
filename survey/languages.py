"""Which language a page speaks, and in which languages a programme may ask.

The table of languages is `instruments.translation.LANGUAGES`: name, direction and script stand there alone.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

from flask import Flask, has_request_context, request, session
from flask_babel import Babel, force_locale, get_locale

from instruments import library
from instruments import translation as instrument_translation
from instruments.translation import LANGUAGES, SOURCE, Catalog, Language
from survey.models import Programme

STAFF_LANGUAGES = ("nl", "en")
DEFAULT = "nl"
TRANSLATIONS = Path(__file__).parent / "translations"
#: Paths on which staff, not participants, are spoken to.
STAFF_PATHS = ("/staff", "/casework", "/manage", "/publish", "/dashboard")


def init_app(app: Flask) -> None:
    dashboard = Path(__file__).parents[1] / "dashboard" / "translations"
    Babel(
        app,
        default_translation_directories=f"{TRANSLATIONS};{TRANSLATIONS};{dashboard}",
        default_domain="participant;staff;dashboard",
        default_locale=DEFAULT,
        default_timezone="Europe/Amsterdam",
        locale_selector=_select,
    )
    app.context_processor(
        lambda: {"language": current(), "staff_languages": [LANGUAGES[code] for code in STAFF_LANGUAGES]}
    )


def is_staff_page() -> bool:
    return request.path.startswith(STAFF_PATHS)


def current() -> Language:
    """The language of this page."""
    locale = str(get_locale() or DEFAULT)
    return next(language for language in LANGUAGES.values() if locale in (language.locale, language.code))


def speaking(code: str) -> AbstractContextManager[None]:
    """Speak this language for a while, whatever the request asked for."""
    return force_locale(LANGUAGES[code].locale)


def _select() -> str:
    if not has_request_context():
        return DEFAULT
    offered = STAFF_LANGUAGES if is_staff_page() else tuple(LANGUAGES)
    chosen = request.args.get("language") or session.get("language")
    if chosen not in offered:
        chosen = request.accept_languages.best_match(offered, DEFAULT) or DEFAULT
    return LANGUAGES[chosen].locale


@cache
def interface_catalog(language: str) -> Catalog:
    """The participant's interface strings, with their review status."""
    folder = TRANSLATIONS / LANGUAGES[language].locale
    return Catalog.read(folder / "LC_MESSAGES" / "participant.po")


def interface_is_approved(language: str) -> bool:
    if language == SOURCE:
        return True
    entries = interface_catalog(language).entries.values()
    return bool(entries) and all(entry.complete and entry.status == "approved" for entry in entries)


def is_approved(programme: Programme, language: str) -> bool:
    """Whether every text a participant of this programme would read in this language was approved."""
    return interface_is_approved(language) and all(
        instrument_translation.is_approved(library.load(key), language) for key in programme.instruments
    )


def open_languages(programme: Programme) -> list[Language]:
    """Languages a participant may choose: approved ones, and those a coordinator opened all the same."""
    overridden = {override.language for override in programme.language_overrides}
    return [
        language for code, language in LANGUAGES.items() if code in overridden or is_approved(programme, code)
    ]
