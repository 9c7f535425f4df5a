"""Which language a page speaks, in whose words, and in which languages a programme may ask.

The table of languages is `instruments.translation.LANGUAGES`: name, direction and script stand there alone. Where an
organisation's reviewers changed texts of the interface, its participants read those instead (survey.wording).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, g, has_app_context, has_request_context, request, session
from flask_babel import Babel, Domain, force_locale, get_domain, get_locale
from markupsafe import Markup, escape
from sqlalchemy.exc import SQLAlchemyError

from instruments.translation import LANGUAGES, Language, String
from instruments.translation import STAFF_LANGUAGES as STAFF_LANGUAGES
from survey.models import Programme
from survey.wording import rule
from survey.wording.rule import is_approved as is_approved  # the rule is asked here
from survey.wording.texts import TRANSLATIONS, Forms

DEFAULT = "nl"
DOMAINS = "participant;staff;dashboard"
#: Paths on which staff, not participants, are spoken to.
STAFF_PATHS = ("/staff", "/casework", "/manage", "/reviewing", "/publish", "/dashboard")
Own = Mapping[String, Forms]


def init_app(app: Flask) -> None:
    dashboard = Path(__file__).parents[1] / "dashboard" / "translations"
    babel = Babel(
        app,
        default_translation_directories=f"{TRANSLATIONS};{TRANSLATIONS};{dashboard}",
        default_domain=DOMAINS,
        default_locale=DEFAULT,
        default_timezone="Europe/Amsterdam",
        locale_selector=_select,
    )
    babel.domain_instance = OwnWords(domain=DOMAINS)
    _speak_in_templates(app)
    app.context_processor(
        lambda: {"language": current(), "staff_languages": [LANGUAGES[code] for code in STAFF_LANGUAGES]}
    )


def is_staff_page() -> bool:
    return request.path.startswith(STAFF_PATHS)


def current() -> Language:
    """The language of this page."""
    locale = str(get_locale() or DEFAULT)
    return next(language for language in LANGUAGES.values() if locale in (language.locale, language.code))


@contextmanager
def speaking(code: str, own: Own | None = None) -> Iterator[None]:
    """Speak this language for a while, whatever the request asked for; `own` are words in the place of ours."""
    before = g.pop("own_words", None)
    g.own_words = (lambda: own) if own else None
    try:
        with force_locale(LANGUAGES[code].locale):
            yield
    finally:
        g.own_words = before


def speak_with(own: Callable[[], Own | None]) -> None:
    """The words in the place of ours for the rest of this request, found when the first is wanted."""
    g.own_words = own


class OwnWords(Domain):
    """The catalogs of the program, and in front of them the words of an organisation."""

    def get_translations(self) -> Any:
        shipped = super().get_translations()
        find = g.get("own_words") if has_app_context() else None
        try:
            own = find() if find else None
        except SQLAlchemyError:  # the page that says so is shown in ours
            own = g.own_words = None
        return InFront(shipped, own) if own else shipped


class InFront:
    """What the catalogs answer, where these words do not answer first."""

    def __init__(self, shipped: Any, own: Own) -> None:
        self.shipped, self.own = shipped, own

    def ugettext(self, text: str) -> str:
        return self.upgettext("", text)

    def ungettext(self, one: str, many: str, number: int) -> str:
        return self.unpgettext("", one, many, number)

    def upgettext(self, context: str, text: str) -> str:
        forms = self.own.get(String(context, text))
        if forms:
            return forms[0]
        return str(self.shipped.upgettext(context, text) if context else self.shipped.ugettext(text))

    def unpgettext(self, context: str, one: str, many: str, number: int) -> str:
        forms = self.own.get(String(context, one))
        if forms:
            return forms[min(self.shipped.plural(number), len(forms) - 1)]
        if context:
            return str(self.shipped.unpgettext(context, one, many, number))
        return str(self.shipped.ungettext(one, many, number))


def _speak_in_templates(app: Flask) -> None:
    """A template takes what stands in our catalogs for markup. What people wrote is text."""

    def text_of(method: str) -> Callable[..., str | Markup]:
        def say(*arguments: Any) -> str | Markup:
            translations = get_domain().get_translations()
            said = getattr(translations, method)(*arguments)
            return escape(said) if isinstance(translations, InFront) else said

        return say

    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of an extension
        text_of("ugettext"), text_of("ungettext"), newstyle=True,
        pgettext=text_of("upgettext"), npgettext=text_of("unpgettext"),
    )  # fmt: skip


def _select() -> str:
    if not has_request_context():
        return DEFAULT
    offered = STAFF_LANGUAGES if is_staff_page() else tuple(LANGUAGES)
    chosen = request.args.get("language") or session.get("language")
    if chosen not in offered:
        chosen = request.accept_languages.best_match(offered, DEFAULT) or DEFAULT
    return LANGUAGES[chosen].locale


def open_languages(programme: Programme) -> list[Language]:
    """Languages a participant may choose: approved ones, and those a coordinator opened all the same."""
    overridden = {override.language for override in programme.language_overrides}
    words = rule.Words(programme)
    return [language for code, language in LANGUAGES.items() if code in overridden or words.is_approved(code)]
