"""Checking a release from the document alone, as anybody can who has it."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator

from dashboard.outcomes import rules
from dashboard.outcomes.canonical import digest


def verify(document: object) -> list[str]:
    """What is wrong with a release, one English sentence each; empty when nothing is.

    Looks at the form (the schema), the hash, and the rules of disclosure and arithmetic that can be told
    from the document alone. Never raises, whatever the document is.
    """
    problems: list[str] = []
    try:
        if _is_of_first_format(document):
            return [FIRST_FORMAT]
        problems += [_sentence(error) for error in _schema().iter_errors(document)]
        if not isinstance(document, dict):
            return problems
        well_formed = not problems
        if digest(document) != document.get("sha256"):
            problems.append("The hash does not belong to this document: something in it was changed.")
    except RecursionError:
        return ["The document is nested too deeply to be a release."]
    except ValueError as error:
        return [*problems, f"The document has no canonical form and so no hash: {error}."]
    return problems + rules.broken_rules(document) if well_formed else problems


FIRST_FORMAT = (
    "This release is of the first format, from before there were cohorts. It was not changed since it was made, but "
    "its rules are no longer checked: build a new release."
)


def _is_of_first_format(document: object) -> bool:
    """Whole, and with none of what came later."""
    if not isinstance(document, dict) or "follow_up" in document or "population" not in document:
        return False
    return digest(document) == document.get("sha256")


@cache
def _schema() -> Draft202012Validator:
    """The packaged copy of docs/release.schema.json (a test keeps them the same)."""
    text = files("dashboard.outcomes").joinpath("release.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))


def _sentence(error: Any) -> str:
    """A fault in the form, with its place; the value is cut off, it can be as large as the document."""
    message = error.message if len(error.message) <= 200 else error.message[:200] + "..."
    return f"At {error.json_path}: {message}."
