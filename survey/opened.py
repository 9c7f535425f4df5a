"""What each question of a form held when it was opened, so that one left as it was follows what a colleague wrote.

The form carries a mark of each answer, not the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

from wtforms import Field, FieldList, Form, FormField, HiddenField, RadioField, SelectField
from wtforms.utils import unset_value

from survey.forgery import mark

NOT_ASKED = ("HiddenField", "CSRFTokenField", "VersionField")
#: Long enough that two answers to one question never share it.
MARK = 16

#: Between the version and the marks.
BETWEEN = "?"

Marks = dict[str, str]


class VersionField(HiddenField):
    """The version of the row a form was filled from, and the mark of each answer as it was opened."""

    opened: Marks | None = None
    #: What to mark where nothing was sent yet. Asked when the page is written: choices come after the form.
    fresh: Callable[[], Marks] = dict

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data, self.opened = read(valuelist[0] if valuelist else "")

    def _value(self) -> str:
        return written(self.data, self.fresh() if self.opened is None else self.opened)


def written(version: object, opened: Marks) -> str:
    return f"{version}{BETWEEN}{urlencode(opened)}"


def read(sent: str) -> tuple[str, Marks]:
    """Without marks nothing was left as it was."""
    version, _between, opened = sent.partition(BETWEEN)
    return version, dict(parse_qsl(opened))


def of_texts(values: Mapping[str, Any]) -> Marks:
    """The same of questions that are no fields of a form."""
    return {
        name: mark(name, sorted(value) if isinstance(value, list) else value)[:MARK]
        for name, value in values.items()
    }


def followed(
    sent: Mapping[str, Any], left: Marks, now: Mapping[str, Any], together: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The same of such questions: what was sent, but what stands there `now` where one left it as it was.

    Of questions that hang `together` (of each the name they share) all follow, or none: else an answer that one gave
    may not fit what somebody else answered before it.
    """
    marks, group = of_texts(sent), {name: (together or {}).get(name, name) for name in sent}
    changed = {group[name] for name in sent if left.get(name) != marks[name]}
    return {name: value if group[name] in changed else now[name] for name, value in sent.items()}


def asked(form: Form, left_out: Collection[str] = ()) -> list[Field]:
    return [field for field in form if field.type not in NOT_ASKED and field.name not in left_out]


class Lines(FieldList):
    """A list of lines that know which they are: by their `key`, a hidden field of the form of a line.

    Each line that was sent is beside the stored one of its key, wherever that stands by now.
    """

    stored: Sequence[Mapping[str, Any]] = ()

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        self.stored = [] if data is unset_value else list(data or ())
        super().process(formdata, self._as_sent(formdata) if formdata else data, extra_filters)

    def _as_sent(self, formdata: Any) -> list[Mapping[str, Any]]:
        """By the number of the line in the form; nothing for one that is new, or was taken out meanwhile."""
        by_key = {line["key"]: line for line in self.stored}
        sent = max(self._extract_indices(self.name, formdata), default=-1) + 1
        keys = (
            formdata.getlist(f"{self.name}-{number}-key") for number in range(min(sent, self.max_entries))
        )
        return [by_key.get(key[0] if key else "", {}) for key in keys]

    def unsent(self) -> list[Mapping[str, Any]]:
        """What somebody else added."""
        sent = {line.form.key.data for line in self.entries}
        return [line for line in self.stored if line["key"] not in sent] if self.entries else []


def is_gone(line: FormField) -> bool:
    """Somebody else took it out."""
    return bool(line.form.key.data) and not line.object_data


def shown(fields: list[Field]) -> Marks:
    """Of each question as the form shows it."""
    return {each.name: _mark(each, each.data) for each in _each(fields, _marked)}


def stored(fields: list[Field]) -> Marks:
    """Of each question as it stands in the row now."""
    return {each.name: _mark(each, each.object_data) for each in _each(fields, _marked)}


def follow(fields: list[Field], opened: Marks) -> set[str]:
    """Give each question that was left as it was opened the answer that stands there now.

    Which of them somebody else had changed. A line that somebody else added comes with it; one that was taken out goes
    if nothing in it was changed, and else stays as a whole.
    """
    now = stored(fields)
    left = [each for each in _each(fields, _followable) if _is_left(each, opened)]
    for each in left:
        _take(each)
    added = {line.name for field in fields if isinstance(field, Lines) for line in _added(field)}
    return {each.name for each in left if now[each.name] != opened[each.name]} | added


def _each(fields: list[Field], of_line: Callable[[FormField], list[Field]]) -> Iterator[Field]:
    """Each question; of a list what is wanted of each of its lines."""
    for field in fields:
        if isinstance(field, Lines):
            yield from (part for line in field.entries for part in of_line(line))
        else:
            yield field


def _marked(line: FormField) -> list[Field]:
    """The line, and what stands in it."""
    return [line, *asked(line.form)]


def _followable(line: FormField) -> list[Field]:
    """What can be as it was opened, each by itself. Nothing of a new line: nobody else has it."""
    if not line.form.key.data:
        return []
    return [line] if is_gone(line) else asked(line.form)


def _is_left(field: Field, opened: Marks) -> bool:
    """What could not be read was typed."""
    of_it = asked(field.form) if isinstance(field, FormField) else [field]
    return opened.get(field.name) == _mark(field, field.data) and not any(map(_is_unreadable, of_it))


def _is_unreadable(field: Field) -> bool:
    """To a field of a library an empty text can be an error too."""
    return bool(field.process_errors and any(field.raw_data or ()))


def _take(field: Field) -> None:
    if isinstance(field, FormField):
        field.process(None, field.object_data or {})
    else:
        field.raw_data = None
        field.process(None, field.object_data)
        shows = field._value() if hasattr(field, "_value") else field.data
        field.raw_data = [shows] if shows else []  # else a field that must be filled in takes it for empty


def _added(field: Lines) -> list[Field]:
    return [field.append_entry(line) for line in field.unsent()]


def _mark(field: Field, value: Any) -> str:
    return mark(field.name, _answer(field, value))[:MARK]


def _answer(field: Field, value: Any) -> Any:
    """As a browser sends it: nothing is an empty text, and a list without a choice has its first one chosen."""
    if isinstance(field, FormField):
        line = value or {}
        return [_answer(one, line.get(one.short_name)) for one in asked(field.form)]
    if isinstance(value, list | tuple | set):
        return sorted(str(one) for one in value)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return format(Decimal(str(value)).normalize(), "f")
    said = "" if value is None else str(value)
    if isinstance(field, SelectField) and not isinstance(field, RadioField):
        offered = [str(code) for code, *_ in field.iter_choices()]
        return said or next((code for code in ("", *offered[:1]) if code in offered), "")
    return said
