"""The real Keycloak as a child of this process, on loopback: the distribution from Maven Central, and a realm of the repository.

Promises: what is started has the checksum that stands here; it is fetched once, into the user's cache; its data is in its folder.
Where Java or Maven is missing, one line says so (`ServerUnavailable`). Not for production: `start-dev` has neither TLS nor a database.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from app.development.realm import REALM_FILE, load_realm
from app.development.servers import Server, ServerUnavailable, free_port
from app.exit_codes import FAILED, OK, UNAVAILABLE
from generated.product import NAME

VERSION, LATER = "26.4.0", "26.7.0"
CHOICE = "KEYCLOAK_VERSION"
"""The variable of the environment that names another than the first."""
SHA256 = {
    VERSION: "1b6a11a2726ac8a8dc9c91d5fafe989a75ce4f1622d7f7b45c21d5bc16629c0a",  # pragma: allowlist secret
    LATER: "e63bd0167199c0092b8a4d22cc137e6b7a70e0089070f6f7799b1be504b69a8a",  # pragma: allowlist secret
}
"""Of each distribution that the tests know, as a zip file."""
FETCH_S = 300.0
START_S = 180.0
"""About 30 s on two idle cores."""
ADMIN, ADMIN_PASSWORD = "admin", "admin"
"""Of the realm `master`, as this module sets them; on loopback, for development."""
QUICKLY = "-XX:TieredStopAtLevel=1"
"""What lives for minutes is not worth the second compiler."""


class Keycloak(Server):
    """`realms` are exports, imported at the first start of a folder: what was changed since stays, whatever they say. `version` is one of SHA256's, by
    default what the environment names."""

    setting = "KEYCLOAK_URL"
    start_s = START_S

    def __init__(
        self, folder: Path, realms: Sequence[Path] = (REALM_FILE,), *, port: int = 0, version: str | None = None
    ) -> None:
        super().__init__(folder)
        self.version = version or os.environ.get(CHOICE) or VERSION
        self.port = port or free_port()
        self._realms = realms

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def home(self) -> Path:
        return self.folder / f"keycloak-{self.version}"

    def launch(self) -> None:
        """Unpacks it the first time. Raises ServerUnavailable where it cannot be fetched or run."""
        if not (self.home / "data" / "import").exists():
            self._install(fetched(self.version))
        command = [str(self.home / "bin" / "kc.sh"), "start-dev", "--import-realm", "--http-host", "127.0.0.1"]
        self._spawn([*command, "--http-port", str(self.port)], environment=_environment(os.environ))

    def is_ready(self) -> bool:
        name = load_realm(self._realms[-1]).name
        try:
            address = f"{self.url}/realms/{name}/.well-known/openid-configuration"
            with urllib.request.urlopen(address, timeout=2) as answer:  # nosec B310: http on loopback
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _install(self, archive: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.unpack_archive(archive, self.folder)
        for script in (self.home / "bin").glob("*.sh"):
            script.chmod(0o755)
        imported = self.home / "data" / "import"
        imported.mkdir(parents=True)
        for number, realm in enumerate(self._realms):
            shutil.copy(realm, imported / f"{number}.json")

    def _end(self, with_signal: signal.Signals) -> None:
        """The shell script waits for its Java in some starts and becomes it in others: both are told."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, with_signal)
        super()._end(with_signal)


def fetched(version: str = VERSION) -> Path:
    """The distribution, from the cache or through Maven. Raises ServerUnavailable, in one line."""
    if version not in SHA256:
        raise ServerUnavailable(f"{CHOICE}={version}: known by their checksums are {', '.join(SHA256)}")
    if shutil.which("java") is None:
        raise ServerUnavailable("Keycloak needs Java 17 or later, and there is no `java` here")
    archive = _cache() / f"keycloak-quarkus-dist-{version}.zip"
    if not archive.is_file():
        _fetch(archive, version)
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256[version]:
        archive.unlink()
        raise ServerUnavailable(f"Keycloak {version} came with the checksum {found}, which is not the one we know")
    return archive


def _fetch(archive: Path, version: str) -> None:
    if shutil.which("mvn") is None:
        raise ServerUnavailable(f"Keycloak {version} comes by Maven, and there is no `mvn` here")
    draft = archive.parent / f"draft.{os.getpid()}"
    artifact = f"org.keycloak:keycloak-quarkus-dist:{version}:zip"
    copy = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={draft}"]
    try:
        subprocess.run(copy, check=True, capture_output=True, timeout=FETCH_S)
        (draft / archive.name).replace(archive)
    except (subprocess.SubprocessError, OSError) as error:
        raise ServerUnavailable(f"Keycloak {version} could not be fetched by Maven: {type(error).__name__}") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _cache() -> Path:
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", NAME)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    return {
        **ours,
        "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN,
        "KC_BOOTSTRAP_ADMIN_PASSWORD": ADMIN_PASSWORD,
        "JAVA_OPTS_APPEND": QUICKLY,
    }


def run(root: Path, port: int) -> int:
    """Until ^C or SIGTERM, with its data in `.stele/keycloak`; answers an exit code: 69 where it does not start, 1 where it ends by itself."""
    server = Keycloak(root / ".stele" / "keycloak", port=port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.start()
        print(_greeting(server), flush=True)
        while server.is_running():
            time.sleep(0.2)
        print(f"Keycloak has ended; {server.log} says why", file=sys.stderr)
    except ServerUnavailable as error:
        print(error, file=sys.stderr)
        return UNAVAILABLE
    except KeyboardInterrupt:
        return OK
    finally:
        server.stop()
    return FAILED


def _greeting(server: Keycloak) -> str:
    realm = load_realm(REALM_FILE)
    users = ", ".join(user.username for user in realm.users.values() if user.password)
    return "\n".join(
        [
            "",
            f"  Keycloak {server.version} at  {server.url}/admin   ({ADMIN}, password {ADMIN_PASSWORD})",
            f"  its realm is      {realm.name}, as docker/keycloak/realm.json had it at the first start",
            f"  users             {users}; each one's password is its name",
            "",
            f"  KEYCLOAK_URL={server.url} make run",
            "",
            f"  Ctrl-C ends it; its data stays in {server.folder}.",
        ]
    )
