"""What docs/operations offers to copy: units systemd understands, and a proxy that keeps to the program's settings."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from survey.commands import serve
from survey.settings import Settings
from tests.fixtures.without import did_not_run

FOLDER = Path(__file__).parents[1] / "docs" / "operations"
UNITS = sorted(FOLDER.glob("*.service"))
NGINX = (FOLDER / "nginx.conf").read_text("utf-8")
#: Without these a unit could see or change more of the machine than it needs.
HARD = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
    "CapabilityBoundingSet": "", "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6", "User": "telvertel",
    "UMask": "0077",
}  # fmt: skip


def service(unit: Path) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # systemd minds capitals
    parser.read_string(unit.read_text("utf-8"))
    return dict(parser["Service"])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_it(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        did_not_run("systemd", "there is no systemd-analyze")
    # The program is not where it will be; everything else is as it stands.
    command = service(unit)["ExecStart"].split()[0]
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text("utf-8").replace(command, str(shutil.which("true"))), "utf-8")
    ran = subprocess.run(["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_it_may_do_little(unit: Path) -> None:
    said = service(unit)
    assert {key: said.get(key) for key in HARD} == HARD


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_it_starts_a_part_that_the_proxy_sends_to(unit: Path) -> None:
    program, *words = service(unit)["ExecStart"].split()
    assert (Path(program).name, words[0]) == ("telvertel", "serve")
    options = serve.make_context("serve", words[1:]).params
    assert isinstance(serve, click.Command)
    part = "dashboard" if "dashboard" in unit.name else "survey"
    assert options["part"] == part
    assert f"upstream telvertel_{part}" in NGINX
    assert re.search(rf"upstream telvertel_{part}\s*{{ server {options['host']}:{options['port']};", NGINX)


def test_the_proxy_takes_as_much_as_the_program() -> None:
    [size] = re.findall(r"client_max_body_size (\d+);", NGINX)
    assert int(size) == Settings.model_fields["largest_request"].default


def test_the_proxy_logs_no_address_and_nobody() -> None:
    [form] = re.findall(r"log_format telvertel '([^']*)';", NGINX)
    assert set(re.findall(r"\$(\w+)", form)) == {
        "time_iso8601", "request_method", "status", "bytes_sent", "request_time",
    }  # fmt: skip
    logs = set(re.findall(r"access_log ([^;]*);", NGINX))
    assert logs == {"off", "/var/log/nginx/telvertel.log telvertel"}


def test_nginx_understands_it(tmp_path: Path) -> None:
    """Where there is an nginx; elsewhere the closing lines say that this did not run."""
    import trustme

    if shutil.which("nginx") is None:
        did_not_run("nginx", "there is no nginx")
    certificate = trustme.CA().issue_cert("telvertel.example.nl")
    certificate.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    (tmp_path / "fullchain.pem").write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    site = NGINX.replace("/etc/ssl/telvertel", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    kept = " ".join(
        f"{kind}_temp_path {tmp_path}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ {kept}\n{site} }}"
    (tmp_path / "nginx.conf").write_text(whole, "utf-8")
    ran = subprocess.run(
        ["nginx", "-t", "-q", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
