"""`sdk_python/README.md`: how the package is used, with operations that this contract has. Its Python runs as one program."""

from __future__ import annotations

from codegen.emit.client_names import attribute, python_name
from codegen.emit.client_samples import Given, Samples, samples
from codegen.emit.printer import quoted
from codegen.emit.python_client.api import parameter
from codegen.emit.python_client.commands import program_name
from codegen.ir.operations import Contract, Operation

HEAD = """# {title}: the client for Python

Made from version {version} of the contract. Every operation is a method of {features}; what the contract says of it stands in its
docstring. Every value is typed, `py.typed` says so to your type checker.

## Install

```sh
pip install {package}              # Python 3.11 or later
pip install "{package}[protobuf]"  # for encoding="protobuf"
```

## Begin

```python
from {name} import Client, errors, models

client = Client("http://127.0.0.1:8000", {credentials})
```

`with Client(…) as client:` closes it at the end. `AsyncClient` is its equal: the same methods with `await`, `async with` and `async for`. In a
notebook, whose loop runs already, `await` works at the top of a cell, and `Client` does, too.
"""
ERRORS = """
## Calls and errors

```python
try:
    print({made})
except errors.{refusal} as error:
    print(error.code, error.errors, error.trace_id)
```

Everything that is raised is an `errors.ClientError`. A refusal is an `errors.ApiError`: one class for each code of the contract, below one
for each kind. `errors.OutcomeUnknown`: it was sent, and nobody knows whether it took effect. What is safe to repeat is repeated.
"""
PAGES = """
## Pages

```python
for one in {walked}:
    print(one)
```
"""
EVENTS = """
## Events

```python
with client.events(models.{event}) as stream:
    {again}
    print(next(stream).data)
```

Each comes once and in order, also after a reconnect; `after_gap` says that events before it are lost.
"""
BYTES = """
## Bytes

Bytes are sent from `bytes`, a `Path`, an open binary file or an iterable of chunks, or from a `FileContent` that says a name and a
media type; a path and a stream are read while they are sent. What cannot be read again is not sent again. An answer of bytes is a
`Download`: iterate over its chunks, or `read` or `save` it.
"""
DOWNLOAD = """
```python
with {call} as download:
    download.save("…")
```
"""
STREAMS = """
## Streams

A stream is iterated over: its items come one by one, and the server sends no more than are taken. It raises where it is refused on the
way or cut; what is not walked to its end is closed by `with` (`async with`). `timeout_s` is of the whole stream.
"""
REST = """
## Doors, encodings, time

`transport` is `auto` (the socket once it is open, else HTTP), `http` or `ws`; `encoding` is `json` or `protobuf`. `timeout_s` is a call's own
time, all attempts included; `max_retries`, `hooks` and a list of addresses are options, too.

Proxies, mTLS, an authority of yours: `http_client=` takes an `httpx2.Client` (`AsyncClient`), `websocket_options=` what `websockets.connect`
takes. Lines come by `logging`, under the name `{name}`, and have no secrets.

## Tests and terminal

`{name}.testing` has `FakeClient` and `FakeAsyncClient`: typed answers, a record of calls, events. `{program} --help`, or `uvx --from {package}
{program}`, calls every operation from a terminal. With the extra `keyring` its login is in the
system's keyring.

The service itself has a page at `/docs` where every operation can be tried.
"""


def readme(contract: Contract, name: str, title: str) -> str:
    shown, package = samples(contract), name.replace("_", "-")
    has_login = any(one.session == "login" for one in contract.operations)
    facts = {
        "title": title,
        "version": contract.info.version,
        "features": ", ".join(f"`client.{attribute(one)}`" for one in contract.features),
        "name": name,
        "package": package,
        "program": program_name(contract),
        "credentials": 'username="…", password="…"' if has_login else 'token="…"',
    }
    parts = [HEAD.format(**facts), *_shown(shown)]
    if any(one.has_bytes for one in contract.operations):
        parts += [BYTES, _download(contract)]
    if any(one.result.is_stream for one in contract.operations):
        parts.append(STREAMS)
    return "".join([*parts, REST.format(**facts)])


def _shown(shown: Samples) -> list[str]:
    parts = []
    if shown.made:
        parts.append(ERRORS.format(made=_call(shown.made, shown.values), refusal=shown.refusal))
    if shown.walked:
        parts.append(PAGES.format(walked=_call(shown.walked, (), shown.walked.pager)))
    if shown.made and shown.event:
        parts.append(EVENTS.format(event=shown.event.record, again=_call(shown.made, shown.again)))
    return parts


def _call(operation: Operation, given: Given, method: str | None = None) -> str:
    fields = ", ".join(f"{parameter(one.name)}={_literal(value)}" for one, value in given)
    return f"client.{attribute(operation.feature)}.{python_name(method or operation.method)}({fields})"


def _literal(value: object) -> str:
    return quoted(value) if isinstance(value, str) else repr(value)


def _download(contract: Contract) -> str:
    """How the first answer of bytes is kept."""
    found = next((one for one in contract.operations if one.result.file), None)
    if found is None:
        return ""
    given = ", ".join(f"{parameter(one.name)}=…" for one in found.request.fields if one.required)
    return DOWNLOAD.format(call=f"client.{attribute(found.feature)}.{python_name(found.method)}({given})")
