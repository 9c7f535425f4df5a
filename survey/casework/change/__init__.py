"""What changed for one person, domain by domain, beside the band within which a difference means nothing."""

from __future__ import annotations

from flask import Blueprint, Flask

from survey.casework import sections


def init_app(app: Flask) -> None:
    from survey.casework.change import section

    app.register_blueprint(Blueprint("change", __name__, template_folder="templates"))
    sections.add(app, sections.Section(22, "change/section.html", section.of_person))
