"""The table of operations that `make operations` prints."""

from __future__ import annotations

from codegen.ir.operations import Contract, Operation, Roles

HEAD = ("operation", "doors", "PkgID", "roles", "limit", "audit", "handler file")


def render(contract: Contract) -> str:
    rows = [HEAD, *(_row(contract, operation) for operation in contract.operations)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]]) + "\n"


def _row(contract: Contract, operation: Operation) -> tuple[str, ...]:
    http = f"{operation.http.method} {operation.http.path}" if operation.http else ""
    doors = ", ".join(door for door in (http, "/web" if operation.pkg_id else "") if door)
    bucket = next((one for one in contract.buckets if one.name == operation.bucket), None)
    limit = f"{bucket.name} {bucket.limit}/{bucket.window_s:g}s {bucket.key}" if bucket else "none"
    pkg_id = str(operation.pkg_id) if operation.pkg_id else "-"
    handler = f"app/features/{operation.feature}/handler.py"
    return (operation.name, doors, pkg_id, _say(operation.roles), limit, operation.audit, handler)


def _say(roles: Roles) -> str:
    if roles is None:
        return "public"
    return " | ".join("+".join(sorted(group)) or "any caller" for group in roles)
