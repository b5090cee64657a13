"""`sdk_typescript/README.md`: how the package is used, with operations that this contract has. Its TypeScript runs as one program."""

from __future__ import annotations

from codegen.emit.client_samples import Given, Samples, samples
from codegen.emit.typescript_client.text import key, literal
from codegen.emit.typescript_names import feature_name, functions, method_name, npm_package, properties
from codegen.ir.operations import Contract, Operation

HEAD = """# {title}: the client for TypeScript and JavaScript

Made from version {version} of the contract. Every operation is a method of {features}; what the contract says of it stands in its
comment. ES modules with types, for Node 20 or later, browsers, Deno, Bun and workers; no dependency.

## Install

```sh
npm install {name}  # Node before 22 has no WebSocket: npm install ws, too
```

## Begin

```ts
import {{ {imports} }} from "{name}";

const client = createClient({{ baseUrl: "http://127.0.0.1:8000", {credentials} }});
```
"""
ERRORS = """
## Calls and errors

```ts
try {{
  console.log(await {made});
}} catch (error) {{
  if (!(error instanceof {refusal})) throw error;
  console.log(error.code, error.errors, error.traceId);
}}
```

Everything that is thrown is a `ClientError`. A refusal is an `ApiError`: one class for each code of the contract, below one for each kind.
`OutcomeUnknown`: it was sent, and nobody knows whether it took effect. What is safe to repeat is repeated.
"""
PAGES = """
## Pages

```ts
for await (const one of {walked}) console.log(one);
```
"""
EVENTS = """
## Events

```ts
const stream = client.events("{event}");
await stream.ready;
await {again};
console.log((await stream.next()).value?.data);
await stream.return?.();
```

`for await (const event of client.events("{event}"))` is the usual form. Each comes once and in order, also after a reconnect; `afterGap` says
that events before it are lost.
"""
REACT = """
## React

```tsx
import {{ useOperation, useTopic }} from "{name}/react";

const {{ data, error, isLoading, reload }} = useOperation(client.{operation}, {{}});
const {{ events }} = useTopic(client, "{event}");
```
"""
REST = """
## Doors, encodings, time

`transport` is `auto` (the socket once it is open, else HTTP), `http` or `ws`; `encoding` is `json` or `protobuf`. `timeoutMs` is a call's own
time, all attempts included; `maxRetries`, `hooks` and a list of addresses are options, too. A call has `{{ timeoutMs, idempotencyKey, signal }}`.

`fetch` and `webSocket` may be yours; `withMiddleware([…])` makes a `fetch` that passes through functions of yours:

```ts
const team: Middleware = (url, init, next) => {{
  const headers = new Headers(init.headers);
  headers.set("x-team", "blue");
  return next(url, {{ ...init, headers }});
}};
const other = createClient({{ baseUrl: "http://127.0.0.1:8000", fetch: withMiddleware([team]) }});
await Promise.all([client.close(), other.close()]);
```

## Small bundles

Every operation is also a function: {function}; what is not imported is in no bundle.

## Values

- Moments, days, durations, decimals and UUIDs are strings in the contract's form: a `Date` would lose microseconds.
- Integers of 64 bits are `bigint` where the contract's bounds allow more than a number holds. `JSON.stringify` refuses a
  `bigint`; give it a replacer.
- A stream is walked by `for await`; leaving the loop ends it, and `timeoutMs` is of the whole stream.
- Enums and unions are open: a newer server may send members and arms that this version does not know. An unknown arm has
  the tag `"$unknown"` and everything that came in `raw`; there, integers of 16 digits and more are strings.

The service itself has a page at `/docs` where every operation can be tried.
"""


def readme(contract: Contract, title: str) -> str:
    shown, name = samples(contract), npm_package(contract)
    has_login = any(one.session == "login" for one in contract.operations)
    imports = sorted({"createClient", "withMiddleware", "type Middleware", *([shown.refusal] if shown.made else [])})
    facts = {
        "title": title,
        "version": contract.info.version,
        "features": ", ".join(f"`client.{feature_name(one)}`" for one in contract.features),
        "name": name,
        "imports": ", ".join(imports),
        "credentials": 'credentials: { username: "…", password: "…" }' if has_login else 'token: "…"',
        "function": _function(contract, shown),
    }
    return "".join([HEAD.format(**facts), *_shown(shown, name), REST.format(**facts)])


def _shown(shown: Samples, name: str) -> list[str]:
    parts = []
    if shown.made:
        parts.append(ERRORS.format(made=_call(shown.made, shown.values), refusal=shown.refusal))
    if shown.walked:
        parts.append(PAGES.format(walked=_call(shown.walked, (), shown.walked.pager)))
    if shown.made and shown.event:
        parts.append(EVENTS.format(event=shown.event.name, again=_call(shown.made, shown.again)))
    if shown.walked and shown.event:
        operation = f"{feature_name(shown.walked.feature)}.{method_name(shown.walked.method)}"
        parts.append(REACT.format(name=name, operation=operation, event=shown.event.name))
    return parts


def _call(operation: Operation, given: Given, method: str | None = None) -> str:
    return f"client.{feature_name(operation.feature)}.{method_name(method or operation.method)}({_input(operation, given)})"


def _input(operation: Operation, given: Given) -> str:
    spelled = properties(operation.request)
    fields = ", ".join(f"{key(spelled[one.name])}: {literal(value)}" for one, value in given)
    return f"{{ {fields} }}" if fields else ""


def _function(contract: Contract, shown: Samples) -> str:
    name = npm_package(contract)
    if shown.made is None:
        return f'`import {{ connect }} from "{name}/functions"`, and `operation(connect(options), input)`'
    called = functions(contract)[shown.made.name]
    given = _input(shown.made, shown.values)
    return f'`import {{ connect, {called} }} from "{name}/functions"`, and `{called}(connect(options), {given})`'
