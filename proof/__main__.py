"""`python -m proof ENGINE …`: proves of a running service what its contract says."""

from __future__ import annotations

import sys

from proof.coverage import command as coverage
from proof.doors import command as doors
from proof.http import command as http
from proof.load import command as load
from proof.mock import command as mock
from proof.traffic import record, replay
from proof.ws import command as ws

ENGINES = {
    "coverage": coverage.main,
    "doors": doors.main,
    "http": http.main,
    "load": load.main,
    "mock": mock.main,
    "record": record.main,
    "replay": replay.main,
    "ws": ws.main,
}
USAGE = """python -m proof coverage …  say how much of the contract the tests have seen
python -m proof doors …     ask the same of every door, and compare
python -m proof http …      fuzz the REST door by its OpenAPI document
python -m proof load …      ask so many calls a second, and hold x-slo against what is seen
python -m proof mock …      serve a contract without handlers
python -m proof record …    write down what passes between clients and a service, without secrets
python -m proof replay …    play that against another build, and compare
python -m proof ws …        fuzz the WebSocket door by its AsyncAPI document

--help behind an engine says more"""


def main(arguments: list[str]) -> int:
    """2 without an engine, else what the engine says."""
    if not arguments or arguments[0] not in ENGINES:
        print(USAGE, file=sys.stderr)
        return 2
    return ENGINES[arguments[0]](arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
