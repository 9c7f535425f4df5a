"""Every text a participant meets can be heard: templates pass it through `heard`, and a script (listen.js) puts
buttons there where the device can speak the language by itself.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2 import Environment, pass_environment


def init_app(app: Flask) -> None:
    app.jinja_env.filters["heard"] = heard


@pass_environment
def heard(environment: Environment, text: str) -> Any:
    """A text of a participant's page, marked as one that can be heard."""
    module: Any = environment.get_template("participant/heard.html").module
    return module.heard(text)
