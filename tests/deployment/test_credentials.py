"""What `make secrets` writes."""

from __future__ import annotations

import json
import ssl
import stat
import subprocess
import sys
from pathlib import Path

import bcrypt
import pytest
from cryptography import x509

from docker.credentials import production_realm, provide
from tests.deployment.composed import DOCKER, ROOT

REALM = json.loads((DOCKER / "keycloak" / "realm.json").read_text())
PASSWORDS = {
    "admin_password", "client_secret", "database_password", "database_superuser", "grafana_admin_password", "keycloak_admin_password",
    "keycloak_database_password", "observability_password", "signing_secret", "valkey_password",
}  # fmt: skip


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in [folder / ".env", *(folder / "secrets").iterdir()]}


def test_only_their_owner_reaches_them_and_every_part_reads_its_own(written: Path) -> None:
    """The engine mounts a file with its mode, and a part has a user of its own: the folder is what keeps others out."""
    assert stat.S_IMODE((written / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((written / ".env").stat().st_mode) == 0o600
    assert {stat.S_IMODE(path.stat().st_mode) for path in (written / "secrets").iterdir()} == {0o444}


def test_every_password_is_long_and_no_other_s(written: Path, tmp_path: Path) -> None:
    provide(tmp_path, "desk", "desk.localhost", REALM)
    found = [(folder / "secrets" / name).read_text() for folder in (written, tmp_path) for name in PASSWORDS]
    assert len(set(found)) == len(found)
    assert {len(bytes.fromhex(one)) for one in found} == {32}


def test_what_is_there_stays(tmp_path: Path) -> None:
    provide(tmp_path, "desk", "desk.localhost", REALM)
    before = contents(tmp_path)
    provide(tmp_path, "other", "other.example", REALM)
    assert contents(tmp_path) == before


def test_what_was_taken_away_is_made_anew_to_fit_the_rest(tmp_path: Path) -> None:
    provide(tmp_path, "desk", "desk.localhost", REALM)
    before = contents(tmp_path)
    for name in ("database_url", "keycloak.conf", "realm.json"):
        (tmp_path / "secrets" / name).unlink()
    provide(tmp_path, "desk", "desk.localhost", REALM)
    after = contents(tmp_path)
    assert after["database_url"] == before["database_url"]
    assert after["keycloak.conf"] == before["keycloak.conf"]
    assert json.loads(after["realm.json"])["clients"] == json.loads(before["realm.json"])["clients"]


def test_the_realm_has_no_user_that_everybody_knows(written: Path) -> None:
    realm = json.loads((written / "secrets" / "realm.json").read_text())
    everybody = {one["value"] for user in REALM["users"] for one in user["credentials"]}
    assert [user["username"] for user in realm["users"]] == ["admin"]
    assert everybody & {one["value"] for user in realm["users"] for one in user["credentials"]} == set()
    client = realm["clients"][0]
    assert client["publicClient"] is False
    assert client["secret"] == (written / "secrets" / "client_secret").read_text()
    roles = {role["name"] for role in REALM["roles"]["client"][client["clientId"]]}
    assert roles
    assert set(realm["users"][0]["clientRoles"][client["clientId"]]) == roles


def test_the_realm_keeps_what_else_the_team_has_said() -> None:
    theirs = REALM | {
        "smtpServer": {"host": "mail"},
        "clients": [*REALM["clients"], {"clientId": "page", "publicClient": True}],
    }
    realm = production_realm(theirs, "example.com", "secret", "password")
    assert realm["smtpServer"] == {"host": "mail"}
    assert realm["clients"][1] == {"clientId": "page", "publicClient": True}
    assert theirs["users"] == REALM["users"], "what was given is changed"


def test_the_certificate_is_for_the_domain_and_is_trusted_by_the_authority_alone(written: Path) -> None:
    folder = written / "secrets"
    ssl.create_default_context().load_cert_chain(folder / "certificate.pem", folder / "certificate.key")
    one = x509.load_pem_x509_certificate((folder / "certificate.pem").read_bytes())
    authority = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
    one.verify_directly_issued_by(authority)
    names = one.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
    assert names == ["desk.localhost", "*.desk.localhost"]
    with pytest.raises(ValueError, match="not"):
        one.verify_directly_issued_by(one)


def test_half_of_a_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "certificate.pem").write_text("a team's own")
    with pytest.raises(SystemExit, match=r"certificate\.pem alone"):
        provide(tmp_path, "desk", "desk.localhost", REALM)


def test_operators_come_in_with_the_password_that_was_written(written: Path) -> None:
    user, _, hashed = (written / "secrets" / "observability_users").read_text().strip().partition(":")
    password = (written / "secrets" / "observability_password").read_bytes()
    assert user == "operator"
    assert bcrypt.checkpw(password, hashed.encode())


def test_the_command_writes_where_it_is_told_and_shows_no_secret(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "docker.credentials", "--folder", str(tmp_path), "--domain", "example.com"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = contents(tmp_path)
    assert "DOMAIN=example.com\n" in found[".env"]
    assert [name for name, text in found.items() if text.strip() in ended.stdout + ended.stderr] == []


def test_git_does_not_see_them() -> None:
    asked = ["docker/.env", "docker/secrets/database_url", "docker/secrets/certificate.key"]
    ended = subprocess.run(["git", "check-ignore", *asked], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.stdout.split() == asked
