"""`generated/handlers.py`: one abstract class per feature, one method per operation and one per topic that it opens, and the registry that needs them all."""

from __future__ import annotations

from codegen.emit.printer import File, Module, docstring
from codegen.ir.names import pascal
from codegen.ir.operations import Contract, Operation, Topic
from codegen.ir.topics import class_name, guarded_topics, question


def emit(contract: Contract) -> list[File]:
    module = Module(
        "handlers.py",
        "What is left to write by hand: one method per operation, and who may follow. Generated; do not edit.",
        contract.names,
    )
    abstract, generic = module.use("abc", "ABC"), module.use("typing", "Generic")
    method, dataclass = module.use("abc", "abstractmethod"), module.use("dataclasses", "dataclass")
    module.line("", f'ContextT = {module.use("typing", "TypeVar")}("ContextT")')
    for feature in contract.features:
        module.line("", "", f"class {pascal(feature)}Handler({abstract}, {generic}[ContextT]):")
        owned = [operation for operation in contract.operations if operation.feature == feature]
        for index, operation in enumerate(owned):
            module.line(*([""] if index else []), *_method(module, operation, method))
        for topic in guarded_topics(contract, feature):
            module.line("", *_question(module, topic, method))
    module.line("", "", f"@{dataclass}(frozen=True, slots=True)", f"class Handlers({generic}[ContextT]):")
    module.line('    """Every feature\'s handler; start-up fails without one."""', "")
    module.line(*(f"    {feature}: {pascal(feature)}Handler[ContextT]" for feature in contract.features))
    return [module.file()]


def _question(module: Module, topic: Topic, abstract: str) -> list[str]:
    record = module.use("generated.topics", class_name(topic.name))
    signature = f"    async def {question(topic.name)}(self, context: ContextT, topic: {record}) -> bool:"
    said = docstring(f"Whether the caller, who has its roles, may follow `{topic.name}`.")
    return [f"    @{abstract}", signature, f"        {said}"]


def _method(module: Module, operation: Operation, abstract: str) -> list[str]:
    request = module.use("generated.models", operation.request.name)
    record, is_file = operation.result.record, operation.result.file is not None
    result = module.use("generated.results", record) if record else "None"
    result = module.use("generated.content", "Download") if is_file else result
    begins = "async def"
    if operation.result.is_stream:
        begins, result = "def", f"{module.use('collections.abc', 'AsyncGenerator')}[{result}, None]"
    signature = f"    {begins} {operation.name}(self, context: ContextT, request: {request}) -> {result}:"
    return [f"    @{abstract}", signature, f"        {docstring(operation.summary or operation.name)}"]
