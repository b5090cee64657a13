"""Constraints that Pydantic lacks, or has otherwise than JSON Schema. A model imports one only if its schema asks for it.

They judge the decoded value, so that the verdict is the same in JSON and in protobuf.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, get_args

import msgspec
from pydantic import BaseModel, GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, ErrorDetails, InitErrorDetails, PydanticCustomError, SchemaValidator, core_schema

KNOWN = frozenset(get_args(core_schema.ErrorType))
"""Pydantic's own kinds of finding; all others are a contract's."""


class MultipleOf:
    """Exact multiples. A double is the shortest decimal that reads as it, which is its text in JSON: 0.3 is a multiple of 0.1."""

    def __init__(self, step: str) -> None:
        self._step, self._text = Fraction(step), step

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.judge, handler(source))

    def judge(self, value: Any) -> Any:
        exact = value if isinstance(value, Decimal) else Decimal(repr(value))
        if (Fraction(exact) / self._step).denominator != 1:
            raise PydanticCustomError(
                "multiple_of", "Input should be a multiple of {multiple_of}", {"multiple_of": self._text}
            )
        return value


class AllDifferent:
    """`uniqueItems`: items are equal as JSON Schema has it, by their values: 1 is 1.0, and the order of members does not count."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.judge, handler(source))

    def judge(self, items: list[Any]) -> list[Any]:
        if len({identity(item) for item in items}) < len(items):
            raise PydanticCustomError("unique_items", "Input should have items that are all different")
        return items


class InPlace:
    """Of a union: what is wrong stands where the caller wrote it. Pydantic puts the arm's tag before it, which is no member of the value (RFC 6901 §4)."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self.judge, handler(source))

    def judge(self, value: Any, read: Callable[[Any], Any]) -> Any:
        try:
            return read(value)
        except ValidationError as error:
            found = [_in_place(one) for one in error.errors(include_url=False)]
            raise ValidationError.from_exception_data(error.title, found) from None


def _in_place(one: ErrorDetails) -> InitErrorDetails:
    """A finding of the union itself has no place within it."""
    kind = one["type"]
    known = kind if kind in KNOWN else PydanticCustomError(kind, one["msg"])
    return InitErrorDetails(type=known, loc=one["loc"][1:], input=one["input"], ctx=one.get("ctx", {}))


class Shaped:
    """Lengths and a pattern beside a format: they speak of the text in JSON.

    Where protobuf carries the value and no text (`is_value`: a moment, a duration), the text that an answer would have is judged at
    every door, and in JSON the one that came, too: so a value that one door can take, the other can.
    """

    def __init__(
        self,
        min_length: int | None = None,
        max_length: int | None = None,
        pattern: str | None = None,
        *,
        is_value: bool = False,
    ) -> None:
        text = core_schema.str_schema(min_length=min_length, max_length=max_length, pattern=pattern)
        self._judge, self._is_value = SchemaValidator(text), is_value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self.judge, handler(source))

    def judge(self, value: Any, read: Callable[[Any], Any]) -> Any:
        if is_text := isinstance(value, str):
            self._judge.validate_python(value)
        found = read(value)
        if self._is_value or not is_text:
            self._judge.validate_python(answered(found))
        return found


def answered(value: object) -> str:
    """The text that a value has in an answer."""
    text: str = msgspec.to_builtins(value)
    return text


def identity(value: object) -> str:
    """Equal for equal values of one type. Text, since nobody can choose texts of equal hashes; of numbers and tuples many can be found."""
    match value:
        case BaseModel():
            members = (f"{name}:{identity(getattr(value, name))}" for name in type(value).model_fields)
            return f"{type(value).__name__}{{{','.join(members)}}}"
        case list():
            return f"[{','.join(map(identity, value))}]"
        case dict():
            return f"{{{','.join(f'{key!r}:{identity(value[key])}' for key in sorted(value))}}}"
        case Enum():
            return repr(value.value)
        case Decimal():
            return str(Fraction(value))
        case float():
            return repr(value + 0.0)
    return repr(value)
