"""Tokens and refusals of the development issuer without HTTP; that they are Keycloak's is proven in `tests/issuers`."""

from __future__ import annotations

from pathlib import Path

import pytest
from joserfc import jwt

from app.development.issuer_keys import load_keys
from app.development.issuer_sessions import Refused
from app.development.issuer_tokens import LOGOUT_EVENT, Issuer, Lifetimes
from app.development.realm import load_realm
from generated.product import NAME
from tests.issuers.realms import write_realm

READER = {"client_id": NAME, "grant_type": "password", "username": "reader", "password": "reader"}


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    realm = load_realm(write_realm(tmp_path / "realm.json", "http://127.0.0.1/ended"))
    return Issuer("http://home", "https://public", realm, load_keys(None), Lifetimes(300, 1800))


def test_the_end_of_a_session_is_told_once_by_a_logout_token(issuer: Issuer) -> None:
    given = issuer.grant(READER)
    (notice,) = issuer.logout({"client_id": NAME, "refresh_token": str(given["refresh_token"])})
    token = jwt.decode(notice.logout_token, issuer.keys.signing)
    assert notice.url == "http://127.0.0.1/ended"
    assert token.header["typ"] == "logout+jwt"
    assert (token.claims["sid"], token.claims["aud"]) == (given["session_state"], NAME)
    assert token.claims["events"] == {LOGOUT_EVENT: {}}
    assert issuer.logout({"client_id": NAME, "refresh_token": str(given["refresh_token"])}) == []
    assert issuer.end_session(str(given["session_state"])) == []


def test_all_sessions_of_a_user_end_at_once(issuer: Issuer) -> None:
    given = [issuer.grant(READER) for _ in range(3)]
    assert len(issuer.end_sessions_of(issuer.realm.users["reader"])) == 3
    for one in given:
        with pytest.raises(Refused, match="invalid_grant"):
            issuer.grant({"client_id": NAME, "grant_type": "refresh_token", "refresh_token": str(one["refresh_token"])})


def test_the_issuer_of_tokens_is_the_public_address_and_it_is_asked_at_home(issuer: Issuer) -> None:
    configuration = issuer.configuration()
    assert configuration["issuer"] == "https://public"
    assert str(configuration["jwks_uri"]).startswith("http://home/")
    assert jwt.decode(str(issuer.grant(READER)["access_token"]), issuer.keys.signing).claims["iss"] == "https://public"


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({**READER, "client_id": "strange"}, ("invalid_client", 401)),
        ({**READER, "client_id": "robot"}, ("unauthorized_client", 401)),
        ({**READER, "username": "gone"}, ("invalid_grant", 400)),
        ({**READER, "username": "service-account-robot", "password": ""}, ("invalid_grant", 401)),
        ({"client_id": NAME, "grant_type": "client_credentials"}, ("unauthorized_client", 401)),
    ],
)
def test_it_refuses_as_keycloak_does(issuer: Issuer, form: dict[str, str], fault: tuple[str, int]) -> None:
    with pytest.raises(Refused) as refused:
        issuer.grant(form)
    assert (refused.value.body["error"], refused.value.status) == fault
