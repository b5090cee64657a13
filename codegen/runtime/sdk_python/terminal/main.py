"""The command line: words in, one operation or a stream of events, and an exit code that a script can use."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..client_sync import BaseClient
from ..download_sync import Download
from ..errors import (
    ApiError,
    AuthenticationLost,
    ClientError,
    ConnectionLost,
    DeadlineExceeded,
    InvalidResponse,
    OutcomeUnknown,
    Unauthenticated,
)
from ..stream_sync import Stream
from . import output
from .accounts import Account, Accounts, account, config_folder, provider
from .completion import SHELLS, candidates, script
from .keyrings import keyring
from .program import Command, Exit, Program, UsageError
from .tail import follow
from .words import values

CODES: tuple[tuple[type[ClientError], Exit], ...] = (
    (Unauthenticated, Exit.NO_LOGIN),
    (AuthenticationLost, Exit.NO_LOGIN),
    (OutcomeUnknown, Exit.UNKNOWN),
    (ApiError, Exit.REFUSED),
    (ConnectionLost, Exit.AWAY),
    (DeadlineExceeded, Exit.AWAY),
    (InvalidResponse, Exit.AWAY),
)
EPILOG = """exit codes: 0 done; 1 refused by the service; 2 the words are wrong; 3 nothing answers, or not in time; 4 log in first;
5 it is not known whether it took effect; 130 stopped"""
STOPPED = 130


def run(program: Program, words: Sequence[str] | None = None) -> int:
    """An exit code. Results go to stdout; faults, and what is said beside, to stderr."""
    options = _options(program, words)
    try:
        options.run(_Terminal(program, options))
    except UsageError as error:
        print(f"{program.name}: {error}", file=sys.stderr)
        return Exit.USAGE
    except ClientError as error:
        print(output.fault(error), file=sys.stderr)
        return next((code for kind, code in CODES if isinstance(error, kind)), Exit.REFUSED)
    except ValueError as error:  # a value that cannot be sent, or an address that is none
        print(f"{program.name}: {error}", file=sys.stderr)
        return Exit.USAGE
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.DONE


class _Terminal:
    """One run of the program."""

    def __init__(self, program: Program, options: argparse.Namespace) -> None:
        self._program = program
        self._options = options
        self._accounts = Accounts(config_folder(program.product), keyring(program.product))

    # Commands

    def call(self) -> None:
        command = self._program.command(self._options.operation)
        given = values(command, self._options.fields, self._options.data)
        with self._program.client(self._url, **self._way(), **self._identity()) as client:
            if self._options.all:
                self._show_all(client, command, given)
            else:
                self._show(client.call(command.operation, given))

    def tail(self) -> None:
        topics = self._program.topics(self._options.topics)
        client = self._program.async_client(self._url, **self._way(), **self._identity())
        chosen = self._options
        work = follow(client, topics, presence=chosen.presence, is_json=chosen.json, count=chosen.count)
        try:
            asyncio.run(work)
        except ExceptionGroup as group:
            raise group.exceptions[0] from None

    def operations(self) -> None:
        for name, command in sorted(self._program.commands.items()):
            print(f"{name:32} {command.summary}")

    def describe(self) -> None:
        command = self._program.command(self._options.operation)
        print(command.summary)
        for one in command.arguments:
            kind = "|".join(one.choices) or one.kind
            word = f"{one.member}={kind}{'…' if one.is_many else ''}{'' if one.is_required else '?'}"
            print(f"  {word:32} {one.help}".rstrip())

    def login(self) -> None:
        operation = self._session("login")
        username = self._options.username or self._said("USERNAME") or input("Username: ")
        password = sys.stdin.readline().rstrip("\n") if self._options.password_stdin else self._said("PASSWORD")
        answer = self._ask(operation, {"username": username, "password": password or getpass.getpass()})
        self._accounts.keep(self._account(answer, username))
        print(f"{username} is logged in at {self._url}", file=sys.stderr)

    def logout(self) -> None:
        """Here at any rate; at the service if it can be reached."""
        kept, url = self._accounts.of(self._url), self._url
        self._accounts.forget(url)
        if kept is not None:
            self._ask(self._session("logout"), {"refresh_token": kept.refresh})

    def completion(self) -> None:
        print(script(self._program, self._options.shell), end="")

    def complete(self) -> None:
        print("\n".join(candidates(self._program, self._options.line)))

    # What they need

    @property
    def _url(self) -> str:
        url = self._options.url or self._said("URL") or self._accounts.last_url
        if not url:
            raise UsageError(f"say where the service is: --url, {self._program.variable('URL')}, or log in once")
        return str(url).rstrip("/")

    def _said(self, name: str) -> str | None:
        return os.environ.get(self._program.variable(name)) or None

    def _way(self) -> dict[str, Any]:
        options = self._options
        return {"transport": options.door, "encoding": options.encoding, "timeout_s": options.timeout}

    def _identity(self) -> dict[str, Any]:
        """A token or a user of the environment, else who is logged in there, else nobody."""
        token, username, password = (self._said(name) for name in ("TOKEN", "USERNAME", "PASSWORD"))
        if token:
            return {"token": token}
        if username and password:
            return {"username": username, "password": password}
        if self._accounts.of(self._url) is None:
            return {}
        return {"token": provider(self._accounts, self._url, self._renew)}

    def _renew(self, kept: Account) -> Account:
        answer = self._ask(self._session("refresh"), {"refresh_token": kept.refresh})
        return self._account(answer, kept.username)

    def _account(self, answer: Any, username: str) -> Account:
        return account(self._url, username, answer.access_token, answer.refresh_token, float(answer.expires_in))

    def _session(self, role: str) -> str:
        operation = self._program.contract.of_session(role)
        if operation is None:
            raise UsageError(f"the contract has no {role}: give a token in {self._program.variable('TOKEN')}")
        return operation.name

    def _ask(self, operation: str, fields: Mapping[str, Any]) -> Any:
        with self._program.client(self._url, transport="http", timeout_s=self._options.timeout) as client:
            return client.call(operation, fields)

    def _show(self, result: Any) -> None:
        if isinstance(result, Download):
            self._save(result)
        elif isinstance(result, Stream):
            with result:
                for item in result:
                    print(output.as_json(item), flush=True)
        elif self._options.json:
            print(output.as_json(result))
        elif result is not None:
            items = getattr(result, "items", None)
            print(output.table(items) if isinstance(items, list) else output.record(result))

    def _show_all(self, client: BaseClient, command: Command, given: Mapping[str, Any]) -> None:
        if not command.pager:
            raise UsageError(f"{command.operation} has no pages")
        found = getattr(getattr(client, command.feature), command.pager)(**given)
        if not self._options.json:
            print(output.table(list(found)))
            return
        for one in found:
            print(output.as_json(one))

    def _save(self, download: Download) -> None:
        with download:
            if self._options.output:
                download.save(Path(self._options.output))
                return
            if sys.stdout.isatty():
                raise UsageError("these are bytes: say --output FILE, or send stdout elsewhere")
            for chunk in download:
                sys.stdout.buffer.write(chunk)


def _options(program: Program, words: Sequence[str] | None) -> argparse.Namespace:
    """Fields may stand after options, too, which argparse does not give to a list that has begun."""
    parser = _parser(program)
    options, left = parser.parse_known_args(words)
    if left and ("fields" not in options or any(word.startswith("-") for word in left)):
        parser.error(f"unrecognized arguments: {' '.join(left)}")
    if left:
        options.fields = [*options.fields, *left]
    return options


def _parser(program: Program) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        program.name,
        description=f"Calls {program.contract.title} from a terminal.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=program.version)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    where = _where(program)
    call = commands.add_parser(
        "call", parents=[where, _way("http")], help="call an operation: call authors.create name=…"
    )
    call.add_argument("operation", metavar="OPERATION", help="feature.method, or the contract's name")
    call.add_argument("fields", nargs="*", metavar="name=value", help="also name=@FILE, name=@- and name:=JSON")
    call.add_argument("--data", metavar="JSON", help="the fields as a JSON object; @FILE, or - for stdin")
    call.add_argument("--all", action="store_true", help="walk all pages")
    call.add_argument("--output", metavar="FILE", help="where an answer of bytes goes")
    call.set_defaults(run=_Terminal.call)
    tail = commands.add_parser("tail", parents=[where, _way("ws")], help="print events as they come")
    tail.add_argument("topics", nargs="+", metavar="TOPIC", help="topics (authors, authors/7), or names of events")
    tail.add_argument("--presence", action="store_true", help="also print who follows the topics, where they tell it")
    tail.add_argument("--count", type=int, help="end after so many")
    tail.set_defaults(run=_Terminal.tail)
    commands.add_parser("operations", help="list the operations").set_defaults(run=_Terminal.operations)
    describe = commands.add_parser("describe", help="an operation's fields")
    describe.add_argument("operation", metavar="OPERATION")
    describe.set_defaults(run=_Terminal.describe)
    login = commands.add_parser("login", parents=[where], help="begin a session, kept in a file that only you may read")
    login.add_argument("username", nargs="?")
    login.add_argument("--password-stdin", action="store_true", help="read the password from stdin")
    login.set_defaults(run=_Terminal.login)
    commands.add_parser("logout", parents=[where], help="end it").set_defaults(run=_Terminal.logout)
    completion = commands.add_parser("completion", help="print what a shell needs to complete words")
    completion.add_argument("shell", choices=SHELLS)
    completion.set_defaults(run=_Terminal.completion)
    complete = commands.add_parser("complete", help="print what may stand where a line ends; for shells")
    complete.add_argument("line")
    complete.set_defaults(run=_Terminal.complete)
    return parser


def _where(program: Program) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--url", help=f"the service's address; else {program.variable('URL')}, else the last login's")
    parser.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS", help="all attempts included")
    return parser


def _way(door: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--door", choices=("auto", "http", "ws"), default=door)
    parser.add_argument("--encoding", choices=("json", "protobuf"), default="json")
    parser.add_argument("--json", action="store_true", help="print JSON, one value a line")
    return parser
