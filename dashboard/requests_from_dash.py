"""What Dash's own addresses may be asked: only what the page in the browser asks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash
from dash.exceptions import DependencyException
from flask import abort, request

View = Callable[..., Any]
#: Longer than any address of the dashboard.
LONGEST_VALUE = 400


def checked_callback(dispatch: View, dash_app: Dash) -> View:
    """Callbacks with exactly the inputs they were declared with, each a short text that can be shown; else 400."""

    def checked() -> Any:
        try:
            body = request.get_json(silent=True)
        except RecursionError:  # brackets within brackets within brackets
            abort(400)
        if not isinstance(body, dict) or not _is_declared(body, dash_app):
            abort(400)
        return dispatch()

    return checked


def _is_declared(body: dict[str, Any], dash_app: Dash) -> bool:
    output = body.get("output")
    if not isinstance(output, str) or "callback" not in dash_app.callback_map.get(output, ()):
        return False  # unknown, or one that runs in the browser alone
    declared = dash_app.callback_map[output]
    return (
        _fits(body.get("inputs"), declared["inputs"])
        and _fits(body.get("state", []), declared["state"])
        and _names_output(body.get("outputs"), output)
        and isinstance(body.get("changedPropIds", []), list)
        and all(isinstance(changed, str) for changed in body.get("changedPropIds", []))
    )


def _fits(sent: Any, declared: list[dict[str, str]]) -> bool:
    return (
        isinstance(sent, list)
        and len(sent) == len(declared)
        and all(_is_value(given, wanted) for given, wanted in zip(sent, declared, strict=True))
    )


def _is_value(given: Any, wanted: dict[str, str]) -> bool:
    return (
        isinstance(given, dict)
        and (given.get("id"), given.get("property")) == (wanted["id"], wanted["property"])
        and isinstance(given.get("value"), str)
        and len(given["value"]) <= LONGEST_VALUE
        and given[
            "value"
        ].isprintable()  # no halves of characters, which JSON lets through and databases do not
    )


def _names_output(sent: Any, output: str) -> bool:
    return isinstance(sent, dict) and f"{sent.get('id')}.{sent.get('property')}" == output


def checked_suite(serve: View) -> View:
    """Scripts of Dash's components; 404 for names that are none."""

    def checked(package_name: str, fingerprinted_path: str) -> Any:
        try:
            return serve(package_name, fingerprinted_path)
        except (DependencyException, KeyError, FileNotFoundError):
            abort(404)

    return checked
