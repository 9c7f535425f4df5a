"""The command that keeps to how long things may be kept; to be run every night."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import click

from survey.commandline import in_app


@click.group()
def retention() -> None:
    """How long things are kept."""


@retention.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be marked and removed.")
@in_app
def run(dry_run: bool) -> None:
    """Mark what has been kept long enough, remove what was marked 30 days ago, and say so on stdout, a line of JSON
    for each kind and programme. What the ledger of erasures says is done again too. For every night.

    Example: telvertel retention run --dry-run
    """
    from survey.database import db
    from survey.privacy import erasure, retention, scrubbing

    again = 0 if dry_run else erasure.replay()
    removed = 0
    for organisation_id in _organisations():
        db.session.enter(organisation_id)
        for line in retention.run(dry_run):
            counts = {what: len(getattr(line, what)) for what in ("marked", "waiting", "removed")}
            removed += counts["removed"]
            click.echo(json.dumps({**asdict(line), "counts": counts}))
        if dry_run:
            db.session.rollback()
        else:
            db.session.commit()
    if removed and not dry_run:
        scrubbing.rewrite()
    if again:
        click.echo(f"Erasures done again, as the ledger says: {again}.", err=True)
    click.echo("Nothing was changed." if dry_run else "Done.", err=True)


def _organisations() -> Sequence[UUID]:
    from sqlalchemy import select

    from survey.database import db
    from survey.models import Organisation

    with db.session.exempt("operator"):
        return db.session.scalars(select(Organisation.id).order_by(Organisation.slug)).all()
