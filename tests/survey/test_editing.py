"""Two people with the same form open: what one left as it was follows the other, and what both changed is asked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Form,
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import Optional

from survey.beside import Row
from survey.editing import EditingForm
from survey.opened import Lines
from survey.typed import DayField, WholeField, one_line

CHOICES = [SelectChoice(code, code) for code in ("", "a", "b")]


class Line(Form):
    key = HiddenField()
    what = StringField(filters=[one_line])
    who = SelectField(choices=CHOICES[1:])
    day = DayField(validators=[Optional()])


class Made(EditingForm):
    words = StringField(filters=[one_line])
    number = WholeField(validators=[Optional()])
    day = DayField(validators=[Optional()])
    choice = SelectField(choices=CHOICES)
    several = SelectMultipleField(choices=CHOICES[1:])
    agreed = BooleanField()
    lines = Lines(FormField(Line), max_entries=12)
    is_removed = False
    carries = ""


class Changed:
    version = 3


#: As they are stored, and as a browser sends them.
ANSWERS: dict[str, list[tuple[Any, list[str]]]] = {
    "words": [(None, [""]), ("one", ["one"]), ("two", ["two"])],
    "number": [(None, [""]), (0, ["0"]), (3, ["3"])],
    "day": [(None, [""]), (date(2026, 1, 2), ["2026-01-02"]), (date(2026, 2, 3), ["2026-02-03"])],
    "choice": [(None, [""]), ("a", ["a"]), ("b", ["b"])],
    "several": [([], []), (["b"], ["b"]), (["b", "a"], ["a", "b"])],
    "agreed": [(False, []), (True, ["y"])],
}
LINES = [None, ("one", "a"), ("two", "b")]
answers = st.fixed_dictionaries({name: st.sampled_from(range(len(each))) for name, each in ANSWERS.items()})
lines = st.lists(st.sampled_from(LINES[1:]), max_size=3)


def stored(which: dict[str, int], rows: list[Any]) -> dict[str, Any]:
    kept = {name: ANSWERS[name][number][0] for name, number in which.items()}
    return {**kept, "lines": [{"key": key, "what": line[0], "who": line[1]} for key, line in rows]}


def shown(app: Flask, row: dict[str, Any]) -> str:
    """The hidden field of the page as it is opened, with two empty lines."""
    with app.test_request_context("/", method="GET"):
        form = Made(data={**row, "version": "1"}, meta={"csrf": False})
        for _ in range(2):
            form.lines.append_entry()
        return str(form.version._value())


def sent(
    app: Flask, version: str, now: dict[str, Any], which: dict[str, int], rows: list[Any]
) -> tuple[Made, list[Row]]:
    """What one person sends, once the row has become `now`."""
    fields = MultiDict({"version": version})
    for name, number in which.items():
        fields.setlist(name, ANSWERS[name][number][1])
    for number, (key, line) in enumerate([*rows, ("", None), ("", None)][: len(rows) + 2]):
        fields[f"lines-{number}-key"] = key
        fields[f"lines-{number}-what"], fields[f"lines-{number}-who"] = line or ("", "a")
        fields[f"lines-{number}-day"] = ""
    with app.test_request_context("/", method="POST", data=fields):
        form = Made(data={**now, "version": "2"}, meta={"csrf": False})
        asks, rows = form.differs_from("2"), form.both
        assert asks == any(row.differs for row in rows)
        return form, rows


@pytest.mark.parametrize("seen", ["2", "3", "30", "", "3?words=forged"])
@pytest.mark.parametrize("words", ["a", "b"])
def test_only_what_was_seen_is_removed_and_nothing_that_was_typed_is_lost(
    app: Flask, seen: str, words: str
) -> None:
    fields = {"version": seen, "words": words, "remove": "yes"}
    with app.test_request_context("/", method="POST", data=fields):
        form = Made(data={"words": "a", "version": "3"}, meta={"csrf": False})
        is_removed, is_seen = form.removes(Changed()), seen.partition("?")[0] == "3"
        assert (is_removed, form.has_missed) == (is_seen, not is_seen)
        if not is_seen:
            assert not form.saves(Changed()) and form.status == 409
            assert form.words.data == words and (form.has_conflict or words == "a")


def removal(app: Flask, version: str, beneath: list[str]) -> Made:
    fields = {"version": version, "words": "a", "remove": "yes"}
    with app.test_request_context("/", method="POST", data=fields):
        form = Made(data={"words": "a", "version": "3"}, meta={"csrf": False})
        form.beneath = beneath
        form.is_removed = form.removes(Changed())
        form.saves(Changed())
        form.carries = form.version._value()
        return form


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shown=st.sets(st.text(max_size=3), max_size=3), now=st.sets(st.text(max_size=3), max_size=3))
def test_what_goes_with_it_is_not_removed_unseen(app: Flask, shown: set[str], now: set[str]) -> None:
    """Only if it is what was shown, or nothing is left of it. Who then looked removes it."""
    with app.test_request_context("/"):
        first = Made(data={"words": "a", "version": "3"}, meta={"csrf": False})
        first.beneath = sorted(shown)
        opened = first.version._value()
    form = removal(app, opened, sorted(now))
    assert form.is_removed == (not now or shown == now)
    assert removal(app, form.carries, sorted(now)).is_removed


def kept(form: Made) -> dict[str, Any]:
    data = {name: form[name].data or None for name in ANSWERS if name != "several"}
    return {**data, "several": sorted(form.several.data or [])}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(opened=answers, theirs=answers, mine=answers)
def test_each_question_that_was_left_follows_the_other_and_no_other_does(
    app: Flask, opened: dict[str, int], theirs: dict[str, int], mine: dict[str, int]
) -> None:
    form, rows = sent(app, shown(app, stored(opened, [])), stored(theirs, []), mine, [])
    wanted = {name: theirs[name] if mine[name] == opened[name] else mine[name] for name in ANSWERS}
    held = {name: ANSWERS[name][number][0] or None for name, number in wanted.items()}
    assert kept(form) == {**held, "several": sorted(held["several"] or [])}
    told = {row.what for row in rows if row.differs}
    assert told == {form[name].label.text for name in ANSWERS if wanted[name] != theirs[name]}
    followed = {name for name in ANSWERS if mine[name] == opened[name] != theirs[name]}
    assert set(form.followed) == followed


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(opened=lines, added=lines, mine_added=lines, data=st.data())
def test_a_line_follows_wherever_it_stands_and_none_takes_the_place_of_another(
    app: Flask, opened: list[Any], added: list[Any], mine_added: list[Any], data: st.DataObject
) -> None:
    """Each of two people changes lines, empties some, and adds others."""

    def changed(line: Any) -> Any:
        return data.draw(st.sampled_from([line, line, ("other", "b"), None]))

    nothing = dict.fromkeys(ANSWERS, 0)
    keyed = [(f"k{number}", line) for number, line in enumerate(opened)]
    theirs = {key: changed(line) for key, line in keyed}
    mine = {key: changed(line) for key, line in keyed}
    now = [(key, line) for key, line in theirs.items() if line]
    now += [(f"new{number}", line) for number, line in enumerate(added)]
    own = [*mine.items(), *(("", line) for line in mine_added[:2])]
    form, rows = sent(app, shown(app, stored(nothing, keyed)), stored(nothing, now), nothing, own)
    wanted = [after(line, theirs[key], mine[key]) for key, line in keyed] + mine_added[:2] + added
    found = [(line.form.what.data, line.form.who.data) for line in form.lines if line.form.what.data]
    assert found == [line for line in wanted if line and line[0]]
    assert form.has_conflict or found == [line for _key, line in now]


def after(was: Any, theirs: Any, mine: Any) -> Any:
    """Of one line. Nothing where somebody took it out and nobody changed it."""
    if theirs is None:
        return None if mine == was else mine
    return merged(was, theirs, mine or ("", "a"))


def merged(opened: Any, theirs: Any, mine: Any) -> Any:
    return tuple(own if own != was else now for was, now, own in zip(opened, theirs, mine, strict=True))


def test_what_cannot_be_read_was_typed(app: Flask) -> None:
    nothing = dict.fromkeys(ANSWERS, 0)
    version = shown(app, stored(nothing, []))
    fields = {"version": version, "number": "three", "day": "?"}
    with app.test_request_context("/", method="POST", data=fields):
        form = Made(data={**stored(nothing, []), "number": 4, "version": "2"}, meta={"csrf": False})
        assert form.differs_from("2")
        assert {row.yours for row in form.both if row.differs} == {"three", "?"}


@pytest.mark.parametrize("version", ["1", "1?", "1?words=forged", "?", ""])
def test_without_marks_all_of_it_was_typed(app: Flask, version: str) -> None:
    nothing = dict.fromkeys(ANSWERS, 0)
    now = stored({**nothing, "words": 1, "number": 2}, [])
    form, rows = sent(app, version, now, nothing, [])
    assert kept(form)["words"] is None and len([row for row in rows if row.differs]) == 2


def test_after_the_choice_was_shown_what_stood_there_is_what_was_opened(app: Flask) -> None:
    """A third person saved while one chose: what one took over from the second follows the third."""
    nothing = dict.fromkeys(ANSWERS, 0)
    second = {**nothing, "words": 1}
    form, _rows = sent(app, shown(app, stored(nothing, [])), stored(second, []), {**nothing, "number": 2}, [])
    again = str(form.version._value())
    third = {**nothing, "words": 2}
    last, _rows = sent(app, again.replace("2?", "1?", 1), stored(third, []), {**second, "number": 2}, [])
    assert kept(last)["words"] == "two" and kept(last)["number"] == 3
