"""Every fault of a definition at once, each with its place: `domain[3] work, item[1] work_2`.

`structure` asks the model about each field. `references` compares tables with each other; it reads the plain
document and passes over whatever is malformed, so that one fault never hides another.
"""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from instruments.model import CHOSEN, Instrument

Document = dict[str, Any]
Path = tuple[str | int, ...]
Fault = tuple[Path, str]

# The fields by which a reader knows a table.
NAMED_BY = ("code", "id", "key")
PLAIN_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_type": "must be text between quotes",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list: values between [ and ], or tables headed [[name]]",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "too_short": "must have at least {min_length}",
    "too_long": "must have at most {max_length}",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
}


def problems(document: Document) -> list[tuple[str, str]]:
    """Every (place, message) of what is wrong with a definition read from TOML; empty when it can be used."""
    faults = sorted({*structure(document), *references(document)}, key=_order)
    return [(place(document, path), message) for path, message in faults]


def structure(document: Document) -> Iterator[Fault]:
    """What is wrong within single fields."""
    try:
        Instrument.model_validate(document)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            words, context = PLAIN_WORDS.get(detail["type"]), detail.get("ctx", {})
            # Pydantic counts only the rows that are right, so it calls a list of one wrong row too short.
            if detail["type"] == "too_short" and len(detail["input"]) >= context["min_length"]:
                continue
            yield detail["loc"], words.format(**context) if words else detail["msg"]


def references(document: Document) -> Iterator[Fault]:
    """What is wrong between tables, or between the fields of one table."""
    scales = _named(document, "scale", "key")
    items = list(_items(document))
    yield from _duplicates(scales, "key")
    yield from _duplicates(_named(document, "mapping", "key"), "key")
    yield from _duplicates(_named(document, "domain", "code"), "code")
    yield from _duplicates([(path, item) for path, item in items if _is_text(item.get("id"))], "id")
    for path, scale in scales:
        yield from _scale_faults(path, scale)
    yield from _scale_use(scales, items)
    if document.get("intake") is True:
        yield from _intake_faults(items)
        yield from _condition_faults(scales, items)
    else:
        yield from _questionnaire_faults(items)
        yield from _mixed_ranges(scales, items)
    yield from _unknown_terms(document)


def place(document: Document, path: Path) -> str:
    """A path in words: tables by their number (the first is 0) and their own name, fields by name."""
    parts: list[str] = []
    here: Any = document
    for step in path:
        here = _step(here, step)
        if isinstance(step, int) and parts:
            parts[-1] += f"[{step}]" + _own_name(here)
        else:
            parts.append(_shown(str(step)))
    return ", ".join(parts) or "file"


def _step(here: Any, step: str | int) -> Any:
    try:
        return here[step]
    except (KeyError, IndexError, TypeError):
        return None


def _own_name(table: Any) -> str:
    names = [name for field in NAMED_BY if isinstance(name := _table(table).get(field), str)]
    return f" {_shown(names[0])}" if names else ""


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name[:40])


def _quoted(value: str) -> str:
    return json.dumps(value[:60], ensure_ascii=False)


def _order(fault: Fault) -> tuple[list[tuple[bool, int, str]], str]:
    path, message = fault
    return [(isinstance(s, str), s if isinstance(s, int) else 0, str(s)) for s in path], message


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _table(value: Any) -> Document:
    return value if isinstance(value, dict) else {}


def _named(document: Document, name: str, field: str) -> list[tuple[Path, Document]]:
    """The tables under a name that say how they are called."""
    rows = enumerate(_list(document.get(name)))
    return [((name, number), row) for number, row in rows if _is_text(_table(row).get(field))]


def _items(document: Document) -> Iterator[tuple[Path, Document]]:
    for d, domain in enumerate(_list(document.get("domain"))):
        for i, item in enumerate(_list(_table(domain).get("item"))):
            if isinstance(item, dict):
                yield ("domain", d, "item", i), item


def _duplicates(tables: list[tuple[Path, Document]], field: str) -> Iterator[Fault]:
    first: dict[str, Path] = {}
    for path, table in tables:
        name = table[field]
        if name in first:
            yield path, f"{field} {_quoted(name)} is used before, in {place({}, first[name])}"
        first.setdefault(name, path)


def _codes(scale: Document) -> list[int]:
    """The codes of a scale; empty when they are not whole numbers."""
    codes = _list(scale.get("codes"))
    return codes if all(type(code) is int for code in codes) else []


def _scale_faults(path: Path, scale: Document) -> Iterator[Fault]:
    if any(low >= high for low, high in pairwise(_codes(scale))):
        yield (*path, "codes"), "must increase: each code higher than the one before"
    labels = _list(scale.get("labels"))
    if not labels or not all(_is_text(label) for label in labels):
        return
    codes = _list(scale.get("codes"))
    if codes and len(labels) != len(codes):
        yield (*path, "labels"), f"must be as many as the codes: {len(labels)} labels, {len(codes)} codes"
    values = _list(scale.get("values"))
    if values and len(values) != len(codes):
        yield (*path, "values"), f"must be as many as the codes: {len(values)} values, {len(codes)} codes"
    given = [label for label in labels if label]
    ends_only = len(given) == 2 and labels[0] and labels[-1]
    if len(given) < len(labels) and not ends_only:
        yield (*path, "labels"), "are partly empty: label every code, or only the first and the last"
    for label, times in Counter(given).items():
        if times > 1:
            yield (*path, "labels"), f"must differ: {_quoted(label)} stands {times} times"


def _scale_use(scales: list[tuple[Path, Document]], items: list[tuple[Path, Document]]) -> Iterator[Fault]:
    defined = {scale["key"] for _, scale in scales}
    asked = [(path, item["scale"]) for path, item in items if _is_text(item.get("scale"))]
    for path, key in asked:
        if key not in defined:
            yield path, f"scale {_quoted(key)} is not defined"
    used = {key for _, key in asked}
    for path, scale in scales:
        if scale["key"] not in used:
            yield path, "is used by no item"


def _questionnaire_faults(items: list[tuple[Path, Document]]) -> Iterator[Fault]:
    for path, item in items:
        yield from (
            ((*path, field), "is missing") for field in ("scale", "measures", "why") if field not in item
        )
        for field in ("answer", "shown_if", "purpose", "least", "most", "records"):
            if field in item:
                yield (*path, field), "belongs to an intake"


def _intake_faults(items: list[tuple[Path, Document]]) -> Iterator[Fault]:
    for path, item in items:
        if "purpose" not in item:
            yield (*path, "purpose"), "is missing"
        is_chosen = item.get("answer", "one") in CHOSEN
        if is_chosen and "scale" not in item:
            yield (*path, "scale"), "is missing"
        if not is_chosen and "scale" in item:
            yield (*path, "scale"), "belongs to what is chosen, and this is written"


def _condition_faults(
    scales: list[tuple[Path, Document]], items: list[tuple[Path, Document]]
) -> Iterator[Fault]:
    """What an item depends on was asked before it, on the same screen, and can be answered like that."""
    codes = {scale["key"]: _codes(scale) for _, scale in scales}
    before: dict[tuple[Path, str], list[int]] = {}
    for path, item in items:
        condition = _table(item.get("shown_if"))
        name = condition.get("item")
        if isinstance(name, str):
            known = before.get((path[:2], name))
            if known is None:
                yield (
                    (*path, "shown_if"),
                    f"{_quoted(name)} is not chosen from a scale earlier in this domain",
                )
            elif unknown := [code for code in _list(condition.get("codes")) if code not in known]:
                yield (*path, "shown_if"), f"{_quoted(name)} has no code {str(unknown[0])[:20]}"
        scale = item.get("scale")
        if _is_text(item.get("id")) and _is_text(scale) and scale in codes:
            before[path[:2], item["id"]] = codes[scale]


def _mixed_ranges(scales: list[tuple[Path, Document]], items: list[tuple[Path, Document]]) -> Iterator[Fault]:
    """A mean over 1-5 and 0-10 answers would mean nothing."""
    codes = {scale["key"]: _codes(scale) for _, scale in scales}
    ranges: dict[Path, set[tuple[int, int]]] = {}
    for path, item in items:
        found = codes.get(item["scale"]) if _is_text(item.get("scale")) else None
        if found:
            ranges.setdefault(path[:2], set()).add((min(found), max(found)))
    for path, ends in ranges.items():
        if len(ends) > 1:
            words = " and ".join(f"{low} to {high}" for low, high in sorted(ends))
            yield path, f"mixes answers from {words}; the items of a domain share one range"


def _unknown_terms(document: Document) -> Iterator[Fault]:
    known = {table["key"]: _table(table.get("terms")) for _, table in _named(document, "mapping", "key")}
    for path, domain in _named(document, "domain", "code"):
        for key, terms in _table(domain.get("mappings")).items():
            if key not in known:
                yield (*path, "mappings"), f"mapping {_quoted(key)} is not defined"
                continue
            for term in _list(terms):
                if _is_text(term) and term not in known[key]:
                    yield (*path, "mappings", key), f"term {_quoted(term)} is not defined in that mapping"
