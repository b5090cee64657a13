"""What the SDKs need: names that stay apart in every language, pagers of what is paged, and whole sessions."""

from __future__ import annotations

from codegen.diagnostics import Findings
from codegen.ir.names import camel
from codegen.ir.operations import Contract, Operation
from codegen.ir.types import Int, Record, String

TAKES = {"login": ("username", "password"), "refresh": ("refresh_token",), "logout": ("refresh_token",), "ticket": ()}
"""What the request of each part of a session must have, required, and nothing else that is required."""
ANSWERS = {
    "login": ("access_token", "refresh_token", "expires_in"),
    "refresh": ("access_token", "refresh_token", "expires_in"),
    "logout": (),
    "ticket": ("ticket",),
}
"""What its result must have, required."""


def check_sdk(contract: Contract, findings: Findings) -> None:
    """J013 and J014. Methods have to be apart within a feature alone, since each feature is an object of the client."""
    for feature in contract.features:
        _check_names([one for one in contract.operations if one.feature == feature], findings)
    first: dict[str, Operation] = {}
    for operation in contract.operations:
        if operation.session is not None:
            _check_session(contract, operation, findings)
            known = first.setdefault(operation.session, operation)
            if known is not operation:
                message = f"{operation.name} is the session's {operation.session}"
                other = (known.place, f"{known.name} is so, too")
                findings.add("J014", operation.place, message, other=other, fix="keep one of them")


def _check_names(operations: list[Operation], findings: Findings) -> None:
    first: dict[str, tuple[str, Operation]] = {}
    for operation in operations:
        for name in filter(None, (operation.method, operation.pager)):
            known, owner = first.setdefault(camel(name), (name, operation))
            if (known, owner) != (name, operation):
                message = f"the method {name!r} of {operation.name} is {camel(name)!r} in a target"
                other = (owner.place, f"so is {known!r} of {owner.name}")
                findings.add("J013", operation.place, message, other=other, fix="say another x-sdk-method")
    for operation in operations:
        if operation.pager == "":
            message = f"{operation.name} has a paginate method, and nothing is paged"
            fix = "write the method's name alone, or take a `cursor` and answer with a `next_cursor`"
            findings.add("J013", operation.place, message, fix=fix)


def _check_session(contract: Contract, operation: Operation, findings: Findings) -> None:
    role = operation.session or ""
    if role not in TAKES:
        return
    answered = contract.definitions.get(operation.result.record or "")
    result = answered if isinstance(answered, Record) else Record("", ())
    lacking = [f"take {name!r}" for name in TAKES[role] if not _is(operation.request, name)]
    lacking += [f"answer with {name!r}" for name in ANSWERS[role] if not _is(result, name)]
    others = [one.member for one in operation.request.fields if one.required and one.member not in TAKES[role]]
    lacking += [f"do without {name!r}" for name in others]
    if lacking:
        message = f"{operation.name} as the session's {role} must {', '.join(lacking)}"
        findings.add("J014", operation.place, message, fix="give it those fields, or remove x-session")


def _is(record: Record, name: str) -> bool:
    one = record.of_member(name)
    return one is not None and one.required and isinstance(one.type, Int if name == "expires_in" else String)
