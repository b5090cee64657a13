"""Four doors to a running service: the generated client, pinned to one transport and one encoding, without retries.

A request is a dictionary of plain JSON values; an answer is the plain JSON value of the result, however it travelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self

from generated.client import AsyncClient, errors, plain
from generated.ws_packages import PACKAGES

PKG_IDS = {package.operation.name: number for number, package in PACKAGES.items()}


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` is `ok` or a code of the catalogue; `value` is the result, or the refusal's `errors`, as JSON says it."""

    code: str
    value: Any = None
    status: int = 0
    retry_after_s: float | None = None


class Door:
    def __init__(self, base_url: str, token: str | None, transport: Literal["http", "ws"], *, binary: bool) -> None:
        encoding: Literal["json", "protobuf"] = "protobuf" if binary else "json"
        self.name = f"{'REST' if transport == 'http' else 'WS'}-{encoding}"
        self._client = AsyncClient(base_url, token=token, transport=transport, encoding=encoding, max_retries=0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def call(self, operation: str, *, key: str | None = None, **fields: Any) -> Answer:
        """Raises ClientError where there is no answer."""
        try:
            result = await self._client.call(operation, fields, idempotency_key=key)
        except errors.ApiError as error:
            faults = [{"pointer": fault.pointer, "message": fault.message} for fault in error.errors]
            return Answer(error.code, {"errors": faults}, error.status, error.retry_after_s)
        return Answer("ok", plain(result))


def rest(base_url: str, token: str | None, *, binary: bool = False) -> Door:
    return Door(base_url, token, "http", binary=binary)


def socket(base_url: str, token: str | None, *, binary: bool = False) -> Door:
    return Door(base_url, token, "ws", binary=binary)


def all_doors(base_url: str, token: str | None) -> tuple[Door, Door, Door, Door]:
    return (
        rest(base_url, token),
        rest(base_url, token, binary=True),
        socket(base_url, token),
        socket(base_url, token, binary=True),
    )
