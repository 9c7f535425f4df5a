"""Run uv with the package settings this machine gives to pip.

uv does not read pip's configuration, so a machine that reaches its packages through a mirror, a folder of
wheels or a certificate of its own would need everything said twice. What is already said to uv (`UV_*`) wins.

Usage: .venv/bin/python tools/uv.py pip install --require-hashes -r requirements/development.lock
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

UV = Path(sys.executable).with_name("uv")


def main() -> int:
    if not UV.exists():
        print("uv is not installed in this environment", file=sys.stderr)
        return 127
    settings = pip_settings()
    environment = uv_environment(settings) | dict(os.environ)
    no_index = settings.get("no-index", "").lower() in {"1", "true", "yes", "on"}
    command = [str(UV), *sys.argv[1:], *(["--no-index"] if no_index else [])]
    return subprocess.run(command, env=environment).returncode


def pip_settings() -> dict[str, str]:
    """What pip would use, by option name: its files first, then those for `install`, then the environment."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        section, _, option = key.rpartition(".")
        if section in found:
            found[section][option] = ast.literal_eval(value)
    return found["global"] | found["install"] | found[":env:"]


def uv_environment(settings: dict[str, str]) -> dict[str, str]:
    """The same settings in uv's words. Locks pin hashes, so like pip it may take a package from any index."""
    single = {
        "index-url": "UV_DEFAULT_INDEX",
        "cert": "SSL_CERT_FILE",
        "proxy": "ALL_PROXY",
        "timeout": "UV_HTTP_TIMEOUT",
        "default-timeout": "UV_HTTP_TIMEOUT",
    }
    several = {
        "extra-index-url": ("UV_INDEX", " "),
        "find-links": ("UV_FIND_LINKS", ","),
        "trusted-host": ("UV_INSECURE_HOST", " "),
    }
    environment = {"UV_INDEX_STRATEGY": "unsafe-best-match", "VIRTUAL_ENV": sys.prefix}
    environment |= {name: settings[option] for option, name in single.items() if option in settings}
    for option, (name, separator) in several.items():
        if option in settings:
            environment[name] = separator.join(settings[option].split())
    return environment


if __name__ == "__main__":
    sys.exit(main())
