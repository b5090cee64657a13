"""Where one tree after the other is tried: what does not change is started once, and four services of a tree for each trial.

A service for each door, on databases of their own that begin alike, with one issuer, so that all know the same users.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx2
import redis
import yaml

from app.development.launcher import Issuer
from app.development.servers import embedded_valkey, free_port
from generated.product import NAME
from proof.callers import Caller
from tests.codegen.contracts import CASES, CORPUS
from tests.databases import Reached, copy_of, dropped, new_database
from tests.proof.doors.forked import context, serve_all
from tests.running_service import RunningService

ROOT = Path(__file__).parents[3]
DOORS = 4
START_S = 90.0
KNOWN = {"KEYCLOAK_REALM": NAME, "KEYCLOAK_CLIENT_ID": NAME, "TOKEN_AUDIENCE": NAME, "TOKEN_AZP": NAME}
"""Whatever a tree's own product is called."""


class Stillborn(Exception):
    """Services that did not start, with the end of what they said."""


class Stage:
    """A tree may be changed between two `services`, which are what it is then. One at a time."""

    def __init__(self, folder: Path, postgres: Reached, template: str, issuer: Issuer, stores: Sequence[str]) -> None:
        self.folder = folder
        self._postgres = postgres
        self._template = template
        self._issuer = issuer
        self._stores = stores
        self._context = context()

    @contextmanager
    def services(self, tree: Path, **settings: str) -> Iterator[tuple[list[str], list[str]]]:
        """Their URLs and those of their databases, in the order of the doors; all begin alike. Raises Stillborn."""
        mark = uuid.uuid4().hex[:8]
        names = [f"stage{number}_{mark}" for number in range(DOORS)]
        databases = [copy_of(self._postgres, self._template, name) for name in names]
        for url in self._stores:
            with redis.Redis.from_url(url) as store:
                store.flushall()
        try:
            planned = [
                RunningService(self.folder / name, database, store, issuer=self._issuer)
                for name, database, store in zip(names, databases, self._stores, strict=True)
            ]
            for one in planned:
                one.environment.update(KNOWN | {"ADMIN_PORT": str(free_port())} | settings)
            with self._running(tree, [one.environment for one in planned]):
                yield [one.url for one in planned], databases
        finally:
            for name in names:
                dropped(self._postgres, name)

    @contextmanager
    def _running(self, tree: Path, environments: list[dict[str, str]]) -> Iterator[None]:
        log = self.folder / f"{uuid.uuid4().hex[:8]}.log"
        process = self._context.Process(target=serve_all, args=(str(tree), environments, str(log)))
        process.start()
        try:
            for one in environments:
                if why := _not_ready(one["ADMIN_PORT"], process):
                    said = log.read_text(errors="replace").splitlines() if log.exists() else []
                    raise Stillborn("\n".join([*said[-8:], why]))
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid or 0, signal.SIGKILL)
            process.kill()
            process.join()

    def caller(self, name: str) -> Caller:
        """A user of the realm, whose tokens are the issuer's own: a tree may have no login."""
        address = f"{self._issuer.url}/realms/{NAME}/protocol/openid-connect/token"
        form = {"grant_type": "password", "client_id": NAME, "username": name, "password": name}

        def fetch() -> tuple[str, float]:
            answer = httpx2.post(address, data=form, trust_env=False)
            answer.raise_for_status()
            return answer.json()["access_token"], answer.json()["expires_in"]

        return Caller(name, fetch)


def _not_ready(port: str, process: BaseProcess) -> str:
    """Waits until it is so, or never will be, and says why."""
    until, why = time.monotonic() + START_S, ""
    while process.is_alive() and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return ""
        except urllib.error.HTTPError as error:
            why = error.read().decode()
        except OSError as error:
            why = str(error)
        time.sleep(0.05)
    return why or "it has ended"


@contextmanager
def stage(folder: Path, postgres: Reached) -> Iterator[Stage]:
    mark = uuid.uuid4().hex[:8]
    place, template = folder / f"stage_{mark}", f"stage_{mark}"
    place.mkdir()
    environment = {**os.environ, "DATABASE_URL": new_database(postgres, template)}
    subprocess.run([sys.executable, "-m", "app", "migrate"], env=environment, cwd=ROOT, check=True)
    realm = place / "realm.json"
    realm.write_text(json.dumps(_realm()))
    with ExitStack() as stack:
        stores = [stack.enter_context(embedded_valkey(place / f"valkey{number}")).url for number in range(DOORS)]
        issuer = Issuer(place / "issuer", os.environ, "--realm", str(realm))
        stack.callback(issuer.stop)
        issuer.start()
        yield Stage(place, postgres, template, issuer, stores)


def _realm() -> dict[str, object]:
    """This product's, whose admin has the roles of every contract of the compiler's tests, too."""
    found = json.loads((ROOT / "docker" / "keycloak" / "realm.json").read_text())
    known = {one["name"] for one in found["roles"]["client"][NAME]}
    policies = [*CASES.glob("[bp]*/specs/policy.yaml"), *CORPUS.glob("*/specs/policy.yaml")]
    named = {role for policy in policies for role in yaml.safe_load(policy.read_text()).get("roles") or ()}
    found["roles"]["client"][NAME] += [{"name": role} for role in sorted(named - known)]
    admin = next(one for one in found["users"] if one["username"] == "admin")
    admin["clientRoles"][NAME] = sorted({*admin["clientRoles"][NAME], *named})
    return dict(found)
