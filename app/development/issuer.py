"""The development issuer as a program: Keycloak's paths, tokens and refusals for the users of docker/keycloak/realm.json.

Promises: tokens outlive a restart while the keys file stays. Refuses to start in production.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

import uvicorn

from app.development.issuer_app import build_app
from app.development.issuer_keys import BadKeysFile, load_keys
from app.development.issuer_tokens import Issuer, Lifetimes
from app.development.realm import REALM_FILE, load_realm
from app.exit_codes import CONFIG, FAILED, OK
from app.settings import Environment


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Issue tokens for development.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one; the address is printed")
    parser.add_argument("--keys", type=Path, help="where the keys are kept between two starts")
    parser.add_argument("--realm", type=Path, default=REALM_FILE)
    parser.add_argument("--access-s", type=int, default=300)
    parser.add_argument("--refresh-s", type=int, default=1800)
    parser.add_argument("--admin-token", help="opens a part of Keycloak's admin API; without one there is none")
    return parser.parse_args(arguments)


def serve(options: argparse.Namespace) -> None:
    """Blocks until SIGINT or SIGTERM. A realm with a public address (`frontendUrl`) names that in its tokens."""
    realm, keys = load_realm(options.realm), load_keys(options.keys)
    with socket.create_server((options.host, options.port), backlog=512) as listener:
        address = f"http://{options.host}:{listener.getsockname()[1]}"
        home, url = (f"{base}/realms/{realm.name}" for base in (address, realm.public_url or address))
        issuer = Issuer(home, url, realm, keys, Lifetimes(options.access_s, options.refresh_s))
        app = build_app(issuer, options.admin_token)
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
        print(f"development issuer at {home}", flush=True)
        uvicorn.Server(config).run(sockets=[listener])


def main(arguments: list[str], environment: str) -> int:
    """Answers an exit code: 78 for production, and for a keys file that holds none; 1 where it cannot listen."""
    if environment.strip().casefold() == Environment.PRODUCTION:
        print("the development issuer does not start with ENV=production: use Keycloak", file=sys.stderr)
        return CONFIG
    options = read_arguments(arguments)
    try:
        serve(options)
    except BadKeysFile as error:
        print(f"the keys file {error} cannot be read: delete it, and new keys are made", file=sys.stderr)
        return CONFIG
    except OSError as error:
        print(f"the development issuer cannot start: {error}", file=sys.stderr)
        return FAILED
    return OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ.get("ENV", "")))
