"""A command in an image's tree as an engine that trusts it least would run it: a root that is read-only, a /tmp in memory, the image's
user without any capability, namespaces of its own but for the network, and files of secrets in /run/secrets.

The kernel is asked directly (unshare, mount, chroot, setpriv), so that it needs neither an engine nor cgroups. The command is process 1.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.images.building import Image

STOP_S = 40.0
"""More than the 30 s that orchestrators give."""
ENTER = """
root=$1 user=$2 group=$3 folder=$4 secrets=$5; shift 5
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o nosuid,nodev,mode=1777,size=64m tmp "$root/tmp"
mount -t tmpfs -o mode=755 run "$root/run"
mkdir "$root/run/secrets"
mount --bind "$secrets" "$root/run/secrets"
mount -t tmpfs -o mode=755 dev "$root/dev"
for one in null zero urandom; do touch "$root/dev/$one"; mount --bind "/dev/$one" "$root/dev/$one"; done
mkdir -m 1777 "$root/dev/shm"
exec chroot "$root" setpriv --reuid "$user" --regid "$group" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \\
  env --chdir="$folder" "$@"
"""


class Container:
    """`arguments` stand where the image's `CMD` does; `environment` is added to the image's own, and nothing else is. Entered it has
    begun, left it is gone."""

    def __init__(self, image: Image, folder: Path, environment: Mapping[str, str], *arguments: str) -> None:
        self._log = folder / "container.log"
        self._environment = environment
        self._image = image
        self._secrets = folder / "secrets"
        self._secrets.mkdir(parents=True, exist_ok=True)
        self._secrets.chmod(0o755)
        self._command = [*image.config["Entrypoint"], *(arguments or image.config["Cmd"])]

    def keep(self, name: str, value: str) -> str:
        """Its path in the container. A file that only the image's user reads."""
        path = self._secrets / name
        path.write_text(value)
        shutil.chown(path, *self.user)
        path.chmod(0o400)
        return f"/run/secrets/{name}"

    @property
    def user(self) -> tuple[int, int]:
        """Ids of user and group; ValueError for names, which an orchestrator could not prove to be another than root."""
        user, _, group = self._image.config["User"].partition(":")
        return int(user), int(group)

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._entering(self._command), stdout=log, stderr=log, env=self._variables()
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait(STOP_S)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Another command in a container of the same kind, to its end."""
        entering = self._entering(list(command))
        return subprocess.run(
            entering, env=self._variables(), capture_output=True, text=True, check=False, timeout=60
        )  # fmt: skip

    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Of process 1, as it is seen from outside."""
        outer = self._process.pid
        return int(Path(f"/proc/{outer}/task/{outer}/children").read_text().split()[0])

    def stop(self) -> int:
        """As an orchestrator ends it; the exit code."""
        os.kill(self.pid, getattr(signal, self._image.config.get("StopSignal", "SIGTERM")))
        return self._process.wait(STOP_S)

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def _entering(self, command: list[str]) -> list[str]:
        alone = ["unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child"]
        place = (str(self._image.root), *map(str, self.user), self._image.config["WorkingDir"], str(self._secrets))
        return [str(shutil.which(alone[0])), *alone[1:], "sh", "-euc", ENTER, "sh", *place, *command]

    def _variables(self) -> dict[str, str]:
        own = dict(one.split("=", 1) for one in self._image.config["Env"])
        return own | dict(self._environment)
