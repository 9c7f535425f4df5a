"""`telvertel import` and `telvertel export`: files in, files out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask_babel import gettext as _

from survey.codes import EXPORT_FORMATS
from survey.commandline import in_app
from survey.fieldwork import Refused
from survey.refusal import NotImported, Refusal

if TYPE_CHECKING:
    from survey.exchange.caseload.plan import Plan
    from survey.exchange.load import Summary

#: Reasons printed; those behind are counted.
MOST_PRINTED = 50


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--programme", "programme_code", metavar="CODE", required=True, help="The programme's code.")
@click.option("--dry-run", is_flag=True, help="Check everything and say what would happen; change nothing.")
@click.option("--replace", is_flag=True, help="Let rows take the place of stored ones that differ.")
@in_app
def import_(file: Path, programme_code: str, dry_run: bool, replace: bool) -> None:
    """Bring in responses, or a caseload, from FILE (CSV in UTF-8, or XLSX): all of it or nothing.

    One row per response; or, in a file with a column `what`, one row per participant, observation, activity or note.
    Importing the same file again changes nothing. docs/exchange.md tells the columns.

    \b
    Example:
      telvertel import before.csv --programme samen --dry-run
    """
    from survey.exchange.files import NotLoaded, run_import

    try:
        summary = run_import(file, programme_code, dry_run, replace)
    except NotImported as refused:
        _print_refusals(refused)
        if dry_run and isinstance(refused, NotLoaded):
            _print_counts(refused.plan)
        raise SystemExit(1) from None
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    _print_summary(summary)
    if dry_run:
        click.echo(_("This was a trial: nothing was changed."), err=True)


@click.command("export")
@click.argument("programme_code", metavar="CODE")
@click.option(
    "--format",
    type=click.Choice(EXPORT_FORMATS),
    help="Kind of file; left out, what PATH ends in, or else csv.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True,
    help="Where to; an ordinary file that is there is replaced.",
)  # fmt: skip
@click.option(
    "--caseload", is_flag=True, help="Participants, observations, activities and notes instead of responses."
)
@in_app
def export(programme_code: str, format: str | None, out: Path, caseload: bool) -> None:
    """Write all responses of the programme CODE, or its caseload, to a file that import reads.

    \b
    Example:
      telvertel export samen --format xlsx --out samen.xlsx
      telvertel export samen --caseload --format csv --out caseload.csv
    """
    from survey.exchange.files import run_export

    try:
        summary = run_export(programme_code, format or _kind_of(out), out, caseload)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(_("Rows written to %(path)s: %(count)s.", path=summary.path, count=summary.rows), err=True)


def _kind_of(out: Path) -> str:
    ending = out.suffix.lower().removeprefix(".")
    return ending if ending in EXPORT_FORMATS else "csv"


def _print_refusals(refused: NotImported) -> None:
    for refusal in refused.refusals[:MOST_PRINTED]:
        click.echo(describe(refusal), err=True)
    more = refused.total - MOST_PRINTED
    if more > 0:
        click.echo(_("Reasons not shown: %(count)s.", count=more), err=True)
    click.echo(str(refused), err=True)


def describe(refusal: Refusal) -> str:
    """A refusal in one line of text."""
    line, column, reason = refusal
    if line is None:
        return reason
    if column is None:
        return _("Line %(line)s: %(reason)s", line=line, reason=reason)
    return _("Line %(line)s, column %(column)s: %(reason)s", line=line, column=column, reason=reason)


def _print_summary(summary: Summary | Plan) -> None:
    from survey.exchange.load import Summary

    if not isinstance(summary, Summary):
        _print_counts(summary)
        return
    lines = [
        _("Rows in the file: %(count)s.", count=summary.rows),
        _("Responses added: %(count)s.", count=summary.added),
        _("Responses replaced: %(count)s.", count=summary.replaced),
        _("Responses that were there already: %(count)s.", count=summary.unchanged),
        _("New participants: %(count)s.", count=summary.new_participants),
        _("New enrolments: %(count)s.", count=summary.new_enrolments),
        _("People whose facts changed: %(count)s.", count=summary.changed_people),
    ]
    click.echo("\n".join(lines), err=True)


def _print_counts(plan: Plan) -> None:
    """What a caseload brings; of one that was refused, what of it could be taken."""
    click.echo(_("Rows in the file: %(count)s.", count=plan.rows), err=True)
    for what, (added, changed, same) in plan.counts.items():
        told = _(
            "%(what)s: %(added)s new, %(changed)s changed, %(same)s there already.",
            what=what,
            added=added,
            changed=changed,
            same=same,
        )
        click.echo(told, err=True)
    for column, name in plan.new_names:
        click.echo(_("New in the list of %(list)s: %(name)s.", list=column, name=name), err=True)


COMMANDS = (import_, export)
