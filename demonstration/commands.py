"""`telvertel demo`: try everything on one's own machine, with invented people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from demonstration.build import SignIns

FOLDER = Path("demonstration-data")


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default=FOLDER, show_default=True,
    help="Folder for the demonstration.",
)  # fmt: skip
@click.option(
    "--prepare-only", is_flag=True, help="Make the folder and print the sign-ins, but do not serve."
)
def demo(port: int, data: Path, prepare_only: bool) -> None:
    """Make a fictitious municipality with two programmes, say who can sign in, and serve it.

    Started again, it goes on where it was left. Example: telvertel demo --port 8080
    """
    from demonstration.build import NotOurs, prepare, settings_of
    from survey.serving import run_server

    try:
        sign_ins = prepare(data)
    except (NotOurs, OSError) as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(_who(sign_ins, f"http://127.0.0.1:{port}"))
    if not prepare_only:
        run_server(settings_of(data), "127.0.0.1", port, workers=1)


def _who(sign_ins: SignIns, address: str) -> str:
    lines = [
        "",
        "Telvertel, a demonstration with invented people.",
        "",
        f"Staff sign in at {address}/staff/sign-in",
    ]
    for person in sign_ins.staff:
        lines.append(f"  {person['role']:<14} {person['email']:<34} {person['password']}")
    lines += ["", "Two more organisations, each with a caseload that was loaded from a file:"]
    for person in sign_ins.elsewhere:
        lines.append(f"  {person['role']:<14} {person['email']:<34} {person['password']}")
    lines += ["", "Participants of the programme samen who are due now:"]
    for person in sign_ins.participants:
        lines.append(f"  {person['participant']} ({person['language']})  {address}/start#{person['code']}")
    return "\n".join([*lines, ""])
