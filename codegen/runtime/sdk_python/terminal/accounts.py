"""Who is logged in where, and the tokens that are had from it: in the system's keyring, else in one file that nobody else may read.

Promises: the file has mode 0600 in a folder of mode 0700, and is replaced whole; it has no token that a keyring has taken; no password is kept; a
token that was renewed is kept before it is used, so that the next program has it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import ApiError, AuthenticationLost
from ..token import Token, due_after_s
from .keyrings import Keyring

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


@dataclass(frozen=True, slots=True)
class Account:
    """A session at `url`. `until` is the Unix time at which `access` ends, `due` when it is to be renewed."""

    url: str
    username: str
    access: str
    refresh: str
    due: float
    until: float


def account(url: str, username: str, access: str, refresh: str, expires_in_s: float) -> Account:
    now = time.time()
    return Account(url, username, access, refresh, now + due_after_s(expires_in_s), now + expires_in_s)


class Accounts:
    """By address; the last one that was logged in to is the default. The file has all of them, in order; those whose secrets are in the keyring with
    address and user alone."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._file = folder / "accounts.json"
        self._keyring = keyring

    def of(self, url: str) -> Account | None:
        """Raises AuthenticationLost where the keyring does not give it out."""
        listed = next((one for one in self._read() if one["url"] == url), None)
        if listed is None or "access" in listed:
            return _read_account(listed)
        secret = self._keyring.get(url)
        return _read_account(json.loads(secret)) if secret is not None else None

    @property
    def last_url(self) -> str | None:
        return next((str(one["url"]) for one in reversed(self._read())), None)

    def keep(self, kept: Account) -> None:
        """In the place of what was kept for the same address."""
        whole = asdict(kept)
        is_in_keyring = self._keyring.put(kept.url, json.dumps(whole))
        if not is_in_keyring:
            self._keyring.drop(kept.url)
        listed = {"url": kept.url, "username": kept.username} if is_in_keyring else whole
        self._write([*(one for one in self._read() if one["url"] != kept.url), listed])

    def forget(self, url: str) -> None:
        self._keyring.drop(url)
        self._write([one for one in self._read() if one["url"] != url])

    def _read(self) -> list[dict[str, Any]]:
        """Nothing where the file is missing, or is none of ours."""
        try:
            found = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return []
        return [one for one in found if isinstance(one, dict) and "url" in one] if isinstance(found, list) else []

    def _write(self, listed: list[dict[str, Any]]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        handle, name = tempfile.mkstemp(dir=self._file.parent, prefix=".accounts-")
        try:
            os.chmod(name, PRIVATE_FILE)
            with os.fdopen(handle, "w") as file:
                json.dump(listed, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self._file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _read_account(found: Mapping[str, Any] | None) -> Account | None:
    """None where it is none of ours."""
    try:
        return Account(**found) if found is not None else None
    except TypeError:
        return None


def provider(accounts: Accounts, url: str, renew: Callable[[Account], Account]) -> Callable[[], Token]:
    """Tokens of the account at `url`: the one that is kept while it holds, then another. What is asked for again at once was
    refused, and is renewed whatever its time. Another program may have renewed it meanwhile; then that one is taken."""
    given: list[str] = []

    def provide() -> Token:
        kept = accounts.of(url)
        if kept is None:
            raise AuthenticationLost("nobody is logged in there")
        if time.time() >= kept.due or kept.access in given:
            kept = _renewed(accounts, kept, renew)
        given.append(kept.access)
        return Token(kept.access, max(0.0, kept.until - time.time()))

    return provide


def _renewed(accounts: Accounts, kept: Account, renew: Callable[[Account], Account]) -> Account:
    try:
        found = renew(kept)
    except ApiError as error:
        other = accounts.of(kept.url)
        if other is not None and other.access != kept.access:
            return other
        raise AuthenticationLost(f"the session has ended: {error}") from error
    accounts.keep(found)
    return found


def config_folder(product: str) -> Path:
    """Where the platform wants a program's settings."""
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / product
    if os.name == "nt":
        return Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming") / product
    return Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / product
