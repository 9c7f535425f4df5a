"""What a worker keeps in its memory, and why no other worker needs to know: each thing by name, with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("instruments", "survey", "dashboard")
CACHES = {"cache", "lru_cache"}

TEXTS = "texts and instruments of the version that is installed; a new version means a restart"
ASKED = "worked out from what it is asked with, and from nothing else"
SIGNED = "a signature, under the key and the text it belongs to"
SETTINGS = "settings, which are read once"
#: What is kept from one request to the next -> why it may be.
KEPT = {
    "survey.targets._file": TEXTS,
    "survey.terms.rules": TEXTS,
    "dashboard.pages.made.page": "a page under the whole release that it is about",
    "dashboard.pages.made.figures": "figures under the whole release that they are about",
    "dashboard.pages.reader._points": "how a number is written in a language",
    "instruments.asking.instruments": TEXTS,
    "instruments.library._shipped": TEXTS,
    "instruments.library._load": TEXTS,
    "instruments.translation.catalog": TEXTS,
    "instruments.translation.words": TEXTS,
    "instruments.translation.is_approved": TEXTS,
    "instruments.placeholders.plural_forms": TEXTS,
    "instruments.placeholders.forms_for_one_number": TEXTS,
    "survey.wording.texts.interface_catalog": TEXTS,
    "survey.wording.texts.all_texts": TEXTS,
    "survey.wording.texts.question_keys": TEXTS,
    "survey.wording.standing._standing": "under the edition, which is another one after every decision",
    "survey.wording.standing._shipped": TEXTS,
    "survey.wording.kept._texts_of": "texts under their own hash",
    "survey.wording.kept._kept_statement": ASKED,
    "survey.wording.kept._words_in": "texts under their own hash",
    "survey.reviewing.pictures._question_with": TEXTS,
    "survey.reviewing.pictures.screens_of_texts": TEXTS,
    "survey.recordings._listing": ASKED,
    "survey.respond.forms._offered": TEXTS,
    "survey.respond.queries.steps_of": TEXTS,
    "survey.respond.queries._steps_in": ASKED,
    "survey.respond.queries._places_in": ASKED,
    "survey.respond.queries._address": ASKED,
    "survey.respond.pages._ready": "a page under all that it shows: name and help contact of the organisation too",
    "survey.respond.pages._signed": SIGNED,
    "survey.respond.ahead._kept": "pages under all that they show",
    "survey.respond.queries._last_address": ASKED,
    "survey.respond.questionnaire_views._said": ASKED,
    "survey.respond.delivery._named_visit_lock": ASKED,
    "survey.respond.delivery._delivery_statement": ASKED,
    "survey.respond.tickets._read": "what a ticket says, not whether it still counts",
    "survey.privacy.envelopes._private": "derived from a master key, and under that",
    "survey.privacy.envelopes._public": "derived from a master key, and under that",
    "survey.joined.content": "files of the program",
    "survey.forgery._opened": SIGNED,
    "survey.ids.id_of": ASKED,
    "survey.metrics:self._labelled": "counters of this worker, which are added up with those of others",
    "survey.sessions:self._read": "what a cookie of ours holds, under the whole of it and the key",
    "dashboard.reading.responses._pages": ASKED,
    "dashboard.reading.responses._responses": ASKED,
    "survey.respond.operations._page_upsert": ASKED,
    "survey.respond.queries._visit_lock": ASKED,
    "survey.respond.queries._sitting_statement": ASKED,
    "survey.statements.read": ASKED,
    "survey.tenancy._owner_columns": "the models of the program",
    "survey.asked:self._judge_name": SETTINGS,
    "survey.forwarded:self._find_proxy": SETTINGS,
    "survey.forwarded:lambda host: host_is_trusted(host, setti": SETTINGS,
    "dashboard.outcomes.release.verify._schema": "a file of the program",
    "survey.manage.first_look._days": "names of CLDR",
    "survey.manage.first_look._origins": "names of CLDR",
}


def kept_in(path: Path) -> Iterator[str]:
    """Functions of a file that keep what they returned, and lambdas and methods given to such a keeper."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for part in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(part, ast.FunctionDef) and any(_keeps(each) for each in part.decorator_list):
            yield f"{module}.{part.name}"
        if isinstance(part, ast.Call) and _is_given_something_to_keep(part):
            yield f"{module}:{ast.unparse(part.args[0])[:40]}"
        if isinstance(part, ast.Global):
            yield f"{module}:global {', '.join(part.names)}"


def _is_given_something_to_keep(call: ast.Call) -> bool:
    """`lru_cache(maxsize=10)(function)`, or `cache(function)`."""
    bare = isinstance(call.func, ast.Name) and call.func.id == "cache"
    return bare or (isinstance(call.func, ast.Call) and _keeps(call.func))


def _keeps(decorator: ast.expr) -> bool:
    name = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(name).rpartition(".")[2] in CACHES


def test_everything_that_is_kept_has_a_reason() -> None:
    """A new cache is added to KEPT with the reason why another worker's change cannot make it wrong."""
    found = {
        name for package in PACKAGES for path in (ROOT / package).rglob("*.py") for name in kept_in(path)
    }
    assert sorted(found) == sorted(KEPT)
