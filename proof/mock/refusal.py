"""What a call is refused with: a code of the contract's catalogue, and the problem that is told of it (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from codegen.ir.operations import Contract, ErrorCode, Operation
from proof.documents import Json

RETRY_S = {429: 1, 503: 1, 504: 1}
"""When to come again, by status."""
MAX_FAULTS = 100
MAX_POINTER = 1024


class Refusal(Exception):
    """`faults` are pointers (RFC 6901) with what is wrong there; `headers` go with an answer over HTTP."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        faults: tuple[tuple[str, str], ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.faults = faults
        self.headers = dict(headers or {})


def unfit(pointer: str, message: str) -> Refusal:
    """One place of a request that does not fit."""
    return Refusal("invalid_data", faults=((pointer, message),))


def escaped(name: str) -> str:
    """A step of a pointer; of a long name the beginning is told."""
    return name[:100].replace("~", "~0").replace("/", "~1")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The errors of one contract."""

    contract: Contract
    errors: dict[str, ErrorCode] = field(init=False)
    numbers: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "errors", {one.code: one for one in self.contract.errors})
        object.__setattr__(self, "numbers", dict(self.contract.rsp_codes))

    def status(self, code: str) -> int:
        return self.errors[code].status

    def number(self, code: str) -> int:
        """The `status_code` of a frame."""
        return self.numbers[self.errors[code].rsp]

    def problem(self, refusal: Refusal, trace_id: str) -> Json:
        known = self.errors[refusal.code]
        out: Json = {"type": f"/problems/{known.code}", "title": known.title, "status": known.status}
        out |= {"code": known.code, "trace_id": trace_id}
        if refusal.detail:
            out["detail"] = refusal.detail
        faults = refusal.faults[:MAX_FAULTS]
        out["errors"] = [{"pointer": place[:MAX_POINTER], "message": text} for place, text in faults]
        if known.status in RETRY_S:
            out["retry_after"] = RETRY_S[known.status]
        return out

    def declared(self, operation: Operation, status: int) -> str:
        """The code that an operation answers with a status: one that its handler raises before one of the pipeline's; nothing
        where there is none."""
        codes = (*operation.declared_errors, *operation.errors)
        return next((code for code in codes if self.errors[code].status == status), "")
