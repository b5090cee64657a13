"""The terminal client as people and scripts use it: its own process, against a service that runs."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.missing import missing
from tests.node import ROOT
from tests.running_service import RunningService

PROGRAM = (sys.executable, "-m", "generated.sdk_python.stele_client")
NOBODY_LISTENS = "http://127.0.0.1:9"


class Terminal:
    """One person's: a home of his own, and variables."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self.settings = {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "PYTHONPATH": str(ROOT),
            **settings,
        }

    def __call__(self, *words: str, given: str | bytes = "", **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **self.settings, **settings}
        data = given if isinstance(given, bytes) else given.encode()
        done = subprocess.run([*PROGRAM, *words], cwd=self.home, env=environment, input=data, capture_output=True, check=False, timeout=60)  # fmt: skip
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def json(self, *words: str, **settings: str) -> Any:
        done = self(*words, "--json", **settings)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def terminal(tmp_path: Path, service: RunningService) -> Terminal:
    """Of an editor, whose address and password are in its variables."""
    return Terminal(tmp_path, STELE_URL=service.url, STELE_USERNAME="editor", STELE_PASSWORD="editor")


@pytest.fixture
def newcomer(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def unique() -> str:
    return f"T {uuid.uuid4().hex}"


@pytest.mark.parametrize(
    "way", [("http", "json"), ("http", "protobuf"), ("ws", "json"), ("ws", "protobuf"), ("auto", "json")]
)
def test_words_are_typed_as_the_contract_has_them_at_every_door(terminal: Terminal, way: tuple[str, str]) -> None:
    """A text, a day, a whole number; a text that comes from a file."""
    (terminal.home / "bio.txt").write_text("of Æther\n")
    options = ("--door", way[0], "--encoding", way[1])
    made = terminal.json("call", "artists.create", f"name={unique()}", "bio=@bio.txt", "born_on=1815-12-10", *options)
    assert isinstance(made, dict)
    assert (made["bio"], made["born_on"]) == ("of Æther", "1815-12-10")
    assert terminal.json("call", "get_artist", f"artist_id={made['id']}", *options) == made


def test_fields_come_as_json_from_words_and_from_stdin(terminal: Terminal) -> None:
    name = unique()
    done = terminal("call", "artists.create", "--data", "-", "bio:=null", "--json", given=json.dumps({"name": name}))
    assert json.loads(done.stdout)["name"] == name
    assert isinstance(terminal.json("call", "artists.find", "--data", json.dumps({"name": name})), dict)


def test_lists_are_tables_and_all_pages_are_walked(terminal: Terminal) -> None:
    names = {unique() for _ in range(3)}
    for name in names:
        assert terminal("call", "artists.create", f"name={name}").returncode == 0
    head, *rows = terminal("call", "artists.get_page", "--all", "per_page=1").stdout.splitlines()
    assert head.split()[:2] == ["ID", "NAME"]
    assert sum(any(name in row for name in names) for row in rows) == 3
    lines = terminal("call", "artists.get_page", "--all", "per_page=2", "--json").stdout.splitlines()
    assert names <= {json.loads(line)["name"] for line in lines}


def test_a_refusal_says_where_on_stderr_and_its_code(terminal: Terminal) -> None:
    done = terminal("call", "artists.create", "name=")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("invalid_data: ")
    assert "\n  /name  " in done.stderr
    assert "request " in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("call", "artists.crate"), "did you mean artists.create"),
        (("call", "artists.create"), "create_artist needs name=…"),
        (("call", "artists.create", "nam=x"), "create_artist has no field 'nam': did you mean name?"),
        (("call", "artists.create", "name=x", "name=y"), "name is said twice"),
        (("call", "artists.create", "Ada"), "write name=value"),
        (("call", "artists.get", "artist_id=seven"), "artist_id is no integer: 'seven'"),
        (("call", "artists.create", "name=@nowhere"), "there is no file nowhere"),
        (("call", "artists.create", "name:={"), "name is no JSON"),
        (("call", "audit_log.get_page", "outcome=fine"), "outcome is one of success, denied, error"),
        (("call", "artists.create", "--data", "[]"), "the data is no JSON object"),
        (("call", "system.livez", "--all"), "livez has no pages"),
        (("tail", "nothing"), "there is no topic and no event 'nothing'; there are "),
        (("call", "system.livez", "--door", "fly"), "invalid choice"),
    ],
)
def test_wrong_words_are_found_before_anything_is_sent(newcomer: Terminal, words: tuple[str, ...], said: str) -> None:
    done = newcomer(*words, STELE_URL=NOBODY_LISTENS)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_service_that_is_not_there_has_a_code_of_its_own(newcomer: Terminal) -> None:
    done = newcomer("call", "system.livez", "--timeout", "1", STELE_URL=NOBODY_LISTENS)
    assert done.returncode == 3
    assert "livez: ConnectError" in done.stderr
    assert newcomer("call", "system.livez").returncode == 2  # nobody said where


def test_a_session_is_kept_renewed_and_ended(newcomer: Terminal, service: RunningService) -> None:
    """In a file that nobody else may read; the password is not in it, and the session outlives its token."""
    nobody = newcomer("call", "artists.get_page", "--url", service.url)
    assert (nobody.returncode, nobody.stdout) == (4, "")
    done = newcomer("login", "editor", "--password-stdin", "--url", service.url, given="editor\n")
    assert (done.returncode, done.stderr) == (0, f"editor is logged in at {service.url}\n")
    file = newcomer.home / "config" / "stele" / "accounts.json"
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)
    (kept,) = json.loads(file.read_text())
    assert sorted(kept) == ["access", "due", "refresh", "until", "url", "username"]
    assert newcomer("call", "artists.get_page").returncode == 0  # at the address of the last login
    for worn in ({**kept, "due": 0}, {**kept, "access": "a.b.c"}):
        newest = json.loads(file.read_text())[0]["refresh"]
        file.write_text(json.dumps([{**worn, "refresh": newest}]))
        assert newcomer("call", "artists.get_page").returncode == 0
        (renewed,) = json.loads(file.read_text())
        assert renewed["access"] not in (kept["access"], "a.b.c")
    assert newcomer("logout").returncode == 0 or json.loads(file.read_text()) == []
    assert newcomer("call", "artists.get_page", "--url", service.url).returncode == 4


def in_keyring(terminal: Terminal, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """What the keyring's own program does and prints."""
    command = [sys.executable, "-m", "keyring", *words]
    return subprocess.run(command, env={**os.environ, **terminal.settings}, input=given, capture_output=True, text=True, check=False, timeout=60)  # fmt: skip


@pytest.fixture
def keeper(tmp_path: Path) -> Terminal:
    """A newcomer who has chosen a keyring: one that keeps a file in his folder for data."""
    backend = "keyrings.alt.file.PlaintextKeyring"
    return Terminal(tmp_path, PYTHON_KEYRING_BACKEND=backend, XDG_DATA_HOME=str(tmp_path / "data"))


def login(terminal: Terminal, service: RunningService) -> Any:
    """What the file of accounts has after it."""
    done = terminal("login", "editor", "--password-stdin", "--url", service.url, given="editor\n")
    assert done.returncode == 0, done.stderr
    (listed,) = json.loads((terminal.home / "config" / "stele" / "accounts.json").read_text())
    return listed


def test_a_session_is_kept_in_the_keyring_and_in_no_file(keeper: Terminal, service: RunningService) -> None:
    """The file has address and user, so that the last login is found; what is renewed and what has ended is so in the keyring."""
    assert login(keeper, service) == {"url": service.url, "username": "editor"}
    kept = json.loads(in_keyring(keeper, "get", "stele", service.url).stdout)
    assert sorted(kept) == ["access", "due", "refresh", "until", "url", "username"]
    assert keeper("call", "artists.get_page").returncode == 0
    in_keyring(keeper, "set", "stele", service.url, given=json.dumps({**kept, "due": 0}))
    assert keeper("call", "artists.get_page").returncode == 0
    renewed = json.loads(in_keyring(keeper, "get", "stele", service.url).stdout)
    assert renewed["access"] != kept["access"]
    assert keeper("logout", "--url", service.url).returncode == 0
    assert in_keyring(keeper, "get", "stele", service.url).returncode == 1
    assert keeper("call", "artists.get_page", "--url", service.url).returncode == 4


STUBBORN = """from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordSetError


class Full(KeyringBackend):
    priority = 5

    def get_password(self, service, username):
        raise KeyringLocked("nobody unlocks it")

    def set_password(self, service, username, password):
        raise PasswordSetError("it is full")
"""


@pytest.mark.parametrize("backend", ["stubborn.Full", "keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
def test_what_no_keyring_takes_is_in_the_file(newcomer: Terminal, service: RunningService, backend: str) -> None:
    """It refuses, the user wants none, or there is none."""
    (newcomer.home / "stubborn.py").write_text(STUBBORN)
    path = os.pathsep.join((str(ROOT), str(newcomer.home)))
    newcomer.settings |= {"PYTHON_KEYRING_BACKEND": backend, "PYTHONPATH": path}
    assert "access" in login(newcomer, service)
    assert newcomer("call", "artists.get_page").returncode == 0


def test_a_keyring_that_is_locked_is_said(keeper: Terminal, service: RunningService) -> None:
    """The session is there, and cannot be had: log in again, or unlock it."""
    login(keeper, service)
    (keeper.home / "stubborn.py").write_text(STUBBORN)
    path = os.pathsep.join((str(ROOT), str(keeper.home)))
    done = keeper("call", "artists.get_page", PYTHON_KEYRING_BACKEND="stubborn.Full", PYTHONPATH=path)
    assert (done.returncode, done.stdout) == (4, "")
    assert "the keyring does not give out the session: nobody unlocks it" in done.stderr


def test_a_wrong_password_is_not_kept(newcomer: Terminal, service: RunningService) -> None:
    done = newcomer("login", "editor", "--password-stdin", "--url", service.url, given="wrong\n")
    assert done.returncode == 4
    assert done.stderr.startswith("credentials_invalid: ")
    assert not (newcomer.home / "config").exists()


def test_events_are_printed_as_they_come(terminal: Terminal) -> None:
    """`tail` says when it follows; from then on nothing is missed, and it ends after so many. A topic with parameters is followed by one of its
    names, with all of its events, and a filter by its own."""
    environment = {**os.environ, **terminal.settings}
    one = terminal.json("call", "artists.create", f"name={unique()}")
    names = [unique(), unique()]
    filtered = f"artists?artist.name={quote(names[1])}"
    command = [*PROGRAM, "tail", "artist_created", f"artists/{one['id']}", filtered, "--json", "--count", "4"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as tail:  # fmt: skip
        assert tail.stderr is not None
        followed = {tail.stderr.readline().split()[1] for _ in range(3)}
        assert followed == {"artists:", f"artists/{one['id']}:", f"{filtered}:"}
        for name in names:
            assert terminal("call", "artists.create", f"name={name}").returncode == 0
        change = (
            "call",
            "artists.update",
            f"artist_id={one['id']}",
            f"name={unique()}",
            f"expected_version={one['version']}",
        )
        assert terminal(*change).returncode == 0
        printed, said = tail.communicate(timeout=30)
    assert tail.returncode == 0, said
    events = [json.loads(line) for line in printed.splitlines()]
    assert [event["data"]["artist"]["name"] for event in events if event["topic"] == "artists"] == names
    assert [event["data"]["artist"]["name"] for event in events if event["topic"] == filtered] == names[1:]
    assert [(event["event"], event["topic"]) for event in events[3:]] == [("artist_updated", f"artists/{one['id']}")]
    assert {event["after_gap"] for event in events} == {False}


def test_who_follows_a_topic_is_printed_as_well(terminal: Terminal) -> None:
    name = f"artist-names/{quote(unique())}"
    done = terminal("tail", name, "--presence", "--count", "1", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["topic"], told["count"], len(told["users"]), told["joined"]) == (name, 1, 1, [])
    shown = terminal("tail", name, "--presence", "--count", "1")
    assert shown.stdout == f"{name}  1 present  {told['users'][0]}\n"
    refused = terminal("tail", "artists", "--presence")
    assert refused.returncode == 1
    assert "/presence/0" in refused.stderr


def test_what_is_sensitive_is_in_no_table(newcomer: Terminal, service: RunningService) -> None:
    words = ("call", "auth.login", "username=editor", "password=editor", "--url", service.url)
    shown = newcomer(*words).stdout
    assert "access_token        ••••••" in shown
    assert len(str(newcomer.json(*words))) > len(shown)


def test_what_comes_is_no_command_to_the_terminal(terminal: Terminal) -> None:
    name = unique()
    done = terminal("call", "artists.create", "--data", json.dumps({"name": name, "bio": "\x1b[31mred\n"}))
    assert "\x1b" not in done.stdout
    assert "\ufffd[31mred\ufffd" in done.stdout


def test_operations_and_their_fields_are_listed(newcomer: Terminal) -> None:
    assert "artists.create " in newcomer("operations").stdout
    described = newcomer("describe", "artists.create").stdout
    assert "  name=text                        1 to 200 characters." in described
    assert "outcome=success|denied|error?" in newcomer("describe", "audit_log.get_page").stdout


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("stele-call ca", ["call"]),
        ("stele-call call artists.cr", ["artists.create"]),
        ("stele-call call artists.create name=x b", ["bio=", "born_on="]),
        ("stele-call call audit_log.get_page outcome=d", ["outcome=denied"]),
        ("stele-call tail artist_c", ["artist_created"]),
        ("stele-call completion f", ["fish"]),
    ],
)
def test_what_may_come_next(newcomer: Terminal, line: str, found: list[str]) -> None:
    assert newcomer("complete", line).stdout.split() == found


LINES = {
    "stele-call call artists.cr": "artists.create",
    "stele-call call audit_log.get_page outcome=d": "outcome=denied",
}
BASH = """eval "$(stele-call completion bash)"
complete -p stele-call >/dev/null
COMP_LINE=$1 COMP_POINT=${#1} COMP_CWORD=2; _stele_call; echo "${COMPREPLY[@]}"
"""
ZSH = """compdef() { : }
compadd() { print -r -- "${@:5}" }
source <(stele-call completion zsh)
LBUFFER=$1 _stele_call
"""
FISH = "stele-call completion fish | source; complete -C $argv[1]"
SHELLS = {
    "bash": ("bash", "-c", BASH, "bash"),
    "zsh": ("zsh", "-f", "-c", ZSH, "zsh"),
    "fish": ("fish", "--no-config", "-c", FISH),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_shells_complete_by_their_own_script(newcomer: Terminal, shell: str) -> None:
    """With the program under its own name on the path. Bash takes what stands after `=` for a word of its own."""
    if shutil.which(shell) is None:
        missing(f"no {shell}")
    program = newcomer.home / "stele-call"
    program.write_text(f'#!/bin/sh\nexec {" ".join(PROGRAM)} "$@"\n')
    program.chmod(0o755)
    settings = {**newcomer.settings, "PATH": f"{newcomer.home}:{os.environ['PATH']}"}
    for line, wanted in LINES.items():
        command = [*SHELLS[shell], line]
        done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=True)
        found = wanted.partition("=")[2] or wanted if shell == "bash" else wanted
        assert done.stdout.split() == [found], done.stderr
