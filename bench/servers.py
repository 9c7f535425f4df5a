"""Servers under measurement: started on free ports of the loopback address, watched, and always ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench import bare

WORKERS = 2
ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


class DidNotStart(Exception):
    """A server ended, or gave no page in time."""


@dataclass(frozen=True)
class Usage:
    """Of a process and all its descendants."""

    #: Seconds.
    cpu: float
    #: Proportional set size, MiB: memory shared between workers counts once.
    memory: float


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int
    #: Seconds from start to the first whole page, and the CPU seconds that took.
    ready: float = 0.0
    ready_cpu: float = 0.0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def usage(self) -> Usage:
        return usage(self.process.pid)


@contextmanager
def bare_server(folder: Path) -> Iterator[Server]:
    """The bare application; its database in this folder."""
    environment = {bare.DATABASE: str(folder / "bare.sqlite")}
    port = free_port()
    command = [sys.executable, "-m", "bench.bare", str(port), str(WORKERS)]
    with _running(command, port, "/", environment) as server:
        yield server


@contextmanager
def telvertel_server(data: Path, part: str) -> Iterator[Server]:
    """`telvertel serve` on this data folder."""
    port = free_port()
    serve = ["serve", "--data", str(data), "--port", str(port), "--workers", str(WORKERS), "--part", part]
    command = [sys.executable, "-c", "import telvertel; telvertel.main()", *serve]
    with _running(command, port, "/", {"TELVERTEL_PLAIN_HTTP": "true"}) as server:
        yield server


@contextmanager
def _running(command: list[str], port: int, first: str, environment: Mapping[str, str]) -> Iterator[Server]:
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    server = Server(process, port)
    try:
        _wait_for_page(server, first)
        server.ready = time.perf_counter() - began
        server.ready_cpu = server.usage().cpu
        yield server
    finally:
        _end(process)


def _wait_for_page(server: Server, path: str) -> None:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.process.poll() is not None:
            raise DidNotStart(f"it ended with code {server.process.returncode}")
        try:
            with browser.open(server.base + path, timeout=PATIENCE) as answer:
                answer.read()
                return
        except urllib.error.HTTPError as problem:
            raise DidNotStart(f"its first page has status {problem.code}") from None
        except OSError:
            time.sleep(0.01)
    raise DidNotStart(f"no page within {PATIENCE:.0f} seconds")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the session's processes: the server and its workers, whatever state they are in."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def usage(pid: int) -> Usage:
    processes = _tree(pid)
    return Usage(sum(map(_cpu, processes)), sum(map(_memory, processes)) / 1024)


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
        except OSError:
            continue
        found += map(int, children.split())
    return found


def _cpu(pid: int) -> float:
    """CPU seconds of a process and of its children that ended; 0 for one that is gone.

    Of its own threads in nanoseconds: the ticks of /proc/*/stat are a hundredth of a second, and twelve people's page
    turns take some ten of these.
    """
    try:
        ended = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[13:15]
        threads = [path.read_text().split()[0] for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    except OSError:
        return 0.0
    return sum(map(int, threads)) / 1e9 + sum(map(int, ended)) / TICKS


def _memory(pid: int) -> float:
    """PSS in KiB."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) for line in lines if line.startswith("Pss:")), 0.0)
