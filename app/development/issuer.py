"""The development issuer: Keycloak's paths, tokens and refusals for the users of docker/keycloak/realm.json.

Promises: tokens outlive a restart while the keys file stays; refresh tokens rotate, expire and end with their
session (what was used or ended is kept in memory). Refuses to start in production.
"""

from __future__ import annotations

import argparse
import hmac
import json
import os
import secrets
import socket
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.settings import Environment

EXIT_CONFIG = 78
EXIT_FAILURE = 1
REALM_FILE = Path(__file__).resolve().parents[2] / "docker" / "keycloak" / "realm.json"
MAX_FORM_BYTES = 64 * 1024
ACCOUNT_ROLES = ["manage-account", "manage-account-links", "view-profile"]
SCOPE = "openid email profile"
NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}
MAX_REMEMBERED = 100_000
"""From so many on what has expired is forgotten; what could still be used never is."""


class Refused(Exception):
    """An answer in Keycloak's words."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error, "error_description": description}


class BadKeysFile(Exception):
    """The keys file is there but holds no keys."""


@dataclass(frozen=True, slots=True)
class User:
    id: str
    username: str
    password: str = field(repr=False)
    email: str
    first_name: str
    last_name: str
    roles: tuple[str, ...]

    def profile(self) -> dict[str, object]:
        return {
            "sub": self.id,
            "email_verified": True,
            "name": f"{self.first_name} {self.last_name}",
            "preferred_username": self.username,
            "given_name": self.first_name,
            "family_name": self.last_name,
            "email": self.email,
        }


@dataclass(frozen=True, slots=True)
class Realm:
    name: str
    client_id: str
    users: dict[str, User]


@dataclass(frozen=True, slots=True)
class Keys:
    signing: RSAKey
    refresh: OctKey


@dataclass(frozen=True, slots=True)
class Lifetimes:
    access_s: int
    refresh_s: int


def load_realm(path: Path) -> Realm:
    """The one realm, its first client and its users, from a Keycloak export."""
    export = json.loads(path.read_bytes())
    client_id = export["clients"][0]["clientId"]
    users = (_load_user(entry, client_id) for entry in export["users"])
    return Realm(export["realm"], client_id, {user.username: user for user in users})


def _load_user(entry: dict[str, Any], client_id: str) -> User:
    return User(
        id=entry["id"],
        username=entry["username"],
        password=next(one["value"] for one in entry["credentials"] if one["type"] == "password"),
        email=entry["email"],
        first_name=entry["firstName"],
        last_name=entry["lastName"],
        roles=tuple(entry.get("clientRoles", {}).get(client_id, ())),
    )


def load_keys(path: Path | None) -> Keys:
    """The keys of the file, made and written there (mode 0600, atomically) when it does not exist yet. None keeps them
    in memory alone. BadKeysFile for a file that holds none."""
    if path is None or not path.exists():
        keys = _generate_keys()
        if path is not None:
            _write_private(path, keys)
        return keys
    try:
        path.chmod(0o600)
        stored = json.loads(path.read_bytes())
        return Keys(RSAKey.import_key(stored["signing"]), OctKey.import_key(stored["refresh"]))
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise BadKeysFile(str(path)) from error


def _generate_keys() -> Keys:
    signing = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
    return Keys(signing, OctKey.generate_key(512))


def _write_private(path: Path, keys: Keys) -> None:
    stored = {"signing": keys.signing.as_dict(private=True), "refresh": keys.refresh.as_dict(private=True)}
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(descriptor, "w") as file:
        json.dump(stored, file)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)


class Sessions:
    """Which refresh tokens were used and which sessions ended, each for as long as its tokens could live."""

    def __init__(self) -> None:
        self._spent: dict[str, int] = {}
        self._ended: dict[str, int] = {}

    def spend(self, claims: dict[str, Any]) -> None:
        """Raises Refused for a token used before, and ends its session: one of the two users is a thief."""
        if claims["sid"] in self._ended:
            raise Refused("invalid_grant", "Session not active")
        if claims["jti"] in self._spent:
            self.end(claims)
            raise Refused("invalid_grant", "Maximum allowed refresh token reuse exceeded")
        self._remember(self._spent, claims["jti"], claims["exp"])

    def end(self, claims: dict[str, Any]) -> None:
        """Its access tokens are taken until they expire, by services that verify alone."""
        self._remember(self._ended, claims["sid"], claims["exp"])

    def has_ended(self, session_id: str) -> bool:
        return session_id in self._ended

    @staticmethod
    def _remember(kept: dict[str, int], name: str, expires_at: int) -> None:
        if len(kept) >= MAX_REMEMBERED:
            now = time.time()
            for old in [key for key, until in kept.items() if until < now]:
                del kept[old]
        kept[name] = max(expires_at, kept.get(name, 0))


class Issuer:
    """Makes and checks tokens in the name of one realm, whose `url` is their `iss`."""

    def __init__(self, url: str, realm: Realm, keys: Keys, lifetimes: Lifetimes) -> None:
        self.url = url
        self._realm = realm
        self._keys = keys
        self._lifetimes = lifetimes
        self._sessions = Sessions()

    def grant(self, form: dict[str, str]) -> dict[str, object]:
        """The token endpoint: RFC 6749 §4.3 and §6, a refresh token good once. Raises Refused."""
        self._check_client(form)
        match form.get("grant_type"):
            case "password":
                return self._issue(self._check_password(form), str(uuid.uuid4()))
            case "refresh_token":
                claims = self._read_refresh_token(form)
                self._sessions.spend(claims)
                return self._issue(self._user_of(claims["sub"]), claims["sid"])
            case None:
                raise Refused("invalid_request", "Missing form parameter: grant_type")
            case _:
                raise Refused("unsupported_grant_type", "Unsupported grant_type")

    def logout(self, form: dict[str, str]) -> None:
        """Ends the session of a refresh token; a session that ended before stays ended."""
        self._check_client(form)
        self._sessions.end(self._read_refresh_token(form, accepts_expired=True))

    def userinfo(self, authorization: str) -> dict[str, object]:
        claims = self._decode(authorization.removeprefix("Bearer "), self._keys.signing, "RS256")
        is_access_token = claims is not None and claims["typ"] == "Bearer"
        if claims is None or not is_access_token or self._is_over(claims):
            raise Refused("invalid_token", "Token verification failed", 401)
        return self._user_of(claims["sub"]).profile()

    def _is_over(self, claims: dict[str, Any]) -> bool:
        return claims["exp"] <= time.time() or self._sessions.has_ended(claims["sid"])

    def certs(self) -> dict[str, object]:
        return {"keys": [self._keys.signing.as_dict(private=False)]}

    def configuration(self) -> dict[str, object]:
        protocol = f"{self.url}/protocol/openid-connect"
        return {
            "issuer": self.url,
            "token_endpoint": f"{protocol}/token",
            "userinfo_endpoint": f"{protocol}/userinfo",
            "end_session_endpoint": f"{protocol}/logout",
            "jwks_uri": f"{protocol}/certs",
            "grant_types_supported": ["password", "refresh_token"],
            "response_types_supported": [],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["none"],
        }

    def _check_client(self, form: dict[str, str]) -> None:
        if form.get("client_id") != self._realm.client_id:
            raise Refused("invalid_client", "Invalid client or Invalid client credentials", 401)

    def _check_password(self, form: dict[str, str]) -> User:
        user = self._realm.users.get(form.get("username", "").lower())
        password = user.password if user is not None else secrets.token_urlsafe()
        is_right = hmac.compare_digest(password.encode(), form.get("password", "").encode("utf-8", "replace"))
        if user is None or not is_right:
            raise Refused("invalid_grant", "Invalid user credentials", 401)
        return user

    def _user_of(self, user_id: str) -> User:
        for user in self._realm.users.values():
            if user.id == user_id:
                return user
        raise Refused("invalid_grant", "User not found")

    def _read_refresh_token(self, form: dict[str, str], *, accepts_expired: bool = False) -> dict[str, Any]:
        if not form.get("refresh_token"):
            raise Refused("invalid_request", "No refresh token")
        claims = self._decode(form["refresh_token"], self._keys.refresh, "HS512")
        if claims is None or claims["typ"] != "Refresh":
            raise Refused("invalid_grant", "Invalid refresh token")
        if claims["exp"] <= time.time() and not accepts_expired:
            raise Refused("invalid_grant", "Token is not active")
        return claims

    def _decode(self, token: str, key: RSAKey | OctKey, algorithm: str) -> dict[str, Any] | None:
        """The claims of a token that this issuer signed under this very address, else None."""
        try:
            claims = jwt.decode(token, key, algorithms=[algorithm]).claims
        except (JoseError, ValueError, TypeError):
            return None
        return claims if claims.get("iss") == self.url else None

    def _issue(self, user: User, session_id: str) -> dict[str, object]:
        who = {"iss": self.url, "sub": user.id, "azp": self._realm.client_id, "sid": session_id}
        shared = who | {"iat": int(time.time()), "acr": "1"}
        refresh = {"typ": "Refresh", "aud": self.url, "scope": SCOPE}
        identity = user.profile() | {"typ": "ID", "aud": self._realm.client_id}
        access_s, refresh_s = self._lifetimes.access_s, self._lifetimes.refresh_s
        return {
            "access_token": self._sign(shared | self._access_claims(user), access_s),
            "expires_in": access_s,
            "refresh_expires_in": refresh_s,
            "refresh_token": self._sign(shared | refresh, refresh_s),
            "token_type": "Bearer",
            "id_token": self._sign(shared | identity, access_s),
            "not-before-policy": 0,
            "session_state": session_id,
            "scope": SCOPE,
        }

    def _access_claims(self, user: User) -> dict[str, object]:
        """As Keycloak 26 writes them: a client in which the user has no role is left out."""
        ours = {self._realm.client_id: {"roles": list(user.roles)}} if user.roles else {}
        return user.profile() | {
            "typ": "Bearer",
            "aud": [self._realm.client_id, "account"],
            "realm_access": {"roles": ["offline_access", f"default-roles-{self._realm.name}", "uma_authorization"]},
            "resource_access": ours | {"account": {"roles": ACCOUNT_ROLES}},
            "scope": SCOPE,
        }

    def _sign(self, claims: dict[str, Any], lifetime_s: int) -> str:
        dated = claims | {"exp": claims["iat"] + lifetime_s, "jti": str(uuid.uuid4())}
        if claims["typ"] == "Refresh":
            return jwt.encode({"alg": "HS512"}, dated, self._keys.refresh, algorithms=["HS512"])
        header = {"alg": "RS256", "kid": self._keys.signing.kid}
        return jwt.encode(header, dated, self._keys.signing, algorithms=["RS256"])


def build_app(issuer: Issuer, realm_name: str) -> Starlette:
    async def token(request: Request) -> Response:
        return JSONResponse(issuer.grant(await _read_form(request)), headers=NO_STORE)

    async def logout(request: Request) -> Response:
        issuer.logout(await _read_form(request))
        return Response(status_code=204)

    async def userinfo(request: Request) -> Response:
        return JSONResponse(issuer.userinfo(request.headers.get("authorization", "")), headers=NO_STORE)

    async def certs(request: Request) -> Response:
        return JSONResponse(issuer.certs(), headers={"cache-control": "no-cache"})

    async def configuration(request: Request) -> Response:
        return JSONResponse(issuer.configuration())

    protocol = f"/realms/{realm_name}/protocol/openid-connect"
    routes = [
        Route(f"{protocol}/token", token, methods=["POST"]),
        Route(f"{protocol}/logout", logout, methods=["POST"]),
        Route(f"{protocol}/userinfo", userinfo, methods=["GET", "POST"]),
        Route(f"{protocol}/certs", certs),
        Route(f"/realms/{realm_name}/.well-known/openid-configuration", configuration),
    ]
    return Starlette(routes=routes, exception_handlers={Refused: _answer_refused})


async def _answer_refused(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    return JSONResponse(refused.body, refused.status, headers=NO_STORE)


async def _read_form(request: Request) -> dict[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            raise Refused("invalid_request", "The form is too large", 413)
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Issue tokens for development.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one; the address is printed")
    parser.add_argument("--keys", type=Path, help="where the keys are kept between two starts")
    parser.add_argument("--realm", type=Path, default=REALM_FILE)
    parser.add_argument("--access-s", type=int, default=300)
    parser.add_argument("--refresh-s", type=int, default=1800)
    return parser.parse_args(arguments)


def serve(options: argparse.Namespace) -> None:
    """Blocks until SIGINT or SIGTERM."""
    realm, keys = load_realm(options.realm), load_keys(options.keys)
    with socket.create_server((options.host, options.port), backlog=512) as listener:
        url = f"http://{options.host}:{listener.getsockname()[1]}/realms/{realm.name}"
        issuer = Issuer(url, realm, keys, Lifetimes(options.access_s, options.refresh_s))
        app = build_app(issuer, realm.name)
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
        print(f"development issuer at {url}", flush=True)
        uvicorn.Server(config).run(sockets=[listener])


def main(arguments: list[str], environment: str) -> int:
    """Answers an exit code: 78 for production, and for a keys file that holds none; 1 where it cannot listen."""
    if environment.strip().casefold() == Environment.PRODUCTION:
        print("the development issuer does not start with ENV=production: use Keycloak", file=sys.stderr)
        return EXIT_CONFIG
    options = read_arguments(arguments)
    try:
        serve(options)
    except BadKeysFile as error:
        print(f"the keys file {error} cannot be read: delete it, and new keys are made", file=sys.stderr)
        return EXIT_CONFIG
    except OSError as error:
        print(f"the development issuer cannot start: {error}", file=sys.stderr)
        return EXIT_FAILURE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ.get("ENV", "")))
