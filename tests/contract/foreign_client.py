"""`python foreign_client.py URL`, beside a package `client` that openapi-python-client made: calls each operation once, in an order
that lets all of them succeed, and prints the status and the class of what was read, by operation, as JSON."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

TAGS = ("artists", "auth", "audit_log", "system")
TIMEOUT_S = 30.0


class Calls:
    def __init__(self, url: str) -> None:
        sys.path.insert(0, str(Path.cwd()))
        self._package = importlib.import_module("client")
        self._client: Any = self._package.Client(base_url=url, timeout=TIMEOUT_S)
        self.heard: dict[str, tuple[int, str]] = {}

    def log_in(self, user: str) -> Any:
        tokens = self.call("login", body=self.body("login", username=user, password=user))
        self._client = self._package.AuthenticatedClient(
            base_url=str(self._client._base_url), token=tokens.access_token, timeout=TIMEOUT_S
        )
        return tokens

    def body(self, operation: str, **members: Any) -> Any:
        name = f"{operation}_json_body"
        kind = getattr(importlib.import_module(f"client.models.{name}"), "".join(map(str.capitalize, name.split("_"))))
        return kind(**members)

    def call(self, operation: str, *path: Any, **fields: Any) -> Any:
        answer = self._module(operation).sync_detailed(*path, client=self._client, **fields)
        self.heard[operation] = int(answer.status_code), type(answer.parsed).__name__
        return answer.parsed

    def _module(self, operation: str) -> ModuleType:
        found = [tag for tag in TAGS if Path("client", "api", tag, f"{operation}.py").is_file()]
        return importlib.import_module(f"client.api.{found[0]}.{operation}")


def main(url: str) -> None:
    calls = Calls(url)
    for probe in ("health", "livez", "readyz"):
        calls.call(probe)
    tokens = calls.log_in("admin")
    artist = calls.call("create_artist", body=calls.body("create_artist", name="Sappho of Eresos"))
    calls.call("get_artist", artist.id)
    calls.call("get_artists", search_term="Eresos")
    calls.call("get_paginated_artists", per_page=2)
    calls.call("update_artist", artist.id, body=calls.body("update_artist", name="Sappho", bio=None), if_match='"1"')
    calls.call("delete_artist", artist.id)
    logs = calls.call("get_audit_logs", per_page=2)
    calls.call("get_audit_log", logs.items[0].id)
    calls.call("create_ws_ticket")
    calls.call("end_sessions", "nobody")
    tokens = calls.call("refresh", body=calls.body("refresh", refresh_token=tokens.refresh_token))
    calls.call("logout", body=calls.body("logout", refresh_token=tokens.refresh_token))
    print(json.dumps(calls.heard))


if __name__ == "__main__":
    main(sys.argv[1])
