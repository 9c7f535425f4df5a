"""The callbacks of Dash that run on the server, as the browser calls them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dash import Dash
from flask import Flask


@dataclass(frozen=True)
class Callback:
    address: str
    #: Under which the pages of this Dash application stand.
    root: str
    output: str
    inputs: tuple[tuple[str, str], ...]
    state: tuple[tuple[str, str], ...]

    def asked(self, values: list[str]) -> Iterator[dict[str, Any]]:
        """What is sent: each of these values in each of the inputs, the others empty."""
        for at in range(len(self.inputs) + len(self.state)):
            for value in values:
                yield self._body(
                    [value if at == place else "" for place in range(len(self.inputs + self.state))]
                )

    def _body(self, values: list[str]) -> dict[str, Any]:
        given = [
            {"id": name, "property": part, "value": value}
            for (name, part), value in zip(self.inputs + self.state, values, strict=True)
        ]
        outputs: Any = [_named(one) for one in self.output.strip(".").split("...")]
        return {
            "output": self.output,
            "outputs": outputs if self.output.startswith("..") else outputs[0],
            "inputs": given[: len(self.inputs)],
            "state": given[len(self.inputs) :],
            "changedPropIds": [f"{name}.{part}" for name, part in self.inputs[:1]],
        }


def of(app: Flask) -> list[Callback]:
    found = []
    for one in {id(owner): owner for view in app.view_functions.values() if (owner := _owner(view))}.values():
        root = one.config.requests_pathname_prefix
        found += [
            Callback(
                f"{root}_dash-update-component",
                root,
                output,
                _pairs(declared["inputs"]),
                _pairs(declared["state"]),
            )
            for output, declared in one.callback_map.items()
            if "callback" in declared
        ]
    return found


def _owner(view: Any) -> Dash | None:
    owner = getattr(view, "__self__", None)
    return owner if isinstance(owner, Dash) else None


def _pairs(declared: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((one["id"], one["property"]) for one in declared)


def _named(output: str) -> dict[str, str]:
    name, _, part = output.partition("@")[0].rpartition(".")
    return {"id": name, "property": part}
