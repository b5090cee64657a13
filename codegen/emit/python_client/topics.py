"""`sdk_python/<package>/topics.py`: one function for each topic, which takes the values of its parameters and of its filter."""

from __future__ import annotations

from codegen.emit.printer import File, Module, docstring, quoted
from codegen.emit.python_client.operations import constant
from codegen.emit.python_client.types import given
from codegen.ir.operations import Contract, Topic
from codegen.ir.topics import attribute, events_of, filters, has_presence, method, parameter_type, parameters
from codegen.ir.types import Type

RUNTIME = ".runtime.topic"


def emit_topics(contract: Contract, folder: str) -> File:
    module = Module(f"{folder}/topics.py", "The topics that can be followed. Generated; do not edit.")
    for topic in contract.topics:
        if events_of(contract, topic.name):
            _function(module, contract, topic)
    return module.file()


def _function(module: Module, contract: Contract, topic: Topic) -> None:
    events = events_of(contract, topic.name)
    models, operations = module.use(".", "models"), module.use(".", "_operations")
    told = " | ".join(sorted(f"{models}.{event.record}" for event in events))
    taken = [
        (attribute(path), given(module, contract, parameter_type(contract, topic.name, path)))
        for path in parameters(topic.name)
    ]
    fields = filters(contract, topic)
    wanted = [f"{attribute(path)}: {_wanted(module, contract, kind)}" for path, kind in fields.items()]
    head = ", ".join([*(f"{name}: {kind}" for name, kind in taken), *(["*", *wanted] if wanted else [])])
    kinds = "".join(f"{operations}.{constant(event.name)}, " for event in events)
    is_attended = has_presence(contract, topic.name)
    kind = module.use(RUNTIME, "AttendedTopic" if is_attended else "Topic")
    module.line("", "", f"def {method(topic.name)}({head}) -> {kind}[{told}]:")
    told = f"The events of `{topic.name}`" + (
        ", or those that have one of the values in each field that is given." if fields else "."
    )
    module.line(f"    {docstring(told)}")
    made = ", ".join([quoted(topic.name), f"({kinds})", *(name for name, _ in taken)])
    whole = f"{module.use(RUNTIME, 'made')}({made})"
    if is_attended:
        whole = f"{module.use(RUNTIME, 'attended')}({whole})"
    if fields:
        where = ", ".join(f"{quoted(path)}: {attribute(path)}" for path in fields)
        whole = f"{module.use(RUNTIME, 'filtered')}({whole}, {{{where}}})"
    module.line(f"    return {whole}")


def _wanted(module: Module, contract: Contract, kind: Type) -> str:
    """One value of a filter's field, or several."""
    one = given(module, contract, kind)
    return f"{one} | {module.use('collections.abc', 'Iterable')}[{one}] | None = None"
