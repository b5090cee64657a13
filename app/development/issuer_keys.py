"""The development issuer's keys: one that signs, those that are still published, and one for its refresh tokens.

Promises: they outlive a restart while their file stays, which only its owner may read; a broken file is never overwritten.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey


class BadKeysFile(Exception):
    """The keys file is there but holds no keys."""


@dataclass(slots=True)
class Keys:
    signing: RSAKey
    refresh: OctKey
    retired: list[RSAKey] = field(default_factory=list)
    """Published until they are withdrawn, so that what they have signed is still taken."""

    def rotate(self) -> None:
        """Signs with a new key from now on; not written to the file."""
        self.retired.append(self.signing)
        self.signing = _signing_key()

    def withdraw(self, key_id: str) -> bool:
        """Whether there was such a key besides the one that signs."""
        kept = [key for key in self.retired if key.kid != key_id]
        found = len(kept) < len(self.retired)
        self.retired = kept
        return found

    def published(self) -> list[RSAKey]:
        return [self.signing, *self.retired]


def load_keys(path: Path | None) -> Keys:
    """The keys of the file, made and written there (mode 0600, atomically) when it does not exist yet. None keeps them
    in memory alone. BadKeysFile for a file that holds none."""
    if path is None or not path.exists():
        keys = Keys(_signing_key(), OctKey.generate_key(512))
        if path is not None:
            _write_private(path, keys)
        return keys
    try:
        path.chmod(0o600)
        stored = json.loads(path.read_bytes())
        return Keys(RSAKey.import_key(stored["signing"]), OctKey.import_key(stored["refresh"]))
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise BadKeysFile(str(path)) from error


def _signing_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)


def _write_private(path: Path, keys: Keys) -> None:
    stored = {"signing": keys.signing.as_dict(private=True), "refresh": keys.refresh.as_dict(private=True)}
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(descriptor, "w") as file:
        json.dump(stored, file)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
