"""What a translation must keep of its source: the places where a name or a number is put in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from gettext import c2py
from typing import Literal, NamedTuple

from babel.messages.catalog import Catalog

PLACEHOLDER = re.compile(r"%\(\w+\)[-#0 +]*[\d.]*[a-zA-Z]|%[sdif]|\{\w*(?:[:!][^{}]*)?\}")


class Fault(NamedTuple):
    """`forms`: so many texts were given as the language has not; `percent`: a sign that would be read as a place."""

    kind: Literal["forms", "empty", "lost", "added", "percent"]
    #: The place, or how many forms the language has.
    what: str = ""


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


def faults(source: Sequence[str], texts: Sequence[str], locale: str) -> Iterator[Fault]:
    """What is wrong with the texts of a translation: one, or one for each plural form of the language."""
    plural = len(source) > 1
    wanted_forms = plural_forms(locale) if plural else 1
    if len(texts) != wanted_forms:
        yield Fault("forms", str(wanted_forms))
        return
    may_omit = forms_for_one_number(locale) if plural else frozenset()
    wanted = placeholders(source[-1])
    for form, text in enumerate(texts):
        given = placeholders(text)
        if not text.strip():
            yield Fault("empty")
        elif form not in may_omit:
            yield from (Fault("lost", place) for place in sorted(wanted - given))
        yield from (Fault("added", place) for place in sorted(given - wanted))
        if _bare_percent(text) and not any(map(_bare_percent, source)):
            yield Fault("percent")


def _bare_percent(text: str) -> bool:
    return "%" in PLACEHOLDER.sub("", text)


@cache
def plural_forms(locale: str) -> int:
    return Catalog(locale=locale).num_plurals


@cache
def forms_for_one_number(locale: str) -> frozenset[int]:
    """Plural forms that stand for one number only (Arabic: none, one, two) and so may say it in a word."""
    form_of = c2py(Catalog(locale=locale).plural_expr)
    numbers = Counter(form_of(number) for number in range(1000))
    return frozenset(form for form, count in numbers.items() if count == 1)
