"""Every address of an application, learnt from the application: its rules, its own links and forms, its models.

A rule with arguments is given addresses in two ways: those that its own pages lead to, and those that can be made of
what the municipality has: an id of every table, and the values of columns that have the argument's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import islice, product
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import AnyConverter, Rule, UUIDConverter

from survey.audience import EVERYONE
from survey.models import Model
from survey.settings import Settings
from telvertel import create_app
from tests.walk.database import Rows
from tests.walk.forms import Form, forms_on
from tests.walk.towns import Viewer, Walked

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
LINK = re.compile(r'(?:href|src|action|data-sound)="([^"#]+)')
#: Of addresses that differ only in what they name, so many are walked.
ALIKE = 3
#: Of the forms to one address, so many are filled in.
MOST_FORMS = 6
#: Of the addresses that can be made of a municipality's values, so many are tried.
TRIED = 120


@dataclass(frozen=True, order=True)
class Way:
    """A rule and a method: what a test walks. Told apart by text, for each application makes its own rules."""

    method: str
    rule: str

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def ways_of(app: Flask) -> list[Way]:
    rules = list(app.url_map.iter_rules())
    return sorted(
        Way(method, str(rule)) for rule in rules for method in METHODS if method in (rule.methods or ())
    )


def all_ways() -> list[Way]:
    """Told without a database."""
    settings = Settings(
        key="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", plain_http=True, database_url="sqlite://"
    )
    return ways_of(create_app(settings))


@dataclass
class Map:
    """What the first municipality's people find: addresses and forms by way, with its own names in them."""

    addresses: dict[Way, list[str]] = field(default_factory=dict)
    forms: dict[Way, list[Form]] = field(default_factory=dict)


def rule_of(app: Flask, way: Way) -> Rule:
    return next(
        rule for rule in app.url_map.iter_rules() if str(rule) == way.rule and way.method in rule.methods
    )


def audience_of(app: Flask, way: Way) -> frozenset[str]:
    table: dict[str, frozenset[str]] = app.extensions["telvertel_audience"]
    return table.get(rule_of(app, way).endpoint, frozenset())


def may(viewer: Viewer, who: frozenset[str]) -> bool:
    return who is EVERYONE or viewer.role in who


def explore(app: Flask, viewers: list[Viewer], town: Walked, known: Rows) -> Map:
    """Follow every link that somebody of this town sees; then try what the models make of the rest."""
    found = Map()
    own = [viewer for viewer in viewers if viewer.town in (None, town)]
    for viewer in own:
        _follow(app, viewer, found)
    values = _values(town, known)
    for way in ways_of(app):
        _find(app, own, way, town, values, found)
    for way, addresses in found.addresses.items():
        if way.method == "GET":
            _read_forms(app, own, way, addresses, found)
    return found


def _find(
    app: Flask, own: list[Viewer], way: Way, town: Walked, values: dict[str, list[str]], found: Map
) -> None:
    """Addresses of a way that no link led to."""
    rule = rule_of(app, way)
    here = found.addresses.setdefault(way, [])
    here += [one for one in found.addresses.get(Way("GET", way.rule), []) if one not in here]
    if not rule.arguments:
        found.addresses[way] = here or [str(rule)]
    elif not here and way.method == "GET":
        admitted = [viewer for viewer in own if may(viewer, audience_of(app, way))][:1]
        guesses = islice(_guesses(app, rule, town, values, second=True), 3 * TRIED)
        there = (one for one in guesses for viewer in admitted if viewer.ask("GET", one).status_code < 400)
        here += islice(there, ALIKE)
    elif not here:
        here += islice(_guesses(app, rule, town, values), TRIED)


def _follow(app: Flask, viewer: Viewer, found: Map) -> None:
    waiting = [str(rule) for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in rule.methods]
    seen: set[str] = set()
    shapes: dict[tuple[str, ...], int] = {}
    while waiting:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        answer = viewer.ask("GET", address)
        if answer.status_code >= 400:
            continue
        links = [answer.location] if answer.location else []
        links += LINK.findall(answer.text) if answer.mimetype == "text/html" else []
        for link in (urljoin(address, unescape(link)) for link in links):
            way = _way(app, link)
            if way is None or not _is_new(link, way, shapes, seen):
                continue
            known = found.addresses.setdefault(way, [])
            if link not in known and len(known) < ALIKE + 1:
                known.append(link)
            if way.method == "GET":
                waiting.append(link)


def _way(app: Flask, link: str) -> Way | None:
    """Which rule an address belongs to: the one for reading if there is one, else the one for writing."""
    parts = urlsplit(link)
    if parts.netloc not in ("", "localhost"):
        return None
    adapter = app.url_map.bind("localhost")
    for method in METHODS:
        try:
            rule, _ = adapter.match(parts.path, method=method, return_rule=True)
        except HTTPException:
            continue
        return Way(method, str(rule))
    return None


def _is_new(link: str, way: Way, shapes: dict[tuple[str, ...], int], seen: set[str]) -> bool:
    parts = urlsplit(link)
    asked = sorted(pair.partition("=")[0] for pair in parts.query.split("&") if pair)
    shape = (way.rule, str(parts.path.count("/")), *asked)
    shapes[shape] = shapes.get(shape, 0) + (link not in seen)
    return shapes[shape] <= ALIKE


def _read_forms(app: Flask, own: list[Viewer], way: Way, addresses: list[str], found: Map) -> None:
    for viewer in own:
        if not may(viewer, audience_of(app, way)):
            continue
        for address in addresses:
            answer = viewer.ask("GET", address)
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            for form in forms_on(answer.text, address):
                to = _way_of_form(app, form)
                if to is not None:
                    _keep(form, found.forms.setdefault(to, []))


def _way_of_form(app: Flask, form: Form) -> Way | None:
    try:
        rule, _ = app.url_map.bind("localhost").match(
            urlsplit(form.address).path, method=form.method, return_rule=True
        )
    except HTTPException:
        return None
    return Way(form.method, str(rule))


def _keep(form: Form, forms: list[Form]) -> None:
    """One of those that differ only in where they stand and what was in them, for each button."""

    def shape(one: Form) -> Any:
        return sorted(name for name, _ in one.fields), one.button

    if len(forms) < MOST_FORMS and all(shape(form) != shape(one) for one in forms):
        forms.append(form)


def _values(town: Walked, known: Rows) -> dict[str, list[str]]:
    """By the name of a column, what this municipality has in it."""
    values: dict[str, list[str]] = {}
    for table in Model.metadata.sorted_tables:
        mine = known.get((town.organisation_id, table.name), [])
        for at, column in enumerate(table.columns):
            for row in mine:
                value = row[at]
                if isinstance(value, str | int) and not isinstance(value, bool) and len(str(value)) <= 64:
                    names = values.setdefault(column.name, [])
                    if str(value) not in names:
                        names.append(str(value))
    return values


def _files(app: Flask, endpoint: str) -> list[str]:
    blueprint, _, _ = endpoint.rpartition(".")
    folder = Path((app.blueprints[blueprint] if blueprint else app).static_folder or "")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [str(path.relative_to(folder)) for path in files[:ALIKE]]


def _ids(town: Walked, *, second: bool) -> list[str]:
    """One of every table; after these another one of each where only a `second` may have what is looked for."""
    ids = [names for (_, column), names in town.names.items() if column == "id"]
    return [names[0] for names in ids] + [names[1] for names in ids if second and len(names) > 1]


def _guesses(
    app: Flask, rule: Rule, town: Walked, values: dict[str, list[str]], *, second: bool = False
) -> Iterator[str]:
    offered = []
    for name in sorted(rule.arguments):
        converter = rule._converters[name]
        if isinstance(converter, UUIDConverter):
            offered.append(_ids(town, second=second and len(rule.arguments) == 1))
        elif isinstance(converter, AnyConverter):
            offered.append(sorted(converter.items))
        elif rule.endpoint.endswith("static"):
            offered.append(_files(app, rule.endpoint))
        else:
            offered.append(values.get(name, [])[:20])
    for chosen in product(*offered):
        arguments: dict[str, Any] = dict(zip(sorted(rule.arguments), chosen, strict=True))
        try:
            built = rule.build(arguments, append_unknown=False)
        except (ValueError, TypeError):
            continue
        if built:
            yield built[1]
