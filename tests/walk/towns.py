"""Three municipalities with one of everything, each word of theirs a canary, and people in every role."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import String, Text, Uuid, inspect, select
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from survey import fieldwork
from survey.clock import now, today
from survey.codes import ROLES
from survey.database import db
from survey.models import Enrolment, Membership, Model, OpenAnswer, Organisation, Release, Staff, Story, Visit
from survey.privacy.fields import SealedText
from tests.fixtures.application import PASSWORD, new_town, token_in
from tests.fixtures.rows import OWNED, Filled, fill
from tests.fixtures.visitor import Visitor
from tests.walk.database import Rows, rows

SLUGS = ("aalten", "borne", "culemborg")
#: What names a row: a table and a column whose values are unique in an installation or in a municipality.
Kind = tuple[str, str]


@dataclass(frozen=True)
class Walked:
    """A municipality of the walk."""

    filled: Filled
    slug: str
    #: By kind, the names of its rows: ids, codes, e-mail addresses...
    names: dict[Kind, list[str]] = field(default_factory=dict)

    @property
    def organisation_id(self) -> UUID:
        return self.filled.organisation_id

    @property
    def mark(self) -> str:
        """Stands in every text of this municipality."""
        return self.filled.town.code.upper().replace("-", "")

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        return {name: kind for kind, names in self.names.items() for name in names}

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """Whatever tells something of this municipality to another, in small letters."""
        ids = [form for name in self.kinds for form in (name, name.replace("-", "")) if is_id(name)]
        words = [self.mark, self.filled.town.code, f"Gemeente {self.slug}", f"Pilot {self.slug}", *ids]
        return tuple(word.lower() for word in words)

    @cached_property
    def _any_name(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, sorted(self.kinds, key=len, reverse=True))))

    def named_in(self, text: str) -> list[str]:
        return list(dict.fromkeys(self._any_name.findall(text)))


def made_up(name: str) -> str:
    """Of the same form, but nobody's."""
    if is_id(name):
        return str(uuid4())
    words, dot, top = name.rpartition(".") if "@" in name else (name, "", "")
    return re.sub(r"[A-Z]", "Q", re.sub(r"[a-z]", "q", words)) + dot + top


def is_id(name: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", name) is not None


@dataclass(frozen=True)
class Viewer:
    """A browser, as it was at some moment: every request starts from there."""

    app: Flask
    role: str
    #: Where they are; None for someone who did not come in.
    town: Walked | None
    cookie: str
    token: str
    #: Where they may be as well.
    also: Walked | None = None

    def __str__(self) -> str:
        return f"{self.role} of {self.town.slug if self.town else 'nowhere'}"

    def ask(self, method: str, address: str, form: Any = None, json: Any = None) -> TestResponse:
        client = self.app.test_client()
        client.set_cookie("telvertel", self.cookie)
        if json is not None:
            return client.open(
                address, method=method, json=json, headers={"X-CSRFToken": self.token}, buffered=True
            )
        reading = method in ("GET", "HEAD", "OPTIONS", "TRACE")
        data = None if reading else {**(form or {}), "csrf_token": self.token}
        return client.open(address, method=method, data=data, buffered=True)

    def leaks(self, told: str, towns: list[Walked]) -> str | None:
        """A word of a municipality that is not theirs; None if there is none."""
        small = told.lower()
        for town in towns:
            known = (f"gemeente {town.slug}", str(town.organisation_id)) if town is self.also else ()
            for secret in town.secrets if town is not self.town else ():
                if secret in small and secret not in known:
                    return secret
        return None


def settle(app: Flask) -> tuple[list[Walked], list[Viewer]]:
    """The municipalities, and people in front of them: nobody, participants, each role, one with two."""
    filled = [_town(app, slug) for slug in SLUGS]
    viewers = [_viewer(app, "anonymous", None)]
    for town in filled:
        viewers += _participants(app, town)
        viewers += [_viewer(app, role, town) for role in ROLES]
    viewers.append(_in_two(app, filled))
    for town in filled:
        _mark_staff(app, town)
    known = rows(app)
    for town in filled:
        town.names.update(_names(town, known))
    return filled, viewers


def _town(app: Flask, slug: str) -> Walked:
    """Two waves are over and published, a third one is open."""
    town = new_town(app, slug, waves=("before", "after", "follow_up:26:10"), languages=("uk",))
    with app.app_context():
        filled = fill(town, started_on=today() - timedelta(weeks=27))
        for wave in town.inside().waves[:2]:
            fieldwork.close_wave(wave)
        db.session.scalars(select(Release)).one().published_at = now()
        db.session.scalars(select(Story)).one().state = "approved"
        db.session.commit()
        walked = Walked(filled, slug)
        _mark_words(walked)
    return walked


def _mark_words(town: Walked) -> None:
    """Every text that `fill` left empty gets a canary; what it did fill is a canary already, or a code."""
    db.session.enter(town.organisation_id)
    for model in (*OWNED, Organisation):
        for row in db.session.scalars(select(model)).all():
            for name in _words_of(model):
                word = f"{town.mark}{name}".upper()
                if not getattr(row, name) and len(word) <= _longest(model, name):
                    _set(row, name, word)
    db.session.commit()


def _words_of(model: Any) -> Iterator[str]:
    for column in inspect(model).column_attrs:
        if isinstance(column.columns[0].type, String | Text) and not column.columns[0].primary_key:
            yield column.key
    yield from (name for name, value in vars(model).items() if isinstance(value, SealedText))


def _longest(model: Any, name: str) -> int:
    column = model.__table__.columns.get(name)
    length = None if column is None else column.type.length
    return length or 1000


def _set(row: Any, name: str, word: str) -> None:
    try:
        with db.session.begin_nested():
            setattr(row, name, word)
            db.session.flush()
    except IntegrityError:
        db.session.refresh(row)  # it holds one of a few codes


def _mark_staff(app: Flask, town: Walked) -> None:
    with app.app_context():
        db.session.enter(town.organisation_id)
        for person in db.session.scalars(select(Staff).join(Membership)).unique():
            if town.filled.town.code in person.email:
                person.name = f"{town.mark}STAFF"
        db.session.commit()


def _names(town: Walked, known: Rows) -> dict[Kind, list[str]]:
    names: dict[Kind, list[str]] = {}
    for table in Model.metadata.sorted_tables:
        mine = known.get((town.organisation_id, table.name), [])
        for at, column in enumerate(table.columns):
            if _names_rows(table, column):
                found = sorted({str(row[at]) for row in mine if row[at] is not None})
                shared = {str(row[at]) for (owner, name), others in known.items() for row in others
                          if name == table.name and owner != town.organisation_id}  # fmt: skip
                if found and not shared & set(found):
                    names[table.name, column.name] = found
    return names


def _names_rows(table: Any, column: Any) -> bool:
    if isinstance(column.type, Uuid):
        return bool(column.primary_key) and not column.foreign_keys
    return isinstance(column.type, String) and (
        column.unique or column.primary_key or table.name == "participant" and column.name == "pseudonym"
    )


def _participants(app: Flask, town: Walked) -> list[Viewer]:
    """One in the middle of the questions, and one who has only just come in."""
    with app.app_context():
        start = today() - timedelta(weeks=27)
        _, enrolment, code = town.filled.town.join(start, pseudonym=f"{town.mark}Q")
        _say_in_private(enrolment, f"{town.mark}PRIVATE")
    going_on = Visitor(town.filled.town, town.filled.access_code).begin()
    new = Visitor(town.filled.town, code).enter()
    viewers = []
    for visitor in (going_on, new):
        cookie = visitor.client.get_cookie("telvertel")
        assert cookie is not None and visitor.place.startswith("/survey/")
        viewers.append(Viewer(app, "participant", town, cookie.value, visitor.form["csrf_token"]))
    return viewers


def _say_in_private(enrolment: Enrolment, words: str) -> None:
    """An answer of the first wave that is to be read and not to be quoted."""
    wave = enrolment.programme.waves[0]
    visit = Visit(enrolment=enrolment, wave=wave, state="finished", language="uk", finished_on=today())
    answer = OpenAnswer(
        organisation_id=enrolment.organisation_id, visit=visit, participant=enrolment.participant,
        language="uk", may_quote=False,
    )  # fmt: skip
    answer.text = words
    db.session.add_all([visit, answer])
    db.session.commit()


def _viewer(app: Flask, role: str, town: Walked | None) -> Viewer:
    client = town.filled.town.sign_in(role) if town else app.test_client()
    if town and role == "coordinator":
        _open_paper(client, town)
    return _as_seen(client, role, town)


def _open_paper(client: FlaskClient, town: Walked) -> None:
    token = token_in(client.get("/manage/paper").text)
    sent = {"csrf_token": token, "code": town.filled.access_code, "answered_on": today().isoformat()}
    assert client.post("/manage/paper", data=sent).status_code == 303


def _as_seen(client: FlaskClient, role: str, town: Walked | None, also: Walked | None = None) -> Viewer:
    token = token_in(client.get("/staff/account" if town else "/").text)
    cookie = client.get_cookie("telvertel")
    assert cookie is not None
    return Viewer(client.application, role, town, cookie.value, token, also)


def _in_two(app: Flask, towns: Sequence[Walked]) -> Viewer:
    """One person: casemanager in one municipality, coordinator in another. They work in one at a time."""
    roles = {towns[0].slug: "casemanager", towns[1].slug: "coordinator"}
    email = "works-in-two@municipalities.example"
    with app.app_context():
        person = Staff(email=email, name="Works twice", password=hash_password(PASSWORD))
        db.session.add(person)
        db.session.commit()
        staff_id = person.id
    for town in towns[:2]:
        with app.app_context():
            db.session.enter(town.organisation_id)
            db.session.add(Membership(staff_id=staff_id, role=roles[town.slug]))
            db.session.commit()
    client = app.test_client()
    token = token_in(client.get("/staff/sign-in").text)
    answer = client.post("/staff/sign-in", data={"email": email, "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 302
    entered, also = towns[:2]
    token = token_in(client.get("/staff/account").text)
    answer = client.post(
        "/staff/organisation", data={"organisation": str(entered.organisation_id), "csrf_token": token}
    )
    assert answer.status_code in (303, 404)  # 404: one is there already
    return _as_seen(client, roles[entered.slug], entered, also)
