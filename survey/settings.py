"""What the operator decides: frozen, read once from the environment (`TELVERTEL_...`), checked at start-up.

Every default is safe to run in production; the demonstration relaxes two of them by name.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, IPvAnyNetwork, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Part = Literal["survey", "dashboard", "all"]
HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


def is_loopback(name: str) -> bool:
    """Whether only this machine itself can mean itself by this name or address."""
    if name == "localhost":
        return True
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _host_name(name: str) -> str:
    if not HOST_NAME.fullmatch(name.lower()):
        raise ValueError(f"{name!r} is not a plain host name, such as telvertel.example.nl")
    return name.lower()


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TELVERTEL_", frozen=True)

    #: Folder with the embedded database and the key file.
    data: Path = Path("data")
    #: SQLAlchemy address of a PostgreSQL database; left empty, SQLite in the data folder.
    database_url: str | None = None
    #: Master keys, newest first, separated by white space; left empty, they are read from `key_file`.
    key: SecretStr | None = None
    #: File with the master keys, one a line, newest first; left empty, `keys` in the data folder.
    key_file: Path | None = None
    #: Ledger of erasures, never in a backup; left empty, `erasures.jsonl` in the data folder.
    erasures: Path | None = None
    #: Names under which this program may be addressed; anything else is refused.
    hosts: Annotated[tuple[Annotated[str, AfterValidator(_host_name)], ...], Field(min_length=1)] = (
        "127.0.0.1", "localhost",
    )  # fmt: skip
    #: Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
    proxies: tuple[IPvAnyNetwork, ...] = ()
    #: Whom to tell about a fault in the guards, as an address: `mailto:...` or `https://...`.
    security_contact: str = Field(default="", pattern=r"^((mailto:|https://)[^\s]+)?$")
    #: True only where no TLS stands in front (a demonstration on one's own machine): cookies travel plainly.
    plain_http: bool = False
    #: Which half this process serves.
    part: Part = "all"
    #: Refuse request bodies above this size, before parsing.
    largest_request: int = Field(default=1_000_000, gt=0)
    #: A line in the log for each request, not only for what went wrong.
    log_requests: bool = False
    #: Who shows this may read the metrics from elsewhere; left empty, only this machine itself may.
    metrics_token: SecretStr | None = Field(default=None, min_length=16)

    @property
    def url(self) -> str:
        """The database address; plain `postgresql://` means the psycopg driver that ships with Telvertel."""
        if not self.database_url:
            return f"sqlite:///{self.data.resolve() / 'telvertel.sqlite'}"
        for scheme in ("postgres://", "postgresql://"):
            if self.database_url.startswith(scheme):
                return "postgresql+psycopg://" + self.database_url.removeprefix(scheme)
        return self.database_url

    @property
    def keys_path(self) -> Path:
        return self.key_file or self.data / "keys"

    @property
    def erasures_path(self) -> Path:
        return self.erasures or self.data / "erasures.jsonl"
