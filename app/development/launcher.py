"""`make run`: every part that has no URL is started here, then the migrations, then the server; one Ctrl-C ends all.

State lives in `.stele/` in the checkout. This process imports nothing heavy, so that a second start is quick.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from app.development.servers import Postgres, Server, ServerUnavailable, Valkey, answers, free_port
from app.exit_codes import CONFIG, FAILED, OK, UNAVAILABLE
from generated.operations import OPERATIONS, PkgId
from generated.product import NAME, TITLE

ROOT = Path(__file__).resolve().parents[2]
REALM, OPENAPI = ROOT / "docker" / "keycloak" / "realm.json", ROOT / "generated" / "specs" / "openapi.json"
LAST_LINES = 20
"""Of the log of what has ended, as the terminal shows them."""
MORE_S = 30.0
"""For the service, beyond the time after which it gives up itself."""
DEFAULT_WAIT_S = 60
"""As `START_WAIT_S` in development."""
MAX_PORT = 65_535
MAX_PKG_ID = 65_535


class Child(Server):
    """A Python program of ours; its output goes to a log, or to the terminal."""

    def __init__(
        self,
        folder: Path,
        module: str,
        arguments: tuple[str, ...],
        environment: Mapping[str, str],
        *,
        is_shown: bool = False,
    ) -> None:
        super().__init__(folder)
        self._command = (sys.executable, "-m", module, *arguments)
        self._variables = dict(environment)
        self._is_shown = is_shown

    def launch(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            out = None if self._is_shown else log
            self._process = subprocess.Popen(
                self._command,
                env=self._variables,
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )


class Issuer(Child):
    """The development issuer on this port, or one that was free when this was made. Its keys stay in the folder, so that
    tokens outlive it."""

    setting = "KEYCLOAK_URL"

    def __init__(self, folder: Path, environment: Mapping[str, str], *options: str, port: int = 0) -> None:
        port = port or free_port()
        arguments = ("--host", "127.0.0.1", "--port", str(port), "--keys", str(folder / "keys.json"), *options)
        super().__init__(folder, "app.development.issuer", arguments, {**environment, "ENV": "development"})
        self.port = port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Service(Child):
    """One of ours, ready when `/readyz` says so: its database has every step, and the issuer's keys are there."""

    setting = "DATABASE_URL, REDIS_URL and KEYCLOAK_URL"

    def __init__(
        self,
        folder: Path,
        address: str,
        environment: Mapping[str, str],
        *,
        is_shown: bool = True,
        command: tuple[str, ...] = ("app", "serve"),
    ) -> None:
        """`command` is a module with its arguments."""
        super().__init__(folder, command[0], command[1:], environment, is_shown=is_shown)
        self.address = address
        self.start_s = _number(environment.get("START_WAIT_S", ""), DEFAULT_WAIT_S) + MORE_S

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=1) as answer:  # nosec B310: our own
                return bool(answer.status < 300)
        except (urllib.error.URLError, OSError):
            return False


def _port(text: str) -> int:
    """0 for what is no port."""
    number = _number(text, 0)
    return number if number <= MAX_PORT else 0


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() else otherwise


class Ended(Exception):
    """A program of ours has ended with this exit code, and has said why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Launcher:
    """`root` is the checkout; `environment` decides what is embedded. What the environment names is used as it is, and
    is neither started nor ended here."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._state = root / ".stele"
        self._environment = dict(environment)
        self._host = self._environment.setdefault("HOST", "127.0.0.1")
        self._port = _port(self._environment.setdefault("PORT", "8000"))
        self._running: list[Server] = []
        self._is_asked_to_stop = False

    @property
    def address(self) -> str:
        return f"http://{self._host}:{self._port}"

    def run(self) -> int:
        """Serve until a signal; answers the exit code: 78 where PORT or a setting is wrong, 69 where a part does not start."""
        if not self._port:
            print(f"PORT: found {self._environment['PORT']!r}; set it to a port such as 8000", file=sys.stderr)
            return CONFIG
        if answers(self._port):
            print(f"port {self._port} is taken; run with PORT=…", file=sys.stderr)
            return FAILED
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        try:
            self._start_parts()
            self._migrate()
            self._start_server()
            print(self._greeting(), flush=True)
            return self._watch()
        except Ended as ended:
            return OK if self._is_asked_to_stop else ended.code
        except ServerUnavailable as error:
            print(error, file=sys.stderr)
            return OK if self._is_asked_to_stop else UNAVAILABLE
        finally:
            for part in reversed(self._running):
                part.stop()

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._is_asked_to_stop = True

    def _start_parts(self) -> None:
        """PostgreSQL, Valkey and the issuer come up at the same time."""
        makers: dict[str, Callable[[], Postgres | Valkey | Issuer]] = {
            "DATABASE_URL": lambda: Postgres(self._state / "postgres"),
            "REDIS_URL": lambda: Valkey(self._state / "valkey"),
            "KEYCLOAK_URL": lambda: Issuer(self._state / "issuer", self._environment),
        }
        wanted = {name: make() for name, make in makers.items() if name not in self._environment}
        for part in wanted.values():
            self._running.append(part)
            part.launch()
        for name, part in wanted.items():
            part.wait_ready()
            self._environment[name] = part.url

    def _migrate(self) -> None:
        if not self._is_asked_to_stop:
            ended = subprocess.run([sys.executable, "-m", "app", "migrate"], env=self._environment, check=False)
            if ended.returncode:
                raise Ended(ended.returncode)

    def _start_server(self) -> Service:
        defaults = {
            **({} if "ENV" in self._environment else {"ENVIRONMENT": "development"}),
            "WORKERS": "1",
            "LOG_FORMAT": "human",
            "ORIGINS": f"{self.address},http://localhost:{self._port}",
            "SIGNING_SECRET": self._secret(),
        }
        server = Service(self._state / "server", self.address, defaults | self._environment)
        self._running.append(server)
        server.launch()
        try:
            server.wait_ready()
        except ServerUnavailable:
            if (code := server.exit_code) is not None and code > 0:
                raise Ended(code) from None
            raise
        return server

    def _secret(self) -> str:
        path = self._state / "signing_secret"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32))
        return path.read_text()

    def _watch(self) -> int:
        while not self._is_asked_to_stop:
            fallen = next((part for part in self._running if not part.is_running()), None)
            if fallen is not None:
                lines = fallen.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
                print(f"{type(fallen).__name__} {fallen.folder.name} has ended:", *lines, sep="\n  ", file=sys.stderr)
                return FAILED
            time.sleep(0.1)
        return OK

    def _greeting(self) -> str:
        return "\n".join(
            [
                "",
                f"  {TITLE} serves at   {self.address}   (console: {self.address}/{', socket: /web' if len(PkgId) else ''})",
                f"  tokens come from  {self._environment['KEYCLOAK_URL']}/realms/{self._environment.get('KEYCLOAK_REALM', NAME)}",
                *(f"  DATABASE_URL      {part.url}" for part in self._running if isinstance(part, Postgres)),
                f"  users             {', '.join(_users())}; each one's password is its name",
                "",
                *self._hints(),
                "  Ctrl-C ends everything.",
            ]
        )

    def _hints(self) -> list[str]:
        """Lines that work when pasted: a query that needs no field, over HTTP and over the socket, by a user who may ask it."""
        asked = _open_query(json.loads(OPENAPI.read_bytes()), _users())
        if asked is None:
            return [f"  curl -i {self.address}/health", ""]
        path, name, user = asked
        lines = [self._curl(path, user), ""]
        if OPERATIONS[name].pkg_id is not None:
            python = os.path.relpath(sys.executable)
            who = f"{NAME.upper()}_USERNAME={user} {NAME.upper()}_PASSWORD={user}"
            command = f"{python} -m generated.sdk_python.{NAME}_client"
            lines += [f"  {who} {command} call {name} --door ws --json --url {self.address}", ""]
        return lines

    def _curl(self, path: str, user: str) -> str:
        login = f"{self.address}/auth/login -H 'content-type: application/json'"
        read = "python3 -c 'import json,sys; print(json.load(sys.stdin)[\"access_token\"])'"
        token = f"""$(curl -s {login} -d '{{"username":"{user}","password":"{user}"}}' | {read})"""
        return f'  curl -i {self.address}{path} -H "authorization: Bearer {token}"'


def _users() -> dict[str, frozenset[str]]:
    """The realm's users with their roles, those with most of them first."""
    realm = json.loads(REALM.read_bytes())
    client = realm["clients"][0]["clientId"]
    users = {user["username"]: frozenset(user.get("clientRoles", {}).get(client, ())) for user in realm["users"]}
    return dict(sorted(users.items(), key=lambda one: -len(one[1])))


def _open_query(document: dict[str, Any], users: dict[str, frozenset[str]]) -> tuple[str, str, str] | None:
    """Path, operation and user of the query with the smallest number that can be asked without a field."""
    found = []
    for path, methods in document["paths"].items():
        get = methods.get("get", {})
        roles = OPERATIONS[get["operationId"]].roles if get else None
        user = next((name for name, has in users.items() if any(group <= has for group in roles or ())), None)
        if user is not None and not any(one.get("required") for one in get.get("parameters", ())):
            found.append((OPERATIONS[get["operationId"]].pkg_id or MAX_PKG_ID, path, get["operationId"], user))
    return min(found)[1:] if found else None
