"""The roof: both applications put together, and the `telvertel` command."""

from __future__ import annotations

import os

import click
from flask import Flask

from survey import create_survey
from survey.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Survey and dashboard in one application, or the half that `settings.part` names."""
    settings = settings or Settings()
    app = create_survey(settings)
    if settings.part != "survey":
        import dashboard  # brings plotly, which survey workers do without

        dashboard.init_app(app)
    return app


def commands() -> click.Group:
    """Each floor brings its own commands."""
    import dashboard.commands
    import demonstration.commands
    import instruments.commands
    import survey.backup.commands
    import survey.commands
    import survey.exchange.commands
    import survey.privacy.commands
    import survey.privacy.retention_commands

    group = click.Group(
        "telvertel", help="Find out whether newcomers can take part, in numbers and in their own words."
    )
    for command in (
        demonstration.commands.demo,
        *survey.commands.COMMANDS,
        survey.backup.commands.backup,
        survey.backup.commands.restore,
        survey.privacy.commands.key,
        survey.privacy.retention_commands.retention,
        instruments.commands.instrument,
        survey.exchange.commands.import_,
        survey.exchange.commands.export,
        dashboard.commands.analyse,
        dashboard.commands.release,
    ):
        group.add_command(command)
    return group


def main() -> None:
    """What this program writes (database, backup, export) is for whoever runs it, and for nobody else."""
    os.umask(0o077)
    commands()()
