"""`python -m docker.credentials`: what docker/compose.yaml needs and nobody may know, in `docker/.env` and `docker/secrets/`.

Promises: every password is 256 bits by chance; what is there already is kept, and what is made of it agrees with it; nothing is printed.
Only the owner of the files can reach them: the folder is his alone (0700). In it they can be read by all (0444), since an engine
mounts a file as it is, and no part runs as its owner. Raises SystemExit, in one line, where half of a certificate is there.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import secrets
import sys
import tomllib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bcrypt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from dotenv import dotenv_values

FOLDER = Path(__file__).parent
VALID = datetime.timedelta(days=397)
"""Of a certificate: what browsers take at most."""
TLS_FILES = ("authority.pem", "certificate.pem", "certificate.key")
NOBODY = "http://nobody.invalid/"
"""Whom alerts reach until somebody is said."""
ADMIN = "admin"
"""Of the realm's first user, who has every role."""


@dataclass(frozen=True)
class Vault:
    """A folder of secrets, one a file."""

    folder: Path

    def keep(self, name: str, make: Callable[[], str]) -> str:
        """The text that is there, or one that is made and there from now on."""
        path = self.folder / name
        if path.exists():
            return path.read_text(encoding="utf-8")
        text = make()
        _write(path, text, 0o444)
        return text

    def password(self, name: str) -> str:
        return self.keep(name, lambda: secrets.token_hex(32)).strip()


def provide(folder: Path, product: str, domain: str, realm: dict[str, Any]) -> None:
    """`folder` is the compose file's; `realm` is Keycloak's export, of which users and passwords stay behind."""
    said = _environment(folder / ".env", product, domain)
    domain = said["DOMAIN"] or domain
    (folder / "secrets").mkdir(exist_ok=True)
    (folder / "secrets").chmod(0o700)
    vault = Vault(folder / "secrets")
    vault.password("database_superuser")
    password = vault.password("database_password")
    vault.keep("database_url", lambda: f"postgresql://service:{password}@postgres:5432/service")
    vault.keep("redis_url", lambda: f"redis://:{vault.password('valkey_password')}@valkey:6379/0")
    vault.keep("valkey_password.conf", lambda: f"requirepass {vault.password('valkey_password')}\n")
    vault.password("signing_secret")
    client, first = vault.password("client_secret"), vault.password("admin_password")
    vault.keep("realm.json", lambda: json.dumps(production_realm(realm, domain, client, first), indent=2) + "\n")
    vault.keep("keycloak.conf", lambda: _keycloak(vault))
    operator = vault.password("observability_password")
    vault.keep(
        "observability_users", lambda: f"operator:{bcrypt.hashpw(operator.encode(), bcrypt.gensalt()).decode()}\n"
    )
    vault.password("grafana_admin_password")
    vault.keep("on_call_url", lambda: NOBODY)
    _certify(vault, domain)


def production_realm(realm: dict[str, Any], domain: str, client_secret: str, password: str) -> dict[str, Any]:
    """Without the users that everybody knows, and with one who has every role of the client. The client, the first of the export, has a
    secret; guessing passwords is slowed down; the service is told of sessions that end."""
    client, *others = realm["clients"]
    name = client["clientId"]
    ended = {
        "backchannel.logout.url": f"https://api.{domain}/auth/backchannel-logout",
        "backchannel.logout.session.required": "true",
    }
    client = client | {
        "publicClient": False,
        "secret": client_secret,
        "attributes": client.get("attributes", {}) | ended,
    }
    roles = [role["name"] for role in realm.get("roles", {}).get("client", {}).get(name, [])]
    first = {
        "id": str(uuid.uuid4()), "username": ADMIN, "enabled": True, "email": f"{ADMIN}@{domain}", "emailVerified": True,
        "firstName": "First", "lastName": "User", "realmRoles": [f"default-roles-{realm['realm']}"], "clientRoles": {name: roles},
        "credentials": [{"type": "password", "value": password, "temporary": False}],
    }  # fmt: skip
    return realm | {"clients": [client, *others], "users": [first], "bruteForceProtected": True}


def _environment(path: Path, product: str, domain: str) -> dict[str, str]:
    """What compose puts into its file; none of it is secret."""
    if not path.exists():
        example = (FOLDER / ".env.example").read_text(encoding="utf-8")
        _write(path, example.replace("desk.localhost", domain).replace("desk", product), 0o600)
    return {name: text or "" for name, text in dotenv_values(path).items()}


def _keycloak(vault: Vault) -> str:
    lines = {
        "db-url": "jdbc:postgresql://postgres:5432/keycloak",
        "db-username": "keycloak",
        "db-password": vault.password("keycloak_database_password"),
        "bootstrap-admin-username": ADMIN,
        "bootstrap-admin-password": vault.password("keycloak_admin_password"),
    }
    return "".join(f"{name}={text}\n" for name, text in lines.items())


def _certify(vault: Vault, domain: str) -> None:
    """A certificate for the domain and the names below it, by an authority that signs this one and is then forgotten."""
    there = [name for name in TLS_FILES if (vault.folder / name).exists()]
    if len(there) == len(TLS_FILES):
        return
    if there:
        sys.exit(
            f"{vault.folder} has {' and '.join(there)} alone; put the rest of {', '.join(TLS_FILES)} there, or none"
        )
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _signed(f"Authority of {domain}", authority, None, authority, [])
    one = _signed(domain, key, root.subject, authority, [domain, f"*.{domain}"])
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    texts = [root.public_bytes(serialization.Encoding.PEM), one.public_bytes(serialization.Encoding.PEM), private]
    for name, text in zip(TLS_FILES, texts, strict=True):
        vault.keep(name, text.decode)


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    by: x509.Name | None,
    by_key: ec.EllipticCurvePrivateKey,
    names: list[str],
) -> x509.Certificate:
    """Without names it is an authority's own."""
    subject, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]), datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder(by or subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None if names else 0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by_key.public_key()), critical=False)
        .add_extension(_usage(is_authority=not names), critical=True)
    )
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False
        )
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(by_key, hashes.SHA256())


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority, key_cert_sign=is_authority, crl_sign=is_authority, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _write(path: Path, text: str, mode: int) -> None:
    """Whole or not at all, and never with a wider mode."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.chmod(mode)
    draft.rename(path)


def main(arguments: list[str]) -> None:
    product = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
    parser = argparse.ArgumentParser(prog="python -m docker.credentials", description="Secrets of docker/compose.yaml.")
    parser.add_argument("--domain", default="", help="below which api, login and dashboards are; else NAME.localhost")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="instead of docker/")
    options = parser.parse_args(arguments)
    realm = json.loads((FOLDER / "keycloak" / "realm.json").read_text(encoding="utf-8"))
    provide(options.folder, product, options.domain or f"{product}.localhost", realm)
    print(f"{options.folder / '.env'} and {options.folder / 'secrets'} are complete")


if __name__ == "__main__":
    main(sys.argv[1:])
