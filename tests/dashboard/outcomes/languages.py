"""The two languages of the dashboard, as wording takes them, made from the catalog itself."""

from pathlib import Path

from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from dashboard.outcomes.wording.language import Language

CATALOG = Path(__file__).parents[3] / "dashboard" / "translations" / "nl" / "LC_MESSAGES" / "dashboard.po"


def dutch_catalog() -> Catalog:
    with CATALOG.open("rb") as file:
        return read_po(file, locale="nl")


def _language(locale, gettext, ngettext) -> Language:
    return Language(
        gettext=gettext,
        ngettext=ngettext,
        points=lambda number: format_decimal(number, "0.0", locale=locale),
        count=lambda number: format_decimal(number, locale=locale),
        listed=lambda names: format_list(list(names), locale=locale),
    )


def english() -> Language:
    return _language("en", lambda text: text, lambda one, more, n: one if n == 1 else more)


def dutch() -> Language:
    """Raises KeyError for a sentence that the catalog lacks: nothing falls back to English."""
    texts = {message.id: message.string for message in dutch_catalog() if message.id}
    return _language("nl", lambda text: texts[text], lambda one, more, n: texts[one, more][n != 1])
