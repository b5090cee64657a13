"""`generated/errors.py`: the error catalogue as exceptions, with the codes of frames and of closing."""

from __future__ import annotations

from codegen.emit.printer import File, Module, quoted
from codegen.ir.names import constant, pascal
from codegen.ir.operations import Contract, ErrorCode

BASE = '''class ApiError(Exception):
    """One code of the catalogue. `detail` is for people and carries no text of an exception.

    `errors` name the fields that are wrong; `retry_after_s` says when to come again.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    rsp: ClassVar[RspCode]
    retryable: ClassVar[bool]
    title: ClassVar[str]

    def __init__(
        self, detail: str | None = None, *, errors: Sequence[FieldError] = (), retry_after_s: int | None = None
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after_s = retry_after_s'''


def emit(contract: Contract) -> list[File]:
    module = Module(
        "errors.py",
        "The error catalogue: one exception per code of `specs/errors.yaml`. Generated; do not edit.",
    )
    module.use("collections.abc", "Sequence")
    module.use("enum", "IntEnum")
    module.use("typing", "ClassVar")
    module.use("generated.results", "FieldError")
    _codes(module, "RspCode", "Outcome of a frame.", contract.rsp_codes)
    _codes(
        module,
        "CloseCode",
        "Why the server closes a socket: 4000 to 4499 connect again, 4500 to 4999 do not.",
        contract.close_codes,
    )
    module.line("", "", *BASE.splitlines())
    for error in contract.errors:
        _exception(module, error)
    module.line("", "", "ERRORS: dict[str, type[ApiError]] = {")
    module.line(*(f"    {quoted(error.code)}: {pascal(error.code)}," for error in contract.errors), "}")
    return [module.file()]


def _codes(module: Module, name: str, doc: str, codes: tuple[tuple[str, int], ...]) -> None:
    module.line("", "", f"class {name}(IntEnum):", f'    """{doc}"""', "")
    module.line(*(f"    {constant(code)} = {number}" for code, number in codes))


def _exception(module: Module, error: ErrorCode) -> None:
    module.line("", "", f"class {pascal(error.code)}(ApiError):")
    module.line(
        f"    code = {quoted(error.code)}",
        f"    status = {error.status}",
        f"    rsp = RspCode.{constant(error.rsp)}",
    )
    module.line(f"    retryable = {error.retryable}", f"    title = {quoted(error.title)}")
