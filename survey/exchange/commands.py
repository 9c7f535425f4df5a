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
    """Bring in responses from FILE (CSV in UTF-8, or XLSX), all of them or none.

    One row per response. Importing the same file again changes nothing.

    \b
    Example:
      telvertel import before.csv --programme samen --dry-run
    """
    from survey.exchange.files import run_import

    try:
        summary = run_import(file, programme_code, dry_run, replace)
    except NotImported as refused:
        _print_refusals(refused)
        raise SystemExit(1) from None
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    _print_summary(summary, dry_run)


@click.command("export")
@click.argument("programme_code", metavar="CODE")
@click.option(
    "--format", type=click.Choice(EXPORT_FORMATS), default="csv", show_default=True, help="Kind of file."
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True,
    help="Where to; an ordinary file that is there is replaced.",
)  # fmt: skip
@in_app
def export(programme_code: str, format: str, out: Path) -> None:
    """Write all responses of the programme CODE to a file that import reads.

    \b
    Example:
      telvertel export samen --format xlsx --out samen.xlsx
    """
    from survey.exchange.files import run_export

    try:
        summary = run_export(programme_code, format, out)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(_("Rows written to %(path)s: %(count)s.", path=summary.path, count=summary.rows), err=True)


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


def _print_summary(summary: Summary, dry_run: bool) -> None:
    lines = [
        _("Rows in the file: %(count)s.", count=summary.rows),
        _("Responses added: %(count)s.", count=summary.added),
        _("Responses replaced: %(count)s.", count=summary.replaced),
        _("Responses that were there already: %(count)s.", count=summary.unchanged),
        _("New participants: %(count)s.", count=summary.new_participants),
        _("New enrolments: %(count)s.", count=summary.new_enrolments),
        _("People whose facts changed: %(count)s.", count=summary.changed_people),
    ]
    if dry_run:
        lines.append(_("This was a trial: nothing was changed."))
    click.echo("\n".join(lines), err=True)


COMMANDS = (import_, export)
