"""`sdk_python/…/_commands.py` and `__main__.py`: the operations as commands of a terminal, and what starts it."""

from __future__ import annotations

from codegen.emit.client_names import attribute, python_name
from codegen.emit.printer import File, Module, quoted
from codegen.emit.sentences import bounded_sentences
from codegen.ir.operations import Contract, Operation
from codegen.ir.types import Bool, Bytes, Enum, Field, Float, Int, ListOf, MapOf, Named, Type
from codegen.ir.types import File as Upload

HOME = ".runtime.terminal.program"


def program_name(contract: Contract) -> str:
    """What is typed: the product, and `-call`."""
    return f"{contract.info.product.replace('_', '-')}-call"


def emit_commands(contract: Contract, folder: str) -> File:
    module = Module(f"{folder}/_commands.py", "Every operation as a command of the terminal. Generated; do not edit.")
    command = module.use(HOME, "Command")
    module.line("", f"COMMANDS: dict[str, {command}] = {{")
    for operation in contract.operations:
        label = f"{operation.feature}.{operation.method}"
        module.line(f"    {quoted(label)}: {_command(module, contract, operation)},")
    module.line("}", "")
    module.call(
        f"PROGRAM = {module.use(HOME, 'Program')}",
        [
            f"name={quoted(program_name(contract))}",
            f"product={quoted(contract.info.product)}",
            f"contract={module.use('._contract', 'CONTRACT')}",
            f"client={module.use('._clients', 'Client')}",
            f"async_client={module.use('._clients', 'AsyncClient')}",
            "commands=COMMANDS",
        ],
    )
    return module.file()


def emit_main(folder: str) -> File:
    module = Module(f"{folder}/__main__.py", "The terminal client. Generated; do not edit.")
    run, program = module.use(".runtime.terminal.main", "run"), module.use("._commands", "PROGRAM")
    module.line("", "", "def main() -> int:", f"    return {run}({program})", "", "")
    module.line('if __name__ == "__main__":', f"    {module.use('sys')}.exit(main())")
    return module.file()


def _command(module: Module, contract: Contract, operation: Operation) -> str:
    arguments = "".join(f"{_argument(module, contract, one)}, " for one in operation.request.fields)
    told = [
        f"operation={quoted(operation.name)}",
        f"feature={quoted(attribute(operation.feature))}",
        f"pager={quoted(python_name(operation.pager) if operation.pager else '')}",
        f"summary={quoted(operation.summary or operation.name)}",
        f"arguments=({arguments})",
    ]
    return f"{module.use(HOME, 'Command')}({', '.join(told)})"


def _argument(module: Module, contract: Contract, one: Field) -> str:
    kind, choices, is_many = _kind(contract, one.type)
    told = [quoted(one.member), quoted(kind)]
    told += ["is_many=True"] if is_many else []
    told += ["is_required=True"] if one.required and not one.has_default else []
    told += [f"choices=({', '.join(map(quoted, choices))},)"] if choices else []
    said = " ".join(bounded_sentences(one))
    told += [f"help={quoted(said)}"] if said else []
    return f"{module.use(HOME, 'Argument')}({', '.join(told)})"


def _kind(contract: Contract, kind: Type) -> tuple[str, tuple[str, ...], bool]:
    """How a word is read, what it may be, and whether it may be said again; what no word can say is JSON."""
    match kind:
        case ListOf():
            inner, choices, is_many = _kind(contract, kind.item)
            return ("json", (), False) if is_many or inner == "json" else (inner, choices, True)
        case Named():
            found = contract.definitions[kind.name]
            if not isinstance(found, Enum):
                return "json", (), False
            texts = tuple(value for _, value in found.members if isinstance(value, str))
            return ("text", texts, False) if found.is_text else ("integer", (), False)
        case MapOf():
            return "json", (), False
        case Bool():
            return "boolean", (), False
        case Int():
            return "integer", (), False
        case Float():
            return "number", (), False
        case Bytes():
            return "bytes", (), False
        case Upload():
            return "file", (), False
    return "text", (), False
