"""A call says what is sent and for how long, and reads its answer or says where it is wrong."""

from __future__ import annotations

import uuid

import pytest
from pydantic import TypeAdapter

from codegen.runtime.sdk_python.call import MAX_TIMEOUT_MS, make_call
from codegen.runtime.sdk_python.errors import InvalidResponse
from codegen.runtime.sdk_python.model import Model
from codegen.runtime.sdk_python.operation import Operation


class Part(Model):
    parts: list[Part]


OPERATION: Operation[Part] = Operation(
    name="get_part", feature="parts", result=lambda: TypeAdapter(Part), nullable=frozenset({"note"})
)


def test_none_is_left_out_unless_it_is_a_value() -> None:
    call = make_call(OPERATION, {"a": None, "b": 0, "c": "", "d": False, "note": None}, 1.0, None)
    assert call.values == {"b": 0, "c": "", "d": False, "note": None}


def test_an_id_is_the_caller_s_key_or_a_new_one() -> None:
    key = uuid.uuid4()
    assert (
        make_call(OPERATION, {}, 1.0, key).request_id == make_call(OPERATION, {}, 1.0, str(key)).request_id == str(key)
    )
    assert len({make_call(OPERATION, {}, 1.0, None).request_id for _ in range(100)}) == 100
    with pytest.raises(ValueError, match="UUID"):
        make_call(OPERATION, {}, 1.0, "order-1")


@pytest.mark.parametrize(
    ("timeout_s", "least", "most"), [(0.0, 1, 1), (1.0, 900, 1000), (1e6, MAX_TIMEOUT_MS, MAX_TIMEOUT_MS)]
)
def test_the_server_is_told_what_it_takes(timeout_s: float, least: int, most: int) -> None:
    told = make_call(OPERATION, {}, timeout_s, None).timeout_ms
    assert told is not None
    assert least <= told <= most


def test_a_frame_says_what_there_is_to_say() -> None:
    assert make_call(OPERATION, {}, 0.0, None).meta == {"timeout_ms": 1}
    assert make_call(OPERATION, {}, 0.0, None, "00-1").meta == {"timeout_ms": 1, "traceparent": "00-1"}


@pytest.mark.parametrize(
    ("value", "pointer"), [({}, "/parts"), ({"parts": [{"parts": []}, {"parts": 1}]}, "/parts/1/parts"), (None, "")]
)
def test_an_answer_that_is_none_says_where(value: object, pointer: str) -> None:
    call = make_call(OPERATION, {}, 1.0, None)
    assert call.read({"parts": []}) == Part(parts=[])
    with pytest.raises(InvalidResponse) as caught:
        call.read(value)
    assert (caught.value.pointer, caught.value.request_id) == (pointer, call.request_id)
