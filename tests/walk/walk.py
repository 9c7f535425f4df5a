"""Walking: everybody asks everything, of their own and of others; what is wrong is told in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from werkzeug.test import TestResponse

from tests.fixtures.cheap import hash_cheaply
from tests.walk import callbacks
from tests.walk.addresses import Map, Way, audience_of, explore, may
from tests.walk.answers import NAME, difference, judge_guard, judge_kept, judge_page, seen, whole
from tests.walk.database import Database, Rows, changed, rows
from tests.walk.towns import Kind, Viewer, Walked, made_up, settle

#: By who asked and what, what is seen of rows that do not exist.
Known = dict[tuple[int, str], tuple[Any, ...]]
#: What a GET may add to: who looked.
TRAIL = re.compile(r"audit")
ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
#: What people know of another municipality and may type.
ONES_OWN: tuple[Kind, ...] = (("programme", "code"), ("participant", "pseudonym"), ("staff", "email"))
#: Stands where a name will be put.
PLACE = "a-place"
#: By rule and field: the one thing that may tell that something exists elsewhere, and why.
KNOWN = {
    (
        "/manage/programmes/new",
        "code",
    ): "programme codes are unique in an installation, so a taken one is refused",
}


#: Where whoever works for two goes from one to the other, which is noted there.
MOVING = "/staff/organisation"


@dataclass(frozen=True)
class Asked:
    """One request: an address, and what is sent with it."""

    address: str
    form: dict[str, list[str]] | None = None
    json: dict[str, Any] | None = None

    def replaced(self, names: Mapping[str, str]) -> Asked:
        return replaced(self, names) if names else self

    def named(self, town: Walked) -> list[str]:
        """The names of this municipality in it."""
        return town.named_in(json.dumps([self.address, self.form, self.json]))


def replaced(asked: Asked, names: Mapping[str, str]) -> Asked:
    """With other names in it, wherever they stand."""
    find = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
    whole = json.dumps([asked.address, asked.form, asked.json])
    return Asked(*json.loads(find.sub(lambda found: names[found[0]], whole)))


@dataclass(frozen=True)
class Aim:
    """A request at another's row, and the same at a row that does not exist."""

    where: str
    town: Walked
    theirs: Asked
    nobodys: Asked
    #: What was asked for in each.
    their_names: tuple[str, ...]
    nobodys_names: tuple[str, ...]


def _shape(asked: Asked, home: Walked) -> object:
    """What two forms must differ in to be aimed twice: in their fields, or in which of them a name stands. Which of the
    choices without a name is made leads to nobody's rows.
    """
    if asked.form is None:
        return asked.address
    kinds = {name: home.kinds[name] for name in asked.named(home)}

    def standing(text: str) -> tuple[Kind, ...]:
        return tuple(sorted({kind for name, kind in kinds.items() if name in text}))

    fields = ((field, standing(json.dumps(values))) for field, values in asked.form.items())
    return ID.sub("", asked.address), standing(asked.address), tuple(sorted(fields))


@dataclass(repr=False)
class Walk:
    app: Flask
    database: Database
    towns: list[Walked]
    viewers: list[Viewer]
    map: Map
    before: Rows
    #: Along which somebody got somewhere.
    reached: set[Way] = field(default_factory=set)
    _clean: set[Any] = field(default_factory=set)

    @classmethod
    def begin(cls, app: Flask, keep: Callable[[], Database]) -> Walk:
        hash_cheaply(app)
        towns, viewers = settle(app)
        known = rows(app)
        database = keep()
        found = explore(app, viewers, towns[0], known)
        database.restore()
        return cls(app, database, towns, viewers, found, rows(app, as_stored=True))

    # What is asked

    def asked(self, way: Way) -> list[Asked]:
        """Requests along this way, with the names of the first municipality in them."""
        bare = [Asked(address) for address in self.map.addresses.get(way, [])]
        forms = self.map.forms.get(way, [])
        if way.method == "GET":
            return bare + [Asked(f"{form.address}?{urlencode(form.data, True)}") for form in forms]
        return bare + [Asked(form.address, form.data) for form in forms]

    def mine(self, viewer: Viewer, asked: Asked) -> Asked:
        """The same request as a viewer would make it at home."""
        if viewer.town is None or viewer.town is self.towns[0]:
            return asked
        names = {name: self._counterpart(name, viewer.town) for name in asked.named(self.towns[0])}
        return asked.replaced(names | {self.towns[0].mark: viewer.town.mark})

    def _counterpart(self, name: str, town: Walked | None) -> str:
        kind = next(each.kinds[name] for each in self.towns if name in each.kinds)
        return town.names[kind][0] if town and kind in town.names else made_up(name)

    def aims(self, way: Way, viewer: Viewer) -> Iterator[Aim]:
        """At everybody else's, one name at a time and all at once."""
        home = viewer.town or self.towns[0]
        alike = {_shape(one, home): one for one in (self.mine(viewer, one) for one in self.asked(way))}
        for other in self._others(viewer):
            for asked in alike.values():
                names = asked.named(home)
                for aimed in [[name] for name in names] + ([names] if len(names) > 1 else []):
                    where = ", ".join(dict.fromkeys(".".join(home.kinds[name]) for name in aimed))
                    yield self._aim(where, other, asked, {name: home.kinds[name] for name in aimed})

    def deeper_aims(self, way: Way, viewer: Viewer) -> Iterator[Aim]:
        """Ids of every kind wherever an id stands; names of every kind wherever something can be typed."""
        other = next(self._others(viewer))
        seen_fields: set[str] = set()
        for asked in [self.mine(viewer, one) for one in self.asked(way)]:
            for name in ID.findall(json.dumps([asked.address, asked.form])):
                where = next(
                    (field for field, values in (asked.form or {}).items() if name in values), "address"
                )
                ids = (kind for kind in other.names if kind[1] == "id" and where not in seen_fields)
                nobodys = made_up(name)
                for kind in ids:
                    yield self._aim(f"{kind[0]} in {where}", other, asked, {name: kind}, {name: nobodys})
                seen_fields.add(where)
        fields = {field_name: form for form in self.map.forms.get(way, []) for field_name in form.typed}
        for field_name, form in fields.items():
            filled = form.with_value(field_name, PLACE)
            typed = Asked(form.address, filled)
            if way.method == "GET":
                typed = Asked(f"{form.address}?{urlencode(filled, True)}")
            for kind in ONES_OWN:
                yield self._aim(field_name, other, self.mine(viewer, typed), {PLACE: kind})

    def _others(self, viewer: Viewer) -> Iterator[Walked]:
        """The next one, and for who works in two the other of these."""
        at = self.towns.index(viewer.town) if viewer.town else 0
        following = [*self.towns[at + 1 :], *self.towns[:at]]
        yield from [town for town in following if town is not viewer.also][:1]
        if viewer.also:
            yield viewer.also

    def _aim(
        self,
        where: str,
        other: Walked,
        asked: Asked,
        kinds: Mapping[str, Kind],
        nobodys: Mapping[str, str] | None = None,
    ) -> Aim:
        theirs = {name: other.names[kind][0] for name, kind in kinds.items()}
        nobodys = nobodys or {name: made_up(there) for name, there in theirs.items()}
        return Aim(
            where, other, replaced(asked, theirs), replaced(asked, nobodys),
            tuple(theirs.values()), tuple(nobodys.values()),
        )  # fmt: skip

    # What is found wrong

    def own(self, way: Way) -> list[str]:
        """Everybody at their own rows: who may, gets there, and sees and changes nothing of another's."""
        who, faults = audience_of(self.app, way), []
        for at, asked in enumerate(self.asked(way)):
            for viewer in self.viewers:
                if at and not may(viewer, who):
                    continue
                mine = self.mine(viewer, asked)
                version = self.database.version()
                answer = send(viewer, way.method, mine)
                if may(viewer, who) and answer.status_code < 400:
                    self.reached.add(way)
                echoed = () if viewer.town else mine.named(self.towns[0])
                found = [judge_guard(viewer, who, way.method, answer), self._leak(viewer, answer, echoed)]
                found.append(judge_kept(way.rule, answer))
                moves = way.rule == MOVING
                found.append(self._change(viewer, way.method, may(viewer, who), version, moves))
                if viewer.town is None or viewer.town is self.towns[0]:
                    found.append(judge_page(answer))
                faults += [f"{way}, {viewer} at {mine.address}: {fault}" for fault in found if fault]
        return faults

    def others(self, way: Way, *, deeply: bool = True) -> list[str]:
        """Everybody at rows of others: the answer is that for rows that do not exist, byte for byte."""
        who, faults, known = audience_of(self.app, way), [], Known()
        for viewer in self.viewers:
            if may(viewer, who):
                looks_deeper = deeply and not viewer.also and viewer.town in (None, self.towns[0])
                aims = [*self.aims(way, viewer), *(self.deeper_aims(way, viewer) if looks_deeper else ())]
            else:
                aims = list(islice(self.aims(way, viewer), 1))
            for aim in aims:
                if (way.rule, aim.where) not in KNOWN:
                    found = self.compare(viewer, way.method, aim, known)
                    faults += [
                        f"{way}, {viewer} at {aim.town.slug}'s {aim.where}: {fault}" for fault in found
                    ]
        return faults

    def compare(self, viewer: Viewer, method: str, aim: Aim, known: Known | None = None) -> list[str]:
        """`known`: what was answered about rows that do not exist is asked once."""
        known = {} if known is None else known
        theirs, faults = self._look(viewer, method, aim.theirs, aim.their_names)
        nobodys = id(viewer), json.dumps([aim.nobodys.address, aim.nobodys.form, aim.nobodys.json])
        if nobodys not in known:
            known[nobodys], more = self._look(viewer, method, aim.nobodys, aim.nobodys_names)
            faults += more
        if theirs != known[nobodys]:
            faults.append(
                "not what is told of a row that does not exist: " + difference(theirs, known[nobodys])
            )
        return faults

    def _look(
        self, viewer: Viewer, method: str, asked: Asked, names: tuple[str, ...]
    ) -> tuple[tuple[Any, ...], list[str]]:
        """What is seen, and what is wrong with it."""
        version = self.database.version()
        answer = send(viewer, method, asked)
        # Who is not signed in is sent to do so with all that was asked.
        echoed = names if viewer.town else (*names, *asked.named(self.towns[0]))
        found = [self._leak(viewer, answer, echoed), self._change(viewer, method, True, version)]
        return seen(viewer, answer, names), [fault for fault in found if fault]

    def _leak(self, viewer: Viewer, answer: TestResponse, names: Iterable[str] = ()) -> str | None:
        told = whole(answer)
        for name in names:
            told = told.replace(name, NAME)
        key = (hash(told), viewer.town and viewer.town.slug, viewer.also and viewer.also.slug)
        if key not in self._clean:  # files are large, and the same for everyone
            found = viewer.leaks(told, self.towns)
            if found:
                return f"saw {found!r} of another municipality"
            self._clean.add(key)
        return None

    def _change(
        self, viewer: Viewer, method: str, admitted: bool, version: object, moves: bool = False
    ) -> str | None:
        """What was changed and should not have been; everything is as it was afterwards."""
        if self.database.version() == version:
            return None
        differing = changed(self.before, rows(self.app, as_stored=True))
        if not differing:
            return None
        self.database.restore()
        own = {None, viewer.town.organisation_id if viewer.town else None}
        own |= {viewer.also.organisation_id} if viewer.also and moves else set()
        if {owner for owner, _ in differing} - own:
            return f"changed rows of another municipality: {sorted({table for _, table in differing})}"
        tables = sorted({table for _, table in differing if not TRAIL.search(table)})
        if tables and method == "GET":
            return f"a GET changed {tables}"
        if tables and not admitted:
            return f"was refused and changed {tables} nevertheless"
        return None

    # Dash

    def callbacks(self) -> list[str]:
        """Every callback, with everything that names a row in each of its inputs."""
        return [fault for callback in callbacks.of(self.app) for fault in self._callback(callback)]

    def _callback(self, callback: callbacks.Callback) -> list[str]:
        way, faults = Way("POST", callback.address), []
        who = audience_of(self.app, way)
        for viewer in self.viewers:
            values = self._callback_values(callback)
            deep = viewer.town is self.towns[0] and may(viewer, who)
            for body in callback.asked(values if deep else values[:2]):
                mine = self.mine(viewer, Asked(callback.address, None, body))
                found = self._call(way, viewer, mine)
                if deep or viewer.also:
                    found += [
                        fault
                        for aim in self._aims_at_all(viewer, mine)
                        for fault in self.compare(viewer, "POST", aim)
                    ]
                faults += [f"{callback.output}, {viewer} with {mine.json}: {fault}" for fault in found]
        return faults

    def _call(self, way: Way, viewer: Viewer, asked: Asked) -> list[str]:
        who, version = audience_of(self.app, way), self.database.version()
        answer = send(viewer, "POST", asked)
        if may(viewer, who) and answer.status_code < 400:
            self.reached.add(way)
        echoed = () if viewer.town else asked.named(self.towns[0])
        found = [judge_guard(viewer, who, "POST", answer), self._leak(viewer, answer, echoed)]
        return [fault for fault in (*found, self._change(viewer, "GET", may(viewer, who), version)) if fault]

    def _aims_at_all(self, viewer: Viewer, asked: Asked) -> Iterator[Aim]:
        home = viewer.town or self.towns[0]
        names = asked.named(home)
        for other in self._others(viewer) if names else ():
            yield self._aim("row", other, asked, {name: home.kinds[name] for name in names})

    def _callback_values(self, callback: callbacks.Callback) -> list[str]:
        """What may stand in an input: addresses of the dashboard, and names of rows."""
        addresses = [
            address for way, found in self.map.addresses.items() if way.method == "GET" for address in found
            if address.startswith(callback.root) and Asked(address).named(self.towns[0])
        ]  # fmt: skip
        return (
            addresses[:3]
            + [names[0] for (_, column), names in self.towns[0].names.items() if column != "id"]
            + [self.towns[0].names["participant", "id"][0]]
        )


def send(viewer: Viewer, method: str, asked: Asked) -> TestResponse:
    return viewer.ask(method, asked.address, asked.form, asked.json)
