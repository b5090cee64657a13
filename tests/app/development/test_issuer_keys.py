"""Keys outlive a restart, are readable by nobody else, and are replaced without anybody noticing."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.development.issuer_keys import BadKeysFile, load_keys


def test_a_keys_file_open_to_others_is_closed_and_a_broken_one_is_not_overwritten(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    made = load_keys(keys)
    keys.chmod(0o644)
    assert load_keys(keys).signing.thumbprint() == made.signing.thumbprint()
    assert keys.stat().st_mode & 0o777 == 0o600
    keys.write_text("{}")
    with pytest.raises(BadKeysFile):
        load_keys(keys)
    assert keys.read_text() == "{}"


def test_a_retired_key_is_published_until_it_is_withdrawn() -> None:
    keys = load_keys(None)
    first = keys.signing
    keys.rotate()
    assert keys.signing.kid != first.kid
    assert [key.kid for key in keys.published()] == [keys.signing.kid, first.kid]
    assert keys.withdraw(str(first.kid))
    assert not keys.withdraw(str(first.kid))
    assert not keys.withdraw(str(keys.signing.kid))
    assert keys.published() == [keys.signing]
