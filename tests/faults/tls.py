"""TLS in front of servers whose builds have none: a small authority, its certificates, and a front that ends TLS as they would."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.relay import relay

SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""PostgreSQL's protocol, §55.2.10: the client asks before it speaks TLS, and is answered by one letter."""
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Certificates:
    """Paths of PEM files: the authority's certificate, a server's for 127.0.0.1, and a client's, with their keys."""

    authority: Path
    server: Path
    server_key: Path
    client: Path
    client_key: Path


def issue(folder: Path) -> Certificates:
    folder.mkdir(parents=True, exist_ok=True)
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = _signed("authority", root_key, "authority", root_key, is_authority=True)
    (folder / "authority.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    for name in ("server", "client"):
        key = ec.generate_private_key(ec.SECP256R1())
        one = _signed(name, key, "authority", root_key, is_authority=False)
        (folder / f"{name}.pem").write_bytes(one.public_bytes(serialization.Encoding.PEM))
        (folder / f"{name}.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    named = (folder / one for one in ("authority.pem", "server.pem", "server.key", "client.pem", "client.key"))
    return Certificates(*named)


def _signed(
    name: str, key: ec.EllipticCurvePrivateKey, by: str, by_key: ec.EllipticCurvePrivateKey, *, is_authority: bool
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, by)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(addresses, critical=False)
        .sign(by_key, hashes.SHA256())
    )


class TlsFront:
    """A port that speaks TLS to callers and plain to the server `behind`. Entered it listens, left it is gone. `is_postgres` waits to
    be asked for TLS first; `wants_client` refuses who shows no certificate of the authority."""

    def __init__(
        self, behind: int, certificates: Certificates, *, is_postgres: bool, wants_client: bool = False
    ) -> None:
        self.port = 0
        self._behind = behind
        self._is_postgres = is_postgres
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(certificates.server, certificates.server_key)
        if wants_client:
            self._context.load_verify_locations(certificates.authority)
            self._context.verify_mode = ssl.CERT_REQUIRED

    async def __aenter__(self) -> Self:
        context = None if self._is_postgres else self._context
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            if self._is_postgres:
                assert await reader.readexactly(len(SSL_REQUEST)) == SSL_REQUEST
                writer.write(b"S")
                await writer.start_tls(self._context)
            behind = await asyncio.open_connection("127.0.0.1", self._behind)
            await relay((reader, writer), behind)
        writer.close()
