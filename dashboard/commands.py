"""`telvertel analyse` and `telvertel release`."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

import click

from survey.commandline import in_app, refusal


@click.command()
@click.argument("code")
@click.option("--before", "before_key", metavar="KEY", help="The first wave  [default: before]")
@click.option("--after", "after_key", metavar="KEY", help="The second wave  [default: after]")
@click.option("--json", "as_json", is_flag=True, help="All numbers as JSON, for a script.")
@in_app
def analyse(code: str, before_key: str | None, after_key: str | None, as_json: bool) -> None:
    """What changed in the programme CODE between two waves: for the coordinator, nothing is withheld.

    \b
    Examples:
      telvertel analyse aalten
      telvertel analyse aalten --before before --after follow_up --json
    """
    from dashboard import operations
    from survey import fieldwork
    from survey.privacy import audit

    found = operations.analyse(fieldwork.enter_programme(code), before_key, after_key)
    audit.record("answers.analysed", programme=code)
    audit.settle()
    click.echo(
        json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False) if as_json else _readable(found)
    )


@click.group()
def release() -> None:
    """What readers of the dashboard see: made once, never changed.

    \b
    Example:
      telvertel release build aalten
      telvertel release publish aalten
    """


@release.command()
@click.argument("code")
@click.option("--close", is_flag=True, help="First close the two waves that it compares, for good.")
@click.option("--dry-run", is_flag=True, help="Only say what it would show and leave out, and why.")
@in_app
def build(code: str, close: bool, dry_run: bool) -> None:
    """Make the next release of the programme CODE; both waves must be closed.

    \b
    Examples:
      telvertel release build aalten --dry-run
      telvertel release build aalten
      telvertel release build aalten --close
    """
    from dashboard import operations
    from survey import fieldwork

    programme = fieldwork.enter_programme(code)
    if dry_run:
        if close:
            raise click.UsageError("Closing a wave cannot be undone: give --close without --dry-run.")
        _tell(programme)
        return
    if close:
        for wave in operations.waves_of_release(programme):
            fieldwork.close_wave(wave)
    made = operations.build(programme)
    click.echo(f"Made release {made.number} of {code}, not yet published.", err=True)


def _tell(programme: Any) -> None:
    """What a release would show and leave out: as the page says it."""
    from dashboard import draft, freezing
    from dashboard.publish.told import told

    found = told(draft.draft(programme), freezing.cohorts(programme, "change"))
    headings = (
        "Whose answers count",
        "What stands in the way, and what helps",
        "Shown",
        "Not shown, and why",
    )
    for heading, sentences in zip(
        headings, (found.people, found.helps, found.shown, found.left_out), strict=True
    ):
        if sentences:
            click.echo("\n".join([f"{heading}:", *(f"- {sentence}" for sentence in sentences), ""]))
    click.echo("Nothing was stored.", err=True)


@release.command()
@click.argument("code")
@in_app
def publish(code: str) -> None:
    """Publish the newest release of the programme CODE.

    \b
    Example:
      telvertel release publish aalten
    """
    from dashboard import operations

    newest = _find(code, None)
    operations.publish(newest)
    click.echo(f"Release {newest.number} of {code} is what the dashboard shows.", err=True)


@release.command()
@click.argument("code")
@in_app
def withdraw(code: str) -> None:
    """Hide the published release of the programme CODE: readers see nothing until a newer one is published.

    \b
    Example:
      telvertel release withdraw aalten
    """
    from dashboard import operations, queries
    from survey import fieldwork

    fieldwork.enter_programme(code)
    seen = queries.published(code)
    if seen is None:
        raise refusal(f"No release of {code!r} is published.")
    operations.withdraw(seen)
    click.echo(
        f"Release {seen.number} of {code} is withdrawn. Readers see nothing of this programme now.", err=True
    )


@release.command()
@click.argument("code")
@click.option("--number", type=click.IntRange(1, 999_999), help="Which release  [default: the newest]")
@click.option("--json", "as_json", is_flag=True, help="The document itself.")
@in_app
def show(code: str, number: int | None, as_json: bool) -> None:
    """Show a release of the programme CODE.

    \b
    Examples:
      telvertel release show aalten
      telvertel release show aalten --number 1 --json > release.json
    """
    found = _find(code, number)
    if as_json:
        click.echo(found.document)
        return
    when = f"published {found.published_at:%Y-%m-%d}" if found.published_at else "not published"
    if found.withdrawn_at:
        when += f", withdrawn {found.withdrawn_at:%Y-%m-%d}"
    click.echo(f"Release {found.number} of {code}, made {found.content['built_on']}, {when}.")
    for change in found.content["change"]:
        click.echo(_line(change, decimals=1))


@release.command()
@click.argument("file", type=click.File("rb"))
def verify(file: BinaryIO) -> None:
    """Check that FILE is a release as it was made: its form, its rules and its hash.

    \b
    Example:
      telvertel release show aalten --json | telvertel release verify -
    """
    from dashboard.outcomes.release import verify as problems_of

    problems = problems_of(_read(file))
    if problems:
        raise refusal("\n".join(problems))
    click.echo("This is a release, exactly as it was made.", err=True)


def _find(code: str, number: int | None) -> Any:
    from dashboard import queries
    from survey import fieldwork

    found = queries.release(fieldwork.enter_programme(code), number)
    if found is None:
        which = f"release {number}" if number else "release"
        raise refusal(f"There is no {which} of {code!r}. `telvertel release build {code}` makes one.")
    return found


def _read(file: BinaryIO) -> Any:
    """The JSON in a file, read strictly: no key twice, no number that is none."""
    try:
        return json.loads(file.read().decode(), object_pairs_hook=_once_each, parse_constant=_not_a_number)
    except (ValueError, RecursionError) as problem:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise refusal(f"This is not a release: {problem}.") from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands in it twice")
    return found


def _not_a_number(word: str) -> float:
    raise ValueError(f"{word} is not a number in JSON")


def _readable(found: dict[str, Any]) -> str:
    people = found["attrition"]
    lines = [
        f"{found['programme']}: {found['before']} to {found['after']}. Enrolled {people['enrolled']}, "
        f"before {people['before']}, after {people['after']}, both {people['both']}.",
        *(_line(entry) for entry in found["domains"]),
        *(_line(entry | {"domain": entry["heading"]}) for entry in found["headings"]),
        *(_kept(entry) for entry in found["gains_kept"] if entry["improved"]),
        *(_way(wave) for wave in found["how_answered"]["waves"]),
        "Ladder: {up} up, {same} the same, {down} down.".format(**found["ladder"]),
        *(_doing(row) for row in found["participation"] if row["group"] is None),
        *(_aim(entry) for entry in found["targets"]),
    ]
    return "\n".join(lines)


def _kept(entry: dict[str, Any]) -> str:
    """Of those who improved first, how many kept it."""
    return f"{entry['instrument']}/{entry['domain']}\tgain kept by {entry['kept']} of {entry['improved']}"


def _way(wave: dict[str, Any]) -> str:
    """How people answered in a wave, where something is to be minded."""
    ways = ", ".join(f"{way} {people}" for way, people in (wave["modes"] | wave["languages"]).items())
    return (
        f"Wave {wave['wave']}: {wave['people']} people"
        f" ({wave['straight_lined']} with the same answer throughout). {ways}"
    )


def _doing(row: dict[str, Any]) -> str:
    """How many people do something: all of a kind, or what the organisation calls so."""
    name = "/".join(part for part in (row["kind"], row["activity"]) if part)
    return f"{name}\t{row['people']} of {row['of']}"


def _aim(entry: dict[str, Any]) -> str:
    """A target: what it is about, before, now and to reach, and whether it is reached."""
    name = "/".join(part for part in (entry["measure"], entry["about"], entry["group"]) if part)
    written = [_written(entry[key], ".2f") for key in ("before", "now", "value")]
    reached = {True: "reached", False: "not reached", None: "cannot be said"}[entry["reached"]]
    return "\t".join([entry["result"], name or "-", *written, entry["comparator"] or "-", reached])


def _line(entry: dict[str, Any], decimals: int = 2) -> str:
    """One domain: pairs, both means, difference and its interval, as far as there are any."""
    written = [f"{entry['instrument']}/{entry['domain']}", _written(entry["pairs"], "d")]
    written += [_written(entry[key], f".{decimals}f") for key in ("before_mean", "after_mean")]
    written += [_written(entry[key], f"+.{decimals}f") for key in ("difference", "low", "high")]
    return "\t".join(written)


def _written(number: float | None, form: str) -> str:
    return "-" if number is None else format(number, form)
