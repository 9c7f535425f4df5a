"""What codes in a release are called: the groups of a breakdown, kinds of activities, steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from dashboard.pages.reader import Reader
from survey.code_names import GENDER_NAMES, GROUP_NAMES, LADDER_NAMES, ROUTE_NAMES, STANDARD_KIND_NAMES

UNKNOWN = "unknown"
#: By what people are compared, as it stands after "by" in a sentence.
DIMENSIONS: dict[str, Any] = {
    "group": _("target group"),
    "gender": _("gender"),
    "age_band": _("age"),
    "route": _("route"),
    "language": _("language"),
    "arrival_period": _("year of arrival"),
}
#: The same as a choice.
CHOICES: dict[str, Any] = {
    "group": _("By target group"),
    "gender": _("By gender"),
    "age_band": _("By age"),
    "route": _("By route"),
    "language": _("By language"),
    "arrival_period": _("By year of arrival"),
}
_VALUES: Mapping[str, Mapping[str, Any]] = {
    "group": GROUP_NAMES,
    "gender": GENDER_NAMES,
    "route": ROUTE_NAMES,
}


#: More names than this are not all said beside a chart.
NAMED = 3


def cell(reader: Reader, dimension: str, values: Sequence[str]) -> str:
    """The people in one cell of a breakdown, in few words: the value, or what was taken together."""
    known = [value for value in values if value != UNKNOWN]
    if dimension in SPANS or len(known) <= NAMED:
        return whole_cell(reader, dimension, values)
    first = [_value(reader.locale, dimension, value) for value in known[: NAMED - 1]]
    if dimension != "language":
        first[1:] = map(reader.inside, first[1:])
    return reader.any_of([*first, gettext("others")])


def whole_cell(reader: Reader, dimension: str, values: Sequence[str]) -> str:
    """The same with every name."""
    known = [value for value in values if value != UNKNOWN]
    if dimension in SPANS:
        span = _span(SPANS[dimension], known) if known else gettext("Not known")
        return span if len(known) in (0, len(values)) else gettext("%(span)s, or not known", span=span)
    names = [_value(reader.locale, dimension, value) for value in known]
    if dimension != "language":  # whose names have capitals of their own, in Dutch and in English
        names = [*names[:1], *map(reader.inside, names[1:])]
    if len(known) < len(values):
        names.append(reader.inside(gettext("Not known")) if names else gettext("Not known"))
    return reader.any_of(names)


@dataclass(frozen=True)
class Span:
    """How a span of numbers is said: without a beginning, without an end, with both, and all of it."""

    below: Any
    above: Any
    between: Any
    every: Any
    #: What is added to the last number to say what lies below.
    beyond: int = 0


SPANS = {
    "age_band": Span(
        _("Under %(end)s"), _("%(start)s and over"), _("%(start)s to %(end)s"), _("All ages"), beyond=1
    ),
    "arrival_period": Span(
        _("Until %(end)s"), _("From %(start)s on"), _("%(start)s to %(end)s"), _("All years")
    ),
}


def _span(words: Span, values: Sequence[str]) -> str:
    """Neighbours taken together, from the first to the last: codes such as under_25, 25_34 and 55_and_over."""
    start, end = _ends(values[0])[0], _ends(values[-1])[1]
    if start is None and end is None:
        return str(words.every)
    if start is None:
        return str(words.below) % {"end": int(end or 0) + words.beyond}
    return str(words.above if end is None else words.between) % {"start": start, "end": end}


def _ends(code: str) -> tuple[str | None, str | None]:
    first, _line, last = code.partition("_")
    if first == "under":
        return None, str(int(last) - 1)
    if first == "until":
        return None, last
    return first, last if last.isdigit() else None


def _value(locale: Locale, dimension: str, value: str) -> str:
    if dimension == "language":
        return _capitalised(Locale.parse(_babel(value)).get_display_name(locale) or value)
    return str(_VALUES[dimension].get(value, value))


def _babel(language: str) -> str:
    return {"kmr": "ku", "fa_AF": "fa_AF"}.get(language, language)


def _capitalised(name: str) -> str:
    return name[:1].upper() + name[1:]


def step(code: str) -> str:
    """A step on the ladder, or the first and last of those taken together."""
    first, _dash, last = code.partition("-")
    if not last:
        return str(LADDER_NAMES[first])
    return gettext("%(first)s to %(last)s", first=LADDER_NAMES[first], last=LADDER_NAMES[last])


def short_step(code: str) -> str:
    """The same where there is little room."""
    first, _dash, last = code.partition("-")
    return (
        gettext("Steps %(first)s to %(last)s", first=first, last=last) if last else str(LADDER_NAMES[first])
    )


def kind(code: str) -> str:
    return str(STANDARD_KIND_NAMES[code])
