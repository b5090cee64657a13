"""The system's keyring, where there is one: secrets that are kept there are in no file.

It is asked through the package `keyring`, an extra of this one. What a backend stores is one text for each address, under the product's name.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType
from typing import Protocol

from ..errors import AuthenticationLost

CHOSEN = "PYTHON_KEYRING_BACKEND"
"""By this variable of `keyring` a user says which one is to be used, `keyring.backends.null.Keyring` for none."""
LEAST = 1.0
"""The priority from which on `keyring` recommends a backend; one below it is used where it was chosen."""


class Keyring(Protocol):
    """Where secrets are kept beside the file."""

    def get(self, url: str) -> str | None:
        """Raises AuthenticationLost where it is locked, and nobody unlocks it."""

    def put(self, url: str, secret: str) -> bool:
        """Whether it was taken: a keyring may be locked, or have a limit."""

    def drop(self, url: str) -> None:
        """Also what is not there."""


class NoKeyring:
    """Nothing is kept here."""

    def get(self, url: str) -> None:
        return None

    def put(self, url: str, secret: str) -> bool:
        return False

    def drop(self, url: str) -> None:
        """There is nothing."""


class SystemKeyring:
    """The backend that `keyring` has found, or that the user chose."""

    def __init__(self, module: ModuleType, product: str) -> None:
        self._module = module
        self._product = product

    def get(self, url: str) -> str | None:
        try:
            found: str | None = self._module.get_password(self._product, url)
        except self._module.errors.KeyringError as error:
            raise AuthenticationLost(f"the keyring does not give out the session: {error}") from error
        return found

    def put(self, url: str, secret: str) -> bool:
        try:
            self._module.set_password(self._product, url, secret)
        except self._module.errors.KeyringError:
            return False
        return True

    def drop(self, url: str) -> None:
        try:
            self._module.delete_password(self._product, url)
        except self._module.errors.KeyringError:
            return


def keyring(product: str) -> Keyring:
    """The system's, if the package is there and knows one that can keep a secret."""
    try:
        module = import_module("keyring")
    except ImportError:
        return NoKeyring()
    backend = module.get_keyring()
    is_fit = float(backend.priority) >= LEAST or (CHOSEN in os.environ and float(backend.priority) > 0)
    return SystemKeyring(module, product) if is_fit else NoKeyring()
