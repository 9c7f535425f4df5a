"""`telvertel analyse` and `telvertel release`, as scripts use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dashboard.commands import analyse, release
from survey import fieldwork
from survey.database import db
from tests.dashboard.conftest import Pilot
from tests.dashboard.people import fill
from tests.fixtures.application import Town

TOP = [
    "programme", "before", "after", "domains", "attrition", "ladder", "participation", "themes", "targets", "primary",
    "headings", "lenses", "waves", "pairs", "gains_kept", "mixed", "how_answered", "left", "looking_back", "regression",
    "ladder_matrix", "work", "links",
]  # fmt: skip
DOMAIN = [
    "instrument",
    "domain",
    "heading",
    "n_before",
    "n_after",
    "pairs",
    "before_mean",
    "before_sd",
    "after_mean",
    "after_sd",
    "difference",
    "sd_difference",
    "low",
    "high",
    "bca_low",
    "bca_high",
    "t",
    "p",
    "p_holm",
    "p_bh",
    "p_holm_primary",
    "wilcoxon_p",
    "rank_biserial",
    "d_z",
    "d_av",
    "g_av",
    "r",
    "alpha_before",
    "alpha_before_low",
    "alpha_before_high",
    "omega_before",
    "alpha_after",
    "alpha_after_low",
    "alpha_after_high",
    "omega_after",
    "sem",
    "reliable_from",
    "improved",
    "maintained",
    "declined",
    "reliably_improved",
    "reliably_declined",
    "complete_pairs",
    "complete_difference",
    "complete_low",
    "complete_high",
    "note",
]


def run(command: Any, *arguments: str, data: Path, **options: Any) -> Result:
    return CliRunner().invoke(command, [*arguments, "--data", str(data)], **options)


def test_analyse_has_exactly_the_keys_of_the_contract(pilot: Pilot) -> None:
    done = run(analyse, pilot.town.code, "--json", data=pilot.folder)
    assert done.exit_code == 0 and not done.stderr
    document = json.loads(done.stdout)
    assert sorted(document) == sorted(TOP)
    assert len(document["domains"]) == 16
    for entry in document["domains"]:
        assert sorted(entry) == sorted(DOMAIN)
    assert sorted(document["attrition"]) == ["after", "before", "both", "enrolled", "left"]
    people = document["attrition"]
    assert people["enrolled"] == people["before"] == 36
    assert people["both"] + people["left"] == people["before"]


def test_analyse_of_nothing_gives_counts_of_zero(pilot: Pilot) -> None:
    document = json.loads(run(analyse, pilot.other.code, "--json", data=pilot.folder).stdout)
    for entry in document["domains"]:
        assert (entry["n_before"], entry["n_after"], entry["pairs"]) == (0, 0, 0)
        assert entry["difference"] is None and entry["note"]


def test_analyse_without_json_is_for_people(pilot: Pilot) -> None:
    done = run(analyse, pilot.town.code, data=pilot.folder)
    assert done.exit_code == 0
    assert "integration/language" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("nowhere",), "nowhere"),
        (("aalten-pilot", "--before", "later"), "later"),
        (("aalten-pilot", "--before", "after", "--after", "before"), "comes after"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(
    pilot: Pilot, arguments: tuple[str, ...], reason: str
) -> None:
    done = run(analyse, *arguments, data=pilot.folder)
    assert done.exit_code == 1
    assert reason in done.stderr and not done.stdout


def test_wrong_usage_is_two(pilot: Pilot) -> None:
    assert run(analyse, data=pilot.folder).exit_code == 2
    assert run(release, "show", pilot.town.code, "--number", "zero", data=pilot.folder).exit_code == 2


def test_show_gives_the_document_and_verify_takes_it(pilot: Pilot, tmp_path: Path) -> None:
    shown = run(release, "show", pilot.town.code, "--json", data=pilot.folder)
    assert shown.stdout == pilot.document + "\n"
    file = tmp_path / "release.json"
    file.write_text(shown.stdout, "utf-8")
    assert CliRunner().invoke(release, ["verify", str(file)]).exit_code == 0
    assert CliRunner().invoke(release, ["verify", "-"], input=shown.stdout).exit_code == 0
    told = run(release, "show", pilot.town.code, data=pilot.folder).stdout
    assert "published" in told and "integration/language" in told


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "{",
        "[]",
        "null",
        '{"k": NaN}',
        '{"k": 1, "k": 2}',
        "[" * 100_000,
        "\ud800".encode("utf-8", "surrogatepass"),
    ],
)
def test_what_is_no_release_is_refused_in_words(broken: str | bytes) -> None:
    done = CliRunner().invoke(release, ["verify", "-"], input=broken)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ") and "Traceback" not in done.stderr


def test_verify_notices_one_changed_word(pilot: Pilot) -> None:
    done = CliRunner().invoke(release, ["verify", "-"], input=pilot.document.replace("winkel", "markt"))
    assert done.exit_code == 1 and "hash" in done.stderr


def test_build_and_publish(town: Town, data: Path) -> None:
    with town.app.app_context():
        programme = town.inside()
        fill(programme, 3)
        db.session.commit()
    refused = run(release, "build", town.code, data=data)
    assert refused.exit_code == 1 and "not closed" in refused.stderr
    nothing = run(release, "publish", town.code, data=data)
    assert nothing.exit_code == 1 and "release build" in nothing.stderr
    with town.app.app_context():
        for wave in town.inside().waves:
            fieldwork.close_wave(wave)
        db.session.commit()
    for command in ("build", "publish", "publish"):
        done = run(release, command, town.code, data=data)
        assert done.exit_code == 0 and not done.stdout and "1" in done.stderr
    missing = run(release, "show", town.code, "--number", "7", data=data)
    assert missing.exit_code == 1 and "7" in missing.stderr


def test_help_shows_an_example() -> None:
    for command in (analyse, *release.commands.values()):
        assert "telvertel " in CliRunner().invoke(command, ["--help"]).stdout
