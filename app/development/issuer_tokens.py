"""The development issuer without its HTTP: it judges clients and users, and makes and checks tokens as Keycloak 26 does.

Promises: every refusal is in Keycloak's words (`Refused`); refresh tokens rotate, expire and end with their session. What a session's
end is told to is its client's `backchannel.logout.url`; `logout_tokens` makes what is said there.
"""

from __future__ import annotations

import hmac
import secrets
import time
import uuid
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey

from app.development.issuer_keys import Keys
from app.development.issuer_sessions import FOREVER, Refused, Session, Sessions
from app.development.realm import OFFLINE_ACCESS, Client, Realm, User

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_TOKEN_S = 120
REFRESH_TYPES = ("Refresh", "Offline")


@dataclass(frozen=True, slots=True)
class Lifetimes:
    access_s: int
    refresh_s: int


@dataclass(frozen=True, slots=True)
class Notice:
    """What one client is to be told of a session's end."""

    url: str
    logout_token: str


class Issuer:
    """Acts in the name of one realm, whose `url` is the `iss` of its tokens; `home` is where it is asked."""

    def __init__(self, home: str, url: str, realm: Realm, keys: Keys, lifetimes: Lifetimes) -> None:
        self.url = url
        self.realm = realm
        self.keys = keys
        self._home = home
        self._lifetimes = lifetimes
        self._sessions = Sessions()

    def grant(self, form: dict[str, str]) -> dict[str, object]:
        """The token endpoint: RFC 6749 §4.3, §4.4 and §6, a refresh token good once. Raises Refused."""
        match form.get("grant_type"):
            case "password":
                client = self._client_of(form)
                if not client.takes_passwords:
                    raise Refused("unauthorized_client", "Client not allowed for direct access grants")
                return self._issue(client, self._check_password(form), str(uuid.uuid4()), _scopes(form))
            case "refresh_token":
                return self._refresh(self._client_of(form), form)
            case "client_credentials":
                return self._issue_to_service(self._client_of(form))
            case None:
                raise Refused("invalid_request", "Missing form parameter: grant_type")
            case _:
                raise Refused("unsupported_grant_type", "Unsupported grant_type")

    def logout(self, form: dict[str, str]) -> list[Notice]:
        """Ends the session of a refresh token; a session that ended before stays ended."""
        self._client_of(form)
        claims = self._read_refresh_token(form, accepts_expired=True)
        return self.end_session(claims["sid"]) or self._forget(claims)

    def end_session(self, session_id: str) -> list[Notice]:
        """None for one that has ended or never was."""
        session = self._sessions.find(session_id)
        if session is None:
            return []
        self._sessions.end(session.id, session.expires_at)
        client = self.realm.clients[session.client_id]
        return [] if client.logout_url is None else [Notice(client.logout_url, self._logout_token(client, session))]

    def end_sessions_of(self, user: User) -> list[Notice]:
        return [notice for session in self._sessions.of_user(user.id) for notice in self.end_session(session.id)]

    def userinfo(self, authorization: str) -> dict[str, object]:
        claims = self._decode(authorization.removeprefix("Bearer "), self.keys.published(), "RS256")
        if claims is None or claims["typ"] != "Bearer" or self._is_over(claims):
            raise Refused("invalid_token", "Token verification failed", 401)
        return self._user_of(claims["sub"]).profile()

    def certs(self) -> dict[str, object]:
        return {"keys": [key.as_dict(private=False) for key in self.keys.published()]}

    def configuration(self) -> dict[str, object]:
        protocol = f"{self._home}/protocol/openid-connect"
        return {
            "issuer": self.url,
            "token_endpoint": f"{protocol}/token",
            "userinfo_endpoint": f"{protocol}/userinfo",
            "end_session_endpoint": f"{protocol}/logout",
            "jwks_uri": f"{protocol}/certs",
            "grant_types_supported": ["password", "refresh_token", "client_credentials"],
            "response_types_supported": [],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_post"],
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }

    def _is_over(self, claims: dict[str, Any]) -> bool:
        return claims["exp"] <= time.time() or self._sessions.has_ended(claims.get("sid", ""))

    def _forget(self, claims: dict[str, Any]) -> list[Notice]:
        """A session of before a restart: nobody has begun it here, and it ends all the same."""
        self._sessions.end(claims["sid"], claims.get("exp", FOREVER))
        return []

    def _client_of(self, form: dict[str, str]) -> Client:
        client = self.realm.clients.get(form.get("client_id", ""))
        if client is None:
            raise Refused("invalid_client", "Invalid client or Invalid client credentials", 401)
        given = form.get("client_secret", "")
        if client.secret is not None and not hmac.compare_digest(client.secret.encode(), given.encode()):
            raise Refused("unauthorized_client", "Invalid client or Invalid client credentials", 401)
        return client

    def _check_password(self, form: dict[str, str]) -> User:
        user = self.realm.users.get(form.get("username", "").lower())
        if user is not None and not user.is_enabled:
            raise Refused("invalid_grant", "Account disabled")
        password = user.password if user is not None and user.password is not None else secrets.token_urlsafe()
        is_right = hmac.compare_digest(password.encode(), form.get("password", "").encode("utf-8", "replace"))
        if user is None or not is_right:
            raise Refused("invalid_grant", "Invalid user credentials", 401)
        return user

    def _user_of(self, user_id: str) -> User:
        user = self.realm.user_of(user_id)
        if user is None:
            raise Refused("invalid_grant", "User not found")
        return user

    def _refresh(self, client: Client, form: dict[str, str]) -> dict[str, object]:
        claims = self._read_refresh_token(form)
        user = self._user_of(claims["sub"])
        if not user.is_enabled:
            raise Refused("invalid_grant", "User disabled")
        self._sessions.spend(claims)
        return self._issue(client, user, claims["sid"], claims["scope"].split())

    def _read_refresh_token(self, form: dict[str, str], *, accepts_expired: bool = False) -> dict[str, Any]:
        if not form.get("refresh_token"):
            raise Refused("invalid_request", "No refresh token")
        claims = self._decode(form["refresh_token"], [self.keys.refresh], "HS512")
        if claims is None or claims["typ"] not in REFRESH_TYPES:
            raise Refused("invalid_grant", "Invalid refresh token")
        if claims.get("exp", FOREVER) <= time.time() and not accepts_expired:
            raise Refused("invalid_grant", "Token is not active")
        return claims

    def _decode(self, token: str, keys: list[RSAKey] | list[OctKey], algorithm: str) -> dict[str, Any] | None:
        """The claims of a token that this issuer signed under this very address, else None."""
        for key in keys:
            try:
                claims = jwt.decode(token, key, algorithms=[algorithm]).claims
            except (JoseError, ValueError, TypeError):
                continue
            return claims if claims.get("iss") == self.url else None
        return None

    def _issue(self, client: Client, user: User, session_id: str, scopes: list[str]) -> dict[str, object]:
        """An offline session's refresh token has no end, and an identity token comes to who asks for `openid`."""
        is_offline = OFFLINE_ACCESS in scopes
        if is_offline and OFFLINE_ACCESS not in user.realm_roles:
            raise Refused("not_allowed", "Offline tokens not allowed for the user or client")
        now, scope = int(time.time()), " ".join(scopes)
        access_s, refresh_s = self._lifetimes.access_s, self._lifetimes.refresh_s
        refresh_exp = {} if is_offline else {"exp": now + refresh_s}
        self._sessions.begin(Session(session_id, user.id, client.client_id, refresh_exp.get("exp", FOREVER)))
        who = {"iss": self.url, "sub": user.id, "azp": client.client_id, "sid": session_id, "iat": now, "acr": "1"}
        granted = user.profile() | self.realm.granted(client, user)
        identity = user.profile() | {"typ": "ID", "aud": client.client_id, "exp": now + access_s}
        refresh = {"typ": "Offline" if is_offline else "Refresh", "aud": self.url, "scope": scope}
        return {
            "access_token": self._sign(who | granted | {"typ": "Bearer", "scope": scope, "exp": now + access_s}),
            "expires_in": access_s,
            "refresh_expires_in": 0 if is_offline else refresh_s,
            "refresh_token": self._sign_for_itself(who | refresh | refresh_exp),
            "token_type": "Bearer",
            **({"id_token": self._sign(who | identity)} if "openid" in scopes else {}),
            "not-before-policy": 0,
            "session_state": session_id,
            "scope": scope,
        }

    def _issue_to_service(self, client: Client) -> dict[str, object]:
        """RFC 6749 §4.4: a token of the client's own account; it has no session, and so nothing that refreshes it."""
        account = self.realm.service_account(client)
        if client.secret is None:
            raise Refused("unauthorized_client", "Public client not allowed to retrieve service account", 401)
        if not client.has_service_account or account is None:
            raise Refused("unauthorized_client", "Client not enabled to retrieve service account", 401)
        now, access_s = int(time.time()), self._lifetimes.access_s
        who = {"iss": self.url, "sub": account.id, "azp": client.client_id, "iat": now, "exp": now + access_s}
        claims = {**who, **account.profile(), **self.realm.granted(client, account), "typ": "Bearer", "acr": "1"}
        return {
            "access_token": self._sign(claims | {"client_id": client.client_id, "scope": "email profile"}),
            "expires_in": access_s,
            "refresh_expires_in": 0,
            "token_type": "Bearer",
            "not-before-policy": 0,
            "scope": "email profile",
        }

    def _logout_token(self, client: Client, session: Session) -> str:
        """OpenID Connect Back-Channel Logout 1.0 §2.4."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": client.client_id, "iat": now, "exp": now + LOGOUT_TOKEN_S, "typ": "Logout"}
        about = {"sub": session.user_id, "sid": session.id, "events": {LOGOUT_EVENT: {}}}
        return self._sign(claims | about, kind="logout+jwt")

    def _sign(self, claims: dict[str, Any], *, kind: str = "JWT") -> str:
        header = {"alg": "RS256", "typ": kind, "kid": self.keys.signing.kid}
        return jwt.encode(header, claims | {"jti": str(uuid.uuid4())}, self.keys.signing, algorithms=["RS256"])

    def _sign_for_itself(self, claims: dict[str, Any]) -> str:
        named = claims | {"jti": str(uuid.uuid4())}
        return jwt.encode({"alg": "HS512", "typ": "JWT"}, named, self.keys.refresh, algorithms=["HS512"])


def _scopes(form: dict[str, str]) -> list[str]:
    """What was asked for among what there is, and what every client has."""
    asked = form.get("scope", "").split()
    return [*(one for one in ("openid", OFFLINE_ACCESS) if one in asked), "email", "profile"]
