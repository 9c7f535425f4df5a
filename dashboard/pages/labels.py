"""What codes in a release are called: the groups of a breakdown, kinds of activities, steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from dashboard.pages.reader import Reader
from survey.code_names import GENDER_NAMES, GROUP_NAMES, LADDER_NAMES, ROUTE_NAMES, STANDARD_KIND_NAMES

UNKNOWN = "unknown"
#: By what people are compared, as it stands after "by" in a sentence.
DIMENSIONS: dict[str, Any] = {
    "group": _("group"),
    "gender": _("gender"),
    "age_band": _("age"),
    "route": _("route"),
    "language": _("language"),
    "arrival_period": _("year of arrival"),
}
#: The same as a choice.
CHOICES: dict[str, Any] = {
    "group": _("By group"),
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


def cell(reader: Reader, dimension: str, values: Sequence[str]) -> str:
    """The people in one cell of a breakdown: the value, or all that were taken together."""
    names = [_value(reader.locale, dimension, value) for value in values]
    if dimension in ("age_band", "arrival_period"):
        return _span(names)
    if dimension == "language":  # whose names have capitals of their own, in Dutch and in English
        return reader.any_of(
            [*names[:-1], *(map(reader.inside, names[-1:]) if values[-1] == UNKNOWN else names[-1:])]
        )
    return reader.any_of([*names[:1], *map(reader.inside, names[1:])])


def _span(names: Sequence[str]) -> str:
    """Neighbours taken together: from the first to the last; `Not known` stays apart."""
    known = [name for name in names if name != gettext("Not known")]
    if len(known) > 1:
        first, last = known[0].partition("\u2013")[0], known[-1].rpartition("\u2013")[2]
        known = [f"{first}\u2013{last}"]
    if len(known) == len(names) or len(names) == 1:
        return known[0] if known else names[0]
    return gettext("%(years)s, or not known", years=known[0]) if known else names[0]


def _value(locale: Locale, dimension: str, value: str) -> str:
    if value == UNKNOWN:
        return gettext("Not known")
    if dimension == "language":
        return _capitalised(Locale.parse(_babel(value)).get_display_name(locale) or value)
    if dimension in _VALUES:
        return str(_VALUES[dimension].get(value, value))
    return value.replace("-", "\u2013")


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
