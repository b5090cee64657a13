"""`generated/sdk_python/`: the client for Python as a package of its own, asynchronous and blocking."""

from __future__ import annotations

import json
from pathlib import Path

from codegen.emit.client_names import PYTHON_ROOT, python_package
from codegen.emit.printer import File, Module
from codegen.emit.python_client.api import Flavour, emit_api, resource
from codegen.emit.python_client.commands import emit_commands, emit_main, program_name
from codegen.emit.python_client.models import emit_errors, emit_models
from codegen.emit.python_client.operations import emit_contract, emit_operations
from codegen.emit.python_client.readme import readme
from codegen.emit.python_client.topics import emit_topics
from codegen.emit.python_client.unasync import to_sync
from codegen.ir.operations import Contract

SOURCE = Path(__file__).parents[2] / "runtime" / "sdk_python"
TERMINAL = "terminal"
"""The folder of the runtime with what the command line does."""
OPTIONS = {
    "Attendance": ".runtime.attendance",
    "AttendedTopic": ".runtime.topic",
    "AttemptInfo": ".runtime.options",
    "AsyncDownload": ".runtime.download_async",
    "Download": ".runtime.download_sync",
    "AsyncStream": ".runtime.stream_async",
    "Stream": ".runtime.stream_sync",
    "FileContent": ".runtime.content",
    "Hooks": ".runtime.options",
    "Token": ".runtime.token",
    "Event": ".runtime.event",
    "Topic": ".runtime.topic",
    "Unknown": ".runtime.model",
}
BUILD = """[build-system]
requires = ["uv_build>=0.9,<1"]
build-backend = "uv_build"

[tool.uv.build-backend]
module-root = ""
"""


def emit(contract: Contract) -> list[File]:
    name = python_package(contract)
    folder = f"{PYTHON_ROOT}/{name}"
    return [
        File(f"{PYTHON_ROOT}/pyproject.toml", _project(contract, name).encode()),
        File(f"{PYTHON_ROOT}/README.md", readme(contract, name, _plain(contract.info.title)).encode()),
        File(f"{folder}/py.typed", b""),
        _init(contract, folder),
        _clients(folder),
        emit_models(contract, folder),
        emit_errors(contract, folder),
        emit_operations(contract, folder),
        emit_contract(contract, folder),
        emit_topics(contract, folder),
        emit_commands(contract, folder),
        emit_main(folder),
        _testing(folder),
        *(emit_api(contract, folder, flavour) for flavour in Flavour),
        *_runtime(folder),
    ]


def _runtime(folder: str) -> list[File]:
    """Copied byte for byte; what is asynchronous gets its twin, unless that is written by hand."""
    texts = {path.name: path.read_text() for path in sorted(SOURCE.glob("*.py"))}
    for name in [name for name in texts if name.endswith("_async.py")]:
        twin = name.replace("_async.py", "_sync.py")
        if twin not in texts:
            texts[twin] = to_sync(texts[name])
    terminal = {f"{TERMINAL}/{path.name}": path.read_text() for path in (SOURCE / TERMINAL).glob("*.py")}
    return [File(f"{folder}/runtime/{name}", text.encode()) for name, text in sorted({**texts, **terminal}.items())]


def _init(contract: Contract, folder: str) -> File:
    """Exports only; what users import."""
    module = Module(f"{folder}/__init__.py", f"The client of {_plain(contract.info.title)}. Generated; do not edit.")
    module.export(".", "models")
    module.export(".", "errors")
    module.export(".", "topics")
    for feature in contract.features:
        module.export("._async_api", f"Async{resource(feature)}")
        module.export("._sync_api", resource(feature))
    for name, home in OPTIONS.items():
        module.export(home, name)
    module.export("._clients", "AsyncClient")
    module.export("._clients", "Client")
    return module.file()


def _clients(folder: str) -> File:
    module = Module(f"{folder}/_clients.py", "The two clients. Generated; do not edit.")
    features, callbacks = module.use("._async_api", "AsyncFeatures"), module.use(".runtime.callbacks", "AsyncCallbacks")
    note = '    """Every operation of the contract, asynchronously; `async with` it, or `close` it."""'
    module.line("", "", f"class AsyncClient({features}, {callbacks}):", note)
    note = '    """Every operation of the contract; for any number of threads. `with` it, or `close` it."""'
    module.line("", "", f"class Client({module.use('._sync_api', 'Features')}):", note)
    return module.file()


def _testing(folder: str) -> File:
    module = Module(f"{folder}/testing.py", "For tests of programs that use this client. Generated; do not edit.")
    module.line("", f"operations = {module.use('.', '_operations')}", '"""What `prepare` takes."""')
    for name in ("Called", "Unprepared"):
        module.export(".runtime.fake", name)
    for prefix, word in (("Async", "async"), ("", "sync")):
        fake = module.use(f".runtime.fake_{word}", f"{prefix}Fake")
        client = module.use("._clients", f"{prefix}Client")
        note = f'    """An `{prefix}Client` without a network, which answers what the test has prepared."""'
        module.line("", "", f"class Fake{prefix}Client({fake}, {client}):", note)
    return module.file()


def _plain(text: str) -> str:
    """A title in a docstring or a text file: printable, and without what would end a literal."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable() and char not in '"\\')


def _project(contract: Contract, name: str) -> str:
    """Strings are JSON's, which TOML's basic strings are, too."""
    license_ = contract.info.details.get("license")
    identifier = license_.get("identifier") if isinstance(license_, dict) else None
    lines = [
        "[project]",
        f"name = {json.dumps(name.replace('_', '-'))}",
        f"version = {json.dumps(contract.info.version)}",
        f"description = {json.dumps(_plain(f'Client of {contract.info.title}'))}",
        'readme = "README.md"',
        'requires-python = ">=3.11"',
        *([f"license = {json.dumps(str(identifier))}"] if identifier else []),
        'dependencies = ["httpx2>=2.16,<3", "pydantic>=2.11,<3", "websockets>=17,<18"]',
        "",
        "[project.optional-dependencies]",
        'protobuf = ["protobuf>=5.29,<8"]',
        'keyring = ["keyring>=25,<26"]',
        "",
        "[project.scripts]",
        f'{program_name(contract)} = "{name}.__main__:main"',
        "",
        BUILD,
    ]
    return "\n".join(lines)
