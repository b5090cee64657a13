"""What a contract's things are called in the SDKs, where a language or the runtime already has the name."""

from __future__ import annotations

import keyword

from codegen.ir.names import pascal
from codegen.ir.operations import Contract, Operation, Parameter

KINDS = {
    "ERROR": "ServerError",
    "INVALID_DATA": "InvalidData",
    "PERMISSION_DENIED": "PermissionDenied",
    "UNAUTHENTICATED": "Unauthenticated",
    "NOT_FOUND": "NotFound",
    "CONFLICT": "Conflict",
    "RATE_LIMITED": "RateLimited",
    "TIMEOUT": "TimedOut",
    "UNAVAILABLE": "Unavailable",
}
"""The class of each RSPCode, in every SDK."""
RUNTIME_ERRORS = frozenset(
    {
        "ClientError",
        "ConnectionLost",
        "DeadlineExceeded",
        "OutcomeUnknown",
        "AuthenticationLost",
        "InvalidResponse",
        "EventsDropped",
        "ClientClosed",
        "ApiError",
        "FieldFault",
    }
)
MEMBERS = frozenset(
    {
        "call",
        "close",
        "connect",
        "login",
        "logout",
        "presence",
        "set_token",
        "events",
        "on",
        "then",
        "constructor",
        "prototype",
        "to_json",
    }
)
"""What every client has itself; a feature of such a name gets a trailing underscore."""


PYTHON_ROOT = "sdk_python"
"""The folder of the Python client's project in `generated/`."""


def python_package(contract: Contract) -> str:
    return f"{contract.info.product}_client"


def member_of(operation: Operation, parameter: Parameter) -> str:
    """The name in JSON of the field that HTTP carries outside of the body."""
    one = operation.request.field(parameter.field)
    return one.member if one else parameter.field


def attribute(name: str) -> str:
    """A feature as an attribute of the client."""
    return f"{name}_" if name in MEMBERS or keyword.iskeyword(name) else name


def python_name(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def error_class(code: str, rsp: str) -> str:
    """The class of a code: that of its kind if they have one name; a name that is taken gets `Error`."""
    name = pascal(code)
    if name == KINDS.get(rsp):
        return name
    return f"{name}Error" if name in RUNTIME_ERRORS or name in KINDS.values() else name
